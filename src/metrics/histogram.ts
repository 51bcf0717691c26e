/** One observation that stands for those of its bucket. */
export interface Exemplar {
  readonly traceId: string;
  /** What was observed. */
  readonly value: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** Counts of observed durations per bucket, in plain numbers: observing allocates nothing. */
export class Histogram {
  /** Observations per bucket, not cumulative; the last one is beyond every bound. */
  readonly #counts: Float64Array;
  #exemplars: (Exemplar | undefined)[] | null = null;
  sum = 0;

  /** @param bounds upper bounds in seconds, ascending. */
  constructor(readonly bounds: readonly number[]) {
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(seconds: number): void {
    const bucket = this.#bucketOf(seconds);
    (this.#counts[bucket] as number)++;
    this.sum += seconds;
  }

  /** Keeps what was observed as the example of its bucket. */
  exemplify(exemplar: Exemplar): void {
    this.#exemplars ??= [];
    this.#exemplars[this.#bucketOf(exemplar.value)] = exemplar;
  }

  /** Keeps no examples any more. */
  forgetExemplars(): void {
    this.#exemplars = null;
  }

  /** Adds what another one counted in the same buckets. */
  add(other: Histogram): void {
    other.#counts.forEach((count, bucket) => {
      (this.#counts[bucket] as number) += count;
      const exemplar = other.#exemplars?.[bucket];
      if (exemplar && exemplar.at > (this.#exemplars?.[bucket]?.at ?? 0)) this.exemplify(exemplar);
    });
    this.sum += other.sum;
  }

  /** Observations in all. */
  get count(): number {
    return this.#counts.reduce((total, count) => total + count, 0);
  }

  /** Observations at or below each bound; the last one counts all. */
  cumulative(): number[] {
    let total = 0;
    return Array.from(this.#counts, (count) => (total += count));
  }

  exemplar(bucket: number): Exemplar | undefined {
    return this.#exemplars?.[bucket];
  }

  #bucketOf(seconds: number): number {
    const { bounds } = this;
    let bucket = 0;
    // Few bounds, and most requests are fast: looking from the front beats halving.
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    return bucket;
  }
}

/** What several counted in the same buckets, together. */
export function together(bounds: readonly number[], parts: Iterable<Histogram>): Histogram {
  const whole = new Histogram(bounds);
  for (const part of parts) whole.add(part);
  return whole;
}
