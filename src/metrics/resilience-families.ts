import { counter, type Labels, type MetricFamily } from './metric-family.js';
import type { ServicesSource } from './metrics-recorder.js';
import type { ResilienceStats } from './resilience-stats.js';

/** What tries of a service fail with as a rule. */
const USUAL_REASONS = ['target-unreachable', 'connect-timeout', 'first-byte-timeout', 'bad-target-response'];
const STATES = ['closed', 'open', 'half-open'];

/**
 * What services went through besides requests. A series that appears with its first event has no increase to alert on, so
 * those of the services in force are there from the beginning.
 */
export function resilienceFamilies({ breakers, ejections, exhausted, failures, hedges, retries, shed }: ResilienceStats, { services }: ServicesSource): MetricFamily[] {
  const names = [...services.keys()];
  const usualFailures = names.flatMap((service) => USUAL_REASONS.map((reason) => [service, reason, '']));
  const changes = [...services].flatMap(([service, { breakers: own }]) => [...own.keys()].flatMap((route) => STATES.map((to) => [service, route, to])));
  const none = names.map((service) => [service, '', '']);
  return [
    counter('gateway_service_failures_total', 'Tries that failed, by the problem they ended with (docs/errors.md), or by the status where the answer itself counts as a failure (status-503).', points(failures, usualFailures, ([service, reason]) => ({ service, reason }))),
    counter('gateway_retries_total', 'Tries after the first, by service.', points(retries, none, ([service]) => ({ service }))),
    counter('gateway_retry_budget_exhausted_total', 'Retries that were not made because the budget was used up.', points(exhausted, none, ([service]) => ({ service }))),
    counter('gateway_hedges_total', 'Requests sent to more than one target at once: a later target was faster (won), the first one was (lost), or none gave a good answer (failed).', points(hedges, [], ([service, outcome]) => ({ service, outcome }))),
    counter('gateway_shed_total', 'Requests turned away because their service had all the requests it may have.', points(shed, [], ([service, priority]) => ({ service, priority }))),
    counter('gateway_target_ejections_total', 'Targets taken out because requests to them failed, by service.', points(ejections, none, ([service]) => ({ service }))),
    counter('gateway_breaker_transitions_total', 'Changes of circuit breakers, by the state they went to. The route is empty for that of a service.', points(breakers, changes, ([service, route, to]) => ({ service, route, to }))),
  ];
}

type Three = readonly [string, string, string];

function points(counted: { entries(): Iterable<readonly [Three, number]> }, zeros: readonly (readonly string[])[], labels: (names: Three) => Labels): (readonly [Labels, number])[] {
  const all = new Map(zeros.map((names) => [JSON.stringify(names), 0]));
  for (const [names, count] of counted.entries()) all.set(JSON.stringify(names), count);
  return Array.from(all, ([names, count]) => [labels(JSON.parse(names) as unknown as Three), count]);
}
