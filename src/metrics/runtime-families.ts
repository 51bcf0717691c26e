import type { EventLoopUtilization } from 'node:perf_hooks';
import type { SpanFigures } from '#libs/kernel';
import { counter, gauge, type MetricFamily } from './metric-family.js';

const MS_PER_SECOND = 1_000;

/** That the gateway is there, and how busy its event loops are. */
export function runtimeFamilies({ active, idle }: Pick<EventLoopUtilization, 'active' | 'idle'>): MetricFamily[] {
  return [
    gauge('gateway_up', 'Always 1, while the gateway can be asked.', [[{}, 1]], 'max'),
    counter('gateway_event_loop_seconds_total', 'Seconds the event loop worked (active) and waited for work (idle), of all workers together: a share of active near 1 means that there is no more to be had of them.', [[{ state: 'active' }, active / MS_PER_SECOND], [{ state: 'idle' }, idle / MS_PER_SECOND]]),
  ];
}

/** Spans of traces; `null` while nothing was to be exported. */
export function spanFamilies(figures: SpanFigures | null): MetricFamily[] {
  if (figures === null) return [];
  return [counter('gateway_spans_total', 'Spans of traces: taken by the collector (exported), lost for there was no room (dropped), or not taken (failed).', (['exported', 'dropped', 'failed'] as const).map((outcome) => [{ outcome }, figures[outcome]]))];
}

/** Lines of the log. */
export function logFamilies(dropped: number): MetricFamily[] {
  return [counter('gateway_log_lines_dropped_total', 'Lines of the log that are lost, for nobody took them in time.', [[{}, dropped]])];
}
