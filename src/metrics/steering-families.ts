import { counter, type Labels, type MetricFamily } from './metric-family.js';
import type { SteeringStats } from './steering-stats.js';
import type { Tally } from './tally.js';

/** Splits, copies, and answers that are not what the service would have said. */
export function steeringFamilies({ degraded, mirrored, variants }: SteeringStats): MetricFamily[] {
  return [
    counter('gateway_degraded_total', 'Answers that something stood in for (stale, service, static), or that lack a part (partial), by the service of the route; it is empty for an aggregate.', pairs(degraded, (service, fallback) => ({ service, fallback }))),
    counter('gateway_variant_requests_total', 'Requests of routes with a split, by variant.', pairs(variants, (route, variant) => ({ route, variant }))),
    counter('gateway_mirrored_total', 'Copies for a mirror: answered (sent), not made because of their size or number (skipped), not answered in time or at all (failed).', pairs(mirrored, (service, outcome) => ({ service, outcome }))),
  ];
}

function pairs(tally: Tally<string>, labels: (first: string, second: string) => Labels): (readonly [Labels, number])[] {
  return Array.from(tally.entries(), ([key, count]) => [labels(...(JSON.parse(key) as [string, string])), count] as const);
}
