import type { Registry } from 'prom-client';
import type { MetricFamily } from './metric-family.js';

/** As prom-client gives it; its declarations make the type a number where it is text. */
interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values?: readonly { readonly metricName?: string; readonly labels?: object; readonly value: number }[];
}

/** What prom-client collects: the process, and whatever plugins register with it. */
export async function processFamilies(registry: Registry): Promise<MetricFamily[]> {
  const collected = (await registry.getMetricsAsJSON()) as readonly Collected[];
  return collected.map(({ name, help, type, values }) => ({
    name,
    help,
    type: type as MetricFamily['type'],
    samples: (values ?? []).map((value) => ({ name: value.metricName ?? name, labels: { ...value.labels } as Record<string, string | number>, value: value.value })),
  }));
}
