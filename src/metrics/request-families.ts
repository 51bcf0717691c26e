import type { EndpointStats, ExchangeStats } from './exchange-stats.js';
import { together } from './histogram.js';
import { counter, gauge, histogram, type Labels, type MetricFamily } from './metric-family.js';

/** Requests by route pattern: the three promised series, and how much went in and out. */
export function requestFamilies(exchanges: ExchangeStats): MetricFamily[] {
  const perMethod = [...exchanges.endpoints].flatMap(([endpoint, { methods }]) => [...methods].map(([method, stats]) => [{ method, endpoint } as Labels, stats] as const));
  const bytes = (of: (stats: EndpointStats) => number) => [...exchanges.endpoints].map(([endpoint, stats]) => [{ endpoint }, of(stats)] as const);
  return [
    counter('gateway_requests_total', 'Requests answered, by method, route pattern and status.', perMethod.flatMap(([labels, { statuses }]) => [...statuses.entries()].map(([status, count]) => [{ ...labels, status_code: status }, count] as const))),
    histogram('gateway_request_duration_seconds', 'Seconds from the request header to the last byte of the answer; without WebSockets.', perMethod.map(([labels, { duration }]) => [labels, duration])),
    gauge('gateway_active_connections', 'Requests under way.', [[{}, exchanges.active]]),
    counter('gateway_received_bytes_total', 'Bytes of request bodies.', bytes((stats) => stats.bytesIn)),
    counter('gateway_sent_bytes_total', 'Bytes of answers’ bodies.', bytes((stats) => stats.bytesOut)),
    gauge('gateway_websockets_active', 'WebSocket connections that stand.', [[{}, exchanges.websockets]]),
    counter('gateway_problems_total', 'Problems answered, by code (docs/errors.md).', [...exchanges.problems.entries()].map(([code, count]) => [{ code }, count])),
  ];
}

/** Requests by the service that was asked. */
export function serviceFamilies({ bounds, services }: ExchangeStats): MetricFamily[] {
  const all = [...services];
  const byStatus = all.flatMap(([service, { statuses }]) => [...statuses].map(([status, durations]) => [{ service, status } as Labels, durations] as const));
  return [
    counter('gateway_service_requests_total', 'Requests that went to a service, by the status the client got.', byStatus.map(([labels, durations]) => [labels, durations.count])),
    histogram('gateway_service_duration_seconds', 'Seconds until a service’s response header, or until the try failed.', all.map(([service, { statuses }]) => [{ service }, together(bounds, statuses.values())])),
    histogram('gateway_service_duration_by_status_seconds', 'The same, by the status the client got; only where the file names it.', byStatus),
    counter('gateway_service_tries_total', 'Tries to reach a service; more than requests where there were retries.', all.map(([service, { tries }]) => [{ service }, tries])),
  ];
}
