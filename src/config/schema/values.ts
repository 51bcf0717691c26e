import { z } from 'zod';
import { parseDuration, parseShare, parseSize } from '#libs/kernel';

interface Measure {
  /** Name of the type in the reference. */
  readonly title: string;
  /** For the JSON Schema, so that editors check it too. */
  readonly pattern: RegExp;
  readonly allowed: string;
  readonly parse: (text: string) => number | undefined;
}

/**
 * A schema is never changed: where more is said of it, that is a copy. So one that is asked for in a hundred places is
 * made once; each takes up to 5 kB, as long as the gateway runs.
 */
function shared<T extends z.ZodType>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Text with a unit, turned into a number. */
function measured({ title, pattern, allowed, parse }: Measure) {
  const error = `expected ${allowed}`;
  return z.string({ error }).regex(pattern, { error }).meta({ title }).transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

const AMOUNT = '\\d+(?:\\.\\d+)?';

/** Milliseconds, written with a unit. */
export const duration = shared(() => measured({
  title: 'duration', parse: parseDuration, allowed: 'a duration such as 250ms, 10s, 5m or 1h',
  pattern: new RegExp(`^(?:${AMOUNT}\\s*(?:ms|s|m|min|h|d)\\s*)+$`),
}));

/** A duration, or `off` for none (0). */
export const durationOrOff = shared(() => z.union([z.literal('off').transform(() => 0), duration()]));

/** Bytes, written with a unit. */
export const size = shared(() => measured({
  title: 'size', parse: parseSize, allowed: 'a size such as 512b, 64KiB or 10MB',
  pattern: new RegExp(`^${AMOUNT}\\s*(?:b|B|[kK]B|MB|GB|[kK]iB|MiB|GiB|kb|mb|gb|kib|mib|gib)$`),
}));

/** A size, or `off` for no limit (Infinity). */
export const sizeOrOff = shared(() => z.union([z.literal('off').transform(() => Number.POSITIVE_INFINITY), size()]));

/** A share, written in percent: above 0 to 1. */
export const percentage = shared(() => measured({
  title: 'percentage', parse: shareOf, allowed: 'a percentage such as 50%',
  pattern: new RegExp(`^${AMOUNT}\\s*%$`),
}));

function shareOf(text: string): number | undefined {
  const share = parseShare(text);
  return share !== undefined && share > 0 && share <= 1 ? share : undefined;
}

/** A share, or `off` for none (0). */
export const percentageOrOff = shared(() => z.union([z.literal('off').transform(() => 0), percentage()]));

/** Statuses and ranges of them, such as `[429, 500-599]`. */
export const statuses = shared(() => listOf(z.union([z.int().min(100).max(599), statusRange])));

const STATUS_RANGE = 'expected a status such as 503, or a range such as 500-599';

const statusRange = z.string().regex(/^[1-5]\d\d(?:-[1-5]\d\d)?$/, { error: STATUS_RANGE }).refine((text) => {
  const [from = '', to = from] = text.split('-');
  return from <= to;
}, { error: STATUS_RANGE });

/**
 * A list, or one value for a list of one, or text as environments carry lists: a JSON array or values with commas
 * between them.
 */
export function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess(splitList, z.array(item));
}

/** What `listOf` makes of a value before it looks at the items. */
export function splitList(value: unknown): unknown {
  if (typeof value !== 'string') return value === undefined || Array.isArray(value) ? value : [value];
  const text = value.trim();
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return [value];
    }
  }
  return text === '' ? [] : text.split(',').map((part) => part.trim());
}

/** A map from names, or text as environments carry maps: a JSON object, or `name=value` with commas between them. */
export function mapOf<T extends z.ZodType>(value: T) {
  return z.preprocess(splitMap, z.record(name(), value));
}

/** A comma ends a value only where another `name=` follows: sentences have commas. */
function splitMap(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return value;
    }
  }
  const pairs = text === '' ? [] : text.split(/,(?=\s*[A-Za-z_][\w.-]*\s*=)/);
  if (pairs.some((pair) => !pair.includes('='))) return value;
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]));
}

/** A name in the file: a key of a map, or a reference to one. */
export const name = shared(() => z.string().regex(/^[A-Za-z_][\w.-]*$/, { error: 'expected a name: a letter, then letters, digits, "-", "_" or "."' }));

/** RFC 9110 5.6.2: the name of a header field. */
export const headerName = shared(() => z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected a header name' }));

/** Headers that mean something to HTTP, to proxies or to those who ask who is calling. */
const TAKEN = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|via|forwarded|x-forwarded-.*|x-real-ip|content-.*|traceparent|tracestate)$/i;

/** A header of the gateway's own. */
export const freeHeaderName = shared(() => headerName().refine((text) => !TAKEN.test(text), { error: 'this header means something else already; take another one' }));

/** An absolute path. */
export const absolutePath = shared(() => z.string().regex(/^\//, { error: 'expected a path that starts with "/"' }));

/** Text with `{name}` placeholders, filled in per request. */
export const template = () => z.string();

/** YAML's `on`/`off` arrive as booleans or words, depending on who wrote them. */
export const onOff = shared(() => z.union([z.boolean(), z.enum(['on', 'off']).transform((word) => word === 'on')]));
