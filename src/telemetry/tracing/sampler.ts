import { traceFlags, type Exchange, type Random, type TraceParent } from '#libs/kernel';
import type { TracingConfig } from '../../config/index.js';
import { compileTraceShare } from '../trace-share.js';

/** Whether a trace is exported, and services are told so: said once, before anything is known of the exchange but its trace. */
export type Sampler = (exchange: Pick<Exchange, 'trustedPeer'>, traceId: string, parent: TraceParent | null) => boolean;

/** Compiles `tracing.sample`: a client's own decision where it counts, else by the share. */
export function compileSampler({ parent: whose, ratio }: Pick<TracingConfig['sample'], 'parent' | 'ratio'>, random?: Random): Sampler {
  const isIn = compileTraceShare(ratio, random);
  return ({ trustedPeer }, traceId, parent) => {
    const counts = parent !== null && whose !== false && (whose === true || trustedPeer);
    return counts ? (parent.flags & traceFlags.sampled) !== 0 : isIn(traceId, parent !== null && !trustedPeer);
  };
}
