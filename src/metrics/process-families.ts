import type { Registry } from 'prom-client';
import type { Merge, MetricFamily } from './metric-family.js';

/** As prom-client gives it; its declarations make the type a number where it is text. */
interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  /** How its own aggregation of several processes would go. */
  readonly aggregator?: string;
  readonly values?: readonly { readonly metricName?: string; readonly labels?: object; readonly value: number }[];
}

const MERGES: Readonly<Record<string, Merge>> = {
  min: 'min', max: 'max',
  // The same everywhere.
  first: 'max',
  // Of a lag or a duration, the one of the worst process is what clients feel.
  average: 'max',
};
/** Where its word does not fit: a gateway has run for as long as its oldest process, and each has a limit of its own. */
const OURS: Readonly<Record<string, Merge>> = { process_start_time_seconds: 'min', process_max_fds: 'min' };

/** What prom-client collects: the process, and whatever plugins register with it. */
export async function processFamilies(registry: Registry): Promise<MetricFamily[]> {
  const collected = (await registry.getMetricsAsJSON()) as readonly Collected[];
  return collected.map(({ aggregator, name, help, type, values }) => ({
    name,
    help,
    type: type as MetricFamily['type'],
    merge: OURS[name] ?? MERGES[aggregator ?? ''] ?? 'sum',
    samples: (values ?? []).map((value) => ({ name: value.metricName ?? name, labels: { ...value.labels } as Record<string, string | number>, value: value.value })),
  }));
}
