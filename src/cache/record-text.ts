import { z } from 'zod';
import type { CacheRecord, Keeping } from '#libs/http-cache';

/** Grows when records are written otherwise: instances of two versions share a Redis while one replaces the other. */
const VERSION = 1;

/** Lists of names that a record of variants has at most: each is looked for. */
const MOST_LISTS = 16;

const texts = z.array(z.string());

const response = z.strictObject({
  status: z.int().min(200).max(599), headers: texts.readonly(), body: z.string(), trailers: texts.readonly().nullable(), requestTime: z.number(), responseTime: z.number(),
  vary: z.record(z.string(), z.string().nullable()), tags: texts.readonly(),
});

const written = z.strictObject({
  version: z.literal(VERSION),
  /** Milliseconds since the epoch; `null` for as long as there is room. */
  until: z.number().nullable(),
  tags: texts.readonly(),
  record: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('response'), response }),
    z.strictObject({ kind: z.literal('variants'), generation: z.string(), names: z.array(texts.min(1).readonly()).min(1).max(MOST_LISTS).readonly() }),
  ]),
});

/** A record as it stands in Redis: JSON, the body in base64. */
export type WrittenRecord = z.output<typeof written>;

/** @param now milliseconds since the epoch. */
export function writeRecord(record: CacheRecord, { keep, tags }: Keeping, now: number): WrittenRecord {
  const until = Number.isFinite(keep) ? now + keep : null;
  const common = { version: VERSION, until, tags } as const;
  if (record.kind === 'variants') return { ...common, record: { kind: 'variants', generation: record.generation, names: record.names } };
  const { body, vary, ...rest } = record.response;
  return { ...common, record: { kind: 'response', response: { ...rest, vary: { ...vary }, body: body.toString('base64') } } };
}

/** @returns `null` for what is none of ours, or over. */
export function readRecord(value: unknown, now: number): { readonly record: CacheRecord; readonly keeping: Keeping } | null {
  const { data } = written.safeParse(value);
  if (data === undefined) return null;
  const { record, tags, until } = data;
  const keep = until === null ? Number.POSITIVE_INFINITY : until - now;
  if (keep <= 0) return null;
  const keeping = { keep, tags };
  if (record.kind === 'variants') return { record, keeping };
  const body = Buffer.from(record.response.body, 'base64');
  if (!canBeSent(record.response.headers, body.length) || !canBeSent(record.response.trailers ?? [], body.length)) return null;
  return { record: { kind: 'response', response: { ...record.response, body } }, keeping };
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[^\t -~\x80-\xff]/;
/** What frames a message is never stored. */
const FRAMING: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Others may write where we do: a flat list of names and values that is not even would shift them, and with a line break, or
 * a length that is not that of the body, what follows would be read as another answer.
 */
function canBeSent(flat: readonly string[], length: number): boolean {
  if (flat.length % 2 > 0) return false;
  for (let i = 0; i < flat.length; i += 2) {
    const [name, value] = [flat[i] as string, flat[i + 1] as string];
    if (!NAME.test(name) || CONTROL.test(value)) return false;
    const lower = name.toLowerCase();
    if (FRAMING.has(lower) || (lower === 'content-length' && value !== String(length))) return false;
  }
  return true;
}
