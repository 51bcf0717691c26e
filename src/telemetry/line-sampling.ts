import { readTraceParent, type Clock, type Exchange, type Random } from '#libs/kernel';
import type { LogConfig } from './log-config.js';
import { failed } from './marks.js';
import { compileTraceShare } from './trace-share.js';

/** Whether an exchange gets its access line. */
export type LineSampling = (exchange: Exchange) => boolean;

/**
 * Compiles `log.sample`; `null` where every exchange has its line. By the trace id, the way traces are chosen: with the same
 * ratio lines and traces are of the same exchanges, and a trace that is exported has its line in any case.
 */
export function compileLineSampling({ errors, ratio, slow }: Omit<LogConfig['sample'], 'problems'>, clock: Clock, random?: Random): LineSampling | null {
  if (ratio === 1) return null;
  const isIn = compileTraceShare(ratio, random);
  return (exchange) =>
    exchange.debugged || exchange.sampled || (errors && failed(exchange)) || (slow !== 0 && clock.elapsed() - exchange.startedAt >= slow) || isIn(exchange.traceId, isForeign(exchange));
}

/** Else anybody could see to it that no line tells of him. */
function isForeign({ headers, trustedPeer }: Exchange): boolean {
  return !trustedPeer && readTraceParent(headers.traceparent) !== null;
}
