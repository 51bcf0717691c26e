import type { Random } from '#libs/kernel';

/** Whether a trace belongs to a share of all. `foreign`: its id came from somebody who is no proxy of ours. */
export type TraceShare = (traceId: string, foreign: boolean) => boolean;

/** Where the random part of a trace id begins: its last 56 bits (W3C Trace Context, level 2). */
const RANDOM_FROM = 18;
const RANDOM_BITS = 56;

/**
 * Compiles a share of all traces, by the trace id, so that everybody who goes by the same one chooses the same traces. An id
 * that is foreign may have been made up to be in it, or not: chance decides then.
 */
export function compileTraceShare(ratio: number, random: Random = Math.random): TraceShare {
  // Ids are compared as text, which is their order as numbers too.
  const threshold = BigInt(Math.round((1 - ratio) * 2 ** 53)) << BigInt(RANDOM_BITS - 53);
  const text = threshold.toString(16).padStart(RANDOM_BITS / 4, '0');
  if (text.length > RANDOM_BITS / 4) return () => false;
  return (traceId, foreign) => (foreign ? random() < ratio : traceId.slice(RANDOM_FROM) >= text);
}
