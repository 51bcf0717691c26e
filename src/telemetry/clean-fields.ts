import { REDACTED } from '../config/redact.js';
import type { Redaction } from './redaction.js';
import { scrub } from './scrub.js';

/** Deeper than this a log field tells nobody anything, and a cycle ends here. */
const DEPTH = 6;
const LIST = 100;

/** An error as the log shows it: nothing of what libraries hang on their errors, such as a request with its headers. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

/** @param stack whether stacks are shown. */
export function errorFields(error: unknown, stack: boolean, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(String(error)) };
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    ...(stack && error.stack !== undefined ? { stack: scrub(error.stack) } : {}),
    ...(error.cause !== undefined && depth < DEPTH ? { cause: errorFields(error.cause, stack, depth + 1) } : {}),
  };
}

/** Fields of a log line at any depth: secrets by name go, texts are scrubbed, errors are shortened. */
export function cleanFields(fields: Readonly<Record<string, unknown>>, redaction: Redaction, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redaction.hides(name) ? REDACTED : clean(value, redaction, depth)]));
}

/** One value, as a field shows it. */
export function clean(value: unknown, redaction: Redaction, depth = 0): unknown {
  if (typeof value === 'string') return redaction.text(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return redaction.text(String(value));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return cleanFields({ ...errorFields(value, true) }, redaction, depth + 1);
  if (depth >= DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, LIST).map((item) => clean(item, redaction, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  // A Secret and its like say themselves how they are written.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return clean((value as { toJSON(): unknown }).toJSON(), redaction, depth + 1);
  return cleanFields(value as Record<string, unknown>, redaction, depth + 1);
}
