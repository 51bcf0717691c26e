import { z } from 'zod';
import type { Topic } from '../cluster/index.js';
import { lasting, mergeFamilies, present } from './merge.js';
import type { MetricFamily } from './metric-family.js';

/** Thousands of series are looked at from afar: it must be families, and says nothing of each sample. */
const families = z.custom<readonly MetricFamily[]>((value) => Array.isArray(value) && value.every(isFamily));

/** What a worker counts. Counts outlast it: those of a scrape must never be less than those of the one before. */
export const metricsTopic: Topic<null, readonly MetricFamily[]> = {
  name: 'metrics',
  question: z.null(),
  answer: families,
  // What was gone when it ended stays gone: registries know no end of targets.
  inherit: (last, estate) => mergeFamilies([lasting(last), ...(estate ? [present(estate, last)] : [])]),
};

function isFamily(value: unknown): boolean {
  const { merge, name, samples, type } = (value ?? {}) as Partial<MetricFamily>;
  return typeof name === 'string' && typeof type === 'string' && (merge === 'sum' || merge === 'max' || merge === 'min') && Array.isArray(samples);
}
