/** Counts of observed durations per bucket, in plain numbers: observing allocates nothing. */
export class Histogram {
  /** Observations per bucket, not cumulative; the last one is beyond every bound. */
  readonly #counts: Float64Array;
  sum = 0;

  /** @param bounds upper bounds in seconds, ascending. */
  constructor(readonly bounds: readonly number[]) {
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(seconds: number): void {
    const { bounds } = this;
    let bucket = 0;
    // Few bounds, and most requests are fast: looking from the front beats halving.
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    (this.#counts[bucket] as number)++;
    this.sum += seconds;
  }

  /** Observations at or below each bound; the last one counts all. */
  cumulative(): number[] {
    let total = 0;
    return Array.from(this.#counts, (count) => (total += count));
  }
}
