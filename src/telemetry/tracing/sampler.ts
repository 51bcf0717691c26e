import { traceFlags, type TraceParent } from '#libs/kernel';

/** Whether a trace is exported, and services are told so: said once, before anything is known of the exchange but its trace. */
export type Sampler = (traceId: string, parent: TraceParent | null) => boolean;

/** Where the random part of a trace id begins: its last 56 bits (W3C Trace Context, level 2). */
const RANDOM_FROM = 18;
const RANDOM_BITS = 56;

/**
 * Compiles `tracing.sample`: by the trace id, so that everybody who goes by the same ratio chooses the same traces.
 * @param parent whether a client's own decision holds instead.
 */
export function compileSampler({ parent: follow, ratio }: { readonly parent: boolean; readonly ratio: number }): Sampler {
  const byRatio = compileRatio(ratio);
  return (traceId, parent) => (follow && parent !== null ? (parent.flags & traceFlags.sampled) !== 0 : byRatio(traceId));
}

function compileRatio(ratio: number): (traceId: string) => boolean {
  // Ids are compared as text, which is their order as numbers too.
  const threshold = BigInt(Math.round((1 - ratio) * 2 ** 53)) << BigInt(RANDOM_BITS - 53);
  const text = threshold.toString(16).padStart(RANDOM_BITS / 4, '0');
  if (text.length > RANDOM_BITS / 4) return () => false;
  return (traceId) => traceId.slice(RANDOM_FROM) >= text;
}
