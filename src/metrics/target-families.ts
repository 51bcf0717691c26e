import { createHash } from 'node:crypto';
import type { Target } from '#libs/kernel';
import type { MetricsConfig } from '../config/index.js';
import { counter, gauge, type MetricFamily } from './metric-family.js';
import type { ServicesSource } from './metrics-recorder.js';
import type { ProbeStats } from './probe-stats.js';

const MS_PER_SECOND = 1_000;

interface Shown {
  readonly labels: { readonly service: string; readonly target: string };
  up: boolean;
  ok: number;
  failed: number;
}

/** Whether services can be asked, as far as this worker knows. */
export function serviceUpFamilies({ services }: ServicesSource, probes: ProbeStats): MetricFamily[] {
  const all = [...services];
  const times = all.flatMap(([service, { targets }]) => {
    const known = targets.flatMap((target) => probes.latency(target) ?? []);
    return known.length === 0 ? [] : [[{ service }, Math.max(...known) / MS_PER_SECOND] as const];
  });
  return [
    gauge('gateway_service_up', 'Whether a service has a target that may have requests (1) or none (0): probes, failures and admins take targets out. Of several workers, what the worst off sees.', all.map(([service, { targets }]) => [{ service }, targets.some(({ available }) => available) ? 1 : 0]), 'min'),
    gauge('gateway_service_response_time_seconds', 'How long the last probe of a service took, of several targets the slowest; nothing until one was made.', times, 'max'),
  ];
}

/** Targets in force, one by one. Where a registry makes targets without end, those that went take their series along. */
export function targetFamilies({ services }: ServicesSource, label: MetricsConfig['targets']): MetricFamily[] {
  if (label === 'off') return [];
  const nameOf = label === 'address' ? addressOf : digestOf;
  const all = [...services].flatMap(([service, { targets }]) => shownOf(service, targets, nameOf));
  return [
    { ...gauge('gateway_target_up', 'Whether a target may have requests (1) or is out (0); of several workers, what the worst off sees.', all.map(({ labels, up }) => [labels, up ? 1 : 0]), 'min'), fleeting: true },
    { ...counter('gateway_target_answers_total', 'Tries that ended at a target: well (ok), or with what counts as its failure (failed), as `health.passive.counts` of the service says, or else `breaker.counts`, or else 502, 503, 504 and no answer.', all.flatMap(({ failed, labels, ok }) => [[{ ...labels, outcome: 'ok' }, ok], [{ ...labels, outcome: 'failed' }, failed]] as const)), fleeting: true },
  ];
}

/** Two addresses may differ in what is not shown, such as a password. */
function shownOf(service: string, targets: readonly Target[], nameOf: (target: Target) => string): readonly Shown[] {
  const byName = new Map<string, Shown>();
  for (const target of targets) {
    const name = nameOf(target);
    const shown = byName.get(name) ?? { labels: { service, target: name }, up: true, ok: 0, failed: 0 };
    byName.set(name, shown);
    shown.up &&= target.available;
    shown.ok += target.ok;
    shown.failed += target.failed;
  }
  return [...byName.values()];
}

function addressOf({ basePath, url }: Target): string {
  return url.origin + basePath;
}

const digests = new WeakMap<Target, string>();

/** Few digits: they tell a service's targets apart, and fit too many addresses to be traced back to one. */
function digestOf(target: Target): string {
  const known = digests.get(target) ?? createHash('sha256').update(addressOf(target)).digest('hex').slice(0, 6);
  digests.set(target, known);
  return known;
}
