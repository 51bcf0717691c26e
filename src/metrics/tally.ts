/** Counts by key: a label's value, or the status. */
export class Tally<K> {
  readonly #counts = new Map<K, number>();

  add(key: K, amount = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + amount);
  }

  entries(): IterableIterator<[K, number]> {
    return this.#counts.entries();
  }
}

/** Counts by up to three labels, without a key being put together for each. */
export class GroupedTally {
  readonly #groups = new Map<string, Map<string, Tally<string>>>();

  add(first: string, second = '', third = ''): void {
    let group = this.#groups.get(first);
    if (group === undefined) this.#groups.set(first, (group = new Map<string, Tally<string>>()));
    let tally = group.get(second);
    if (tally === undefined) group.set(second, (tally = new Tally()));
    tally.add(third);
  }

  /** The labels, in the order they were given, and how often. */
  *entries(): Generator<readonly [labels: readonly [string, string, string], count: number]> {
    for (const [first, group] of this.#groups) {
      for (const [second, tally] of group) {
        for (const [third, count] of tally.entries()) yield [[first, second, third], count];
      }
    }
  }
}
