import type { Labels, Merge, MetricFamily, Sample } from './metric-family.js';

const MERGES: Readonly<Record<Merge, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

/**
 * The families of several workers as those of one gateway. Where workers count in different ways, as they do for a moment
 * while a reload goes through them, the first one's is taken.
 */
export function mergeFamilies(answers: readonly (readonly MetricFamily[])[]): readonly MetricFamily[] {
  if (answers.length === 1) return answers[0] as readonly MetricFamily[];
  const merged = new Map<string, Merged>();
  for (const family of answers.flat()) {
    const existing = merged.get(family.name);
    if (existing) existing.add(family);
    else merged.set(family.name, new Merged(family));
  }
  return [...merged.values()].map((one) => one.family);
}

/**
 * Leaves out what is gone, such as a target that its registry no longer names: counts of it may still come from workers
 * that ended.
 * @param there what a worker has now.
 */
export function present(families: readonly MetricFamily[], there: readonly MetricFamily[]): readonly MetricFamily[] {
  const now = new Map(there.filter(({ fleeting }) => fleeting).map(({ name, samples }) => [name, new Set(samples.map(keyOf))]));
  return families.map((family) => (family.fleeting ? { ...family, samples: family.samples.filter((sample) => now.get(family.name)?.has(keyOf(sample))) } : family));
}

/** What remains of a worker that ended: what it counted. What it had at the time is gone with it. */
export function lasting(families: readonly MetricFamily[]): readonly MetricFamily[] {
  return families
    .filter(({ type }) => type !== 'gauge')
    .map((family) => ({ ...family, samples: family.samples.filter(({ labels }) => !('quantile' in labels)) }));
}

class Merged {
  readonly #samples = new Map<string, Sample>();
  readonly #buckets: string;

  constructor(private readonly first: MetricFamily) {
    this.#buckets = bucketsOf(first);
    this.#take(first);
  }

  add(family: MetricFamily): void {
    // Durations counted in other buckets cannot be told apart.
    if (family.type === this.first.type && (family.type !== 'histogram' || sameBuckets(bucketsOf(family), this.#buckets))) this.#take(family);
  }

  get family(): MetricFamily {
    return { ...this.first, samples: [...this.#samples.values()] };
  }

  #take({ samples }: MetricFamily): void {
    for (const sample of samples) {
      const key = keyOf(sample);
      const existing = this.#samples.get(key);
      this.#samples.set(key, existing ? { ...sample, value: this.#merge(existing, sample), ...later(existing, sample) } : sample);
    }
  }

  /** Quantiles do not add up; the worst is what somebody felt. What is not a number says nothing. */
  #merge({ labels, value: a }: Sample, { value: b }: Sample): number {
    if (Number.isNaN(a)) return b;
    if (Number.isNaN(b)) return a;
    return MERGES['quantile' in labels ? 'max' : this.first.merge](a, b);
  }
}

function later({ exemplar: a }: Sample, { exemplar: b }: Sample): Pick<Sample, 'exemplar'> {
  return a && (!b || a.at > b.at) ? { exemplar: a } : {};
}

function bucketsOf({ samples, type }: MetricFamily): string {
  return type === 'histogram' ? [...new Set(samples.flatMap(({ labels }) => labels['le'] ?? []))].map(Number).sort((a, b) => a - b).join() : '';
}

/** A histogram that nothing was observed in has none yet. */
function sameBuckets(a: string, b: string): boolean {
  return a === b || a === '' || b === '';
}

function keyOf({ labels, name }: Sample): string {
  return `${name}${textOf(labels)}`;
}

/** In one order, whoever wrote them. */
function textOf(labels: Labels): string {
  return Object.entries(labels).map(([name, value]) => `\n${name}=${value}`).sort().join('');
}
