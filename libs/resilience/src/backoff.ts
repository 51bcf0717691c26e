import type { Random } from '#libs/kernel';

/** Milliseconds to wait before the nth retry, counted from 1. */
export type Backoff = (retry: number) => number;

/**
 * Exponential with full jitter: anything from nothing to `base`, twice that, four times that, and so on up to `max`. The
 * jitter keeps clients that failed together from coming back together.
 */
export function exponentialBackoff({ base, max }: { readonly base: number; readonly max: number }, random: Random): Backoff {
  return (retry) => random() * Math.min(max, base * 2 ** (retry - 1));
}

/**
 * Milliseconds that a `Retry-After` field asks for (RFC 9110 10.2.3: seconds, or a date); 0 for what is in the past or
 * cannot be read.
 * @param now milliseconds since the epoch.
 */
export function parseRetryAfter(field: string, now: number): number {
  const text = field.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // Date.parse reads bare numbers and much else; an HTTP date begins with the name of a day.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
