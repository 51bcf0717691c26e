import { z } from 'zod';
import type { CacheRecord, Keeping } from '#libs/http-cache';

/** Grows when records are written otherwise: instances of two versions share a Redis while one replaces the other. */
const VERSION = 1;

const texts = z.array(z.string()).readonly();

const response = z.strictObject({
  status: z.int(), headers: texts, body: z.string(), trailers: texts.nullable(), requestTime: z.number(), responseTime: z.number(),
  vary: z.record(z.string(), z.string().nullable()), tags: texts,
});

const written = z.strictObject({
  version: z.literal(VERSION),
  /** Milliseconds since the epoch; `null` for as long as there is room. */
  until: z.number().nullable(),
  tags: texts,
  record: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('response'), response }),
    z.strictObject({ kind: z.literal('variants'), generation: z.string(), names: z.array(texts).readonly() }),
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
  // A flat list of names and values that is not even would shift them.
  if (record.response.headers.length % 2 > 0 || (record.response.trailers?.length ?? 0) % 2 > 0) return null;
  return { record: { kind: 'response', response: { ...record.response, body } }, keeping };
}
