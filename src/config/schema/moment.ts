import { z } from 'zod';
import { parseHttpDate } from '#libs/http-cache';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const SECONDS = /^@(\d{1,12})$/;

/**
 * A point in time as the file says it: `2026-01-31` (its first moment in UTC), `2026-01-31T12:00:00+01:00`, an HTTP date,
 * or `@` and the seconds since 1970.
 * @returns milliseconds since the epoch; `undefined` for what is none.
 */
export function momentOf(text: string): number | undefined {
  const seconds = SECONDS.exec(text);
  if (seconds) return Number(seconds[1]) * 1_000;
  const [, year, month, day] = ISO.exec(text) ?? [];
  if (year === undefined) return parseHttpDate(text, Date.UTC(2_000, 0));
  const parsed = Date.parse(text);
  // The 30th of February would be taken for the 2nd of March.
  const real = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).toISOString().startsWith(`${year}-${month}-${day}`);
  return real && !Number.isNaN(parsed) ? parsed : undefined;
}

/** Text that stays as it was written: what reads it asks `momentOf`. */
export const moment = () => z.string().refine((text) => momentOf(text) !== undefined, { error: 'expected a date such as 2026-01-31, 2026-01-31T12:00:00Z or Sat, 31 Jan 2026 12:00:00 GMT' });
