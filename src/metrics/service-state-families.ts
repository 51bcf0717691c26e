import { gauge, type MetricFamily } from './metric-family.js';
import type { ServicesSource } from './metrics-recorder.js';

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/** How services are at this moment. Targets are counted, not named: their addresses are nobody's business on a page that may be public. */
export function serviceStateFamilies({ services }: ServicesSource): MetricFamily[] {
  const all = [...services];
  const breakers = all.flatMap(([service, { breakers: own }]) => [...own].flatMap(([route, breaker]) =>
    BREAKER_STATES.map((state) => [{ service, route, state }, state === breaker.state ? 1 : 0] as const)));
  const targets = all.flatMap(([service, { targets: some }]) => {
    const available = some.filter((target) => target.available).length;
    return [[{ service, state: 'available' }, available], [{ service, state: 'out' }, some.length - available]] as const;
  });
  const stale = all.flatMap(([service, { config, stale: why }]) => (config.discover === undefined ? [] : [[{ service }, why === null ? 0 : 1] as const]));
  const bulkheads = all.flatMap(([service, { bulkhead }]) => (bulkhead === null ? [] : [{ labels: { service }, bulkhead }]));
  return [
    gauge('gateway_breaker_state', 'State of each circuit breaker: 1 for the one it is in. The route is empty for that of a service. With several workers a state that any of them sees is 1.', breakers, 'max'),
    gauge('gateway_targets', 'Targets of a service that may have requests, and those that may not; of several workers, the most that any sees.', targets, 'max'),
    gauge('gateway_discovery_stale', '1 while the registry of a service is away and its last known targets go on serving; in any worker.', stale, 'max'),
    gauge('gateway_concurrency_limit', 'Requests that a service may have at once.', bulkheads.map(({ bulkhead, labels }) => [labels, bulkhead.limit])),
    gauge('gateway_concurrency_in_flight', 'Requests that a service has of those.', bulkheads.map(({ bulkhead, labels }) => [labels, bulkhead.inFlight])),
    gauge('gateway_concurrency_queue', 'Requests that wait until their service may have them.', bulkheads.map(({ bulkhead, labels }) => [labels, bulkhead.waiting])),
  ];
}
