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
