import { z } from 'zod';
import type { HeaderList } from '#libs/kernel';

const CSV_TYPE = /^\s*(?:text\/csv|application\/csv|text\/tab-separated-values)\s*(?:;|$)/i;

/** Whether a header announces CSV (RFC 4180), or values with tabs between. */
export function isCsv(headers: HeaderList): boolean {
  return CSV_TYPE.test(headers.get('content-type') ?? '');
}

/** What stands between two values. */
export const separator = () => z.string().length(1).refine((text) => !/["\r\n]/.test(text), { error: 'expected one character, such as "," or ";"' }).default(',').describe('Between two values; `"\\t"` for a tab. Default: a comma.');
