export type Row<T extends object> = T & { readonly id: number };

/** Rows in memory, numbered from 1. Bounded, so that a load test against the demo ends before the memory does. */
export class Collection<T extends object> {
  readonly #rows = new Map<number, Row<T>>();
  #last = 0;

  constructor(
    seed: readonly T[] = [],
    readonly capacity = 5_000,
  ) {
    for (const value of seed) this.add(value);
  }

  get size(): number {
    return this.#rows.size;
  }

  add(value: T): Row<T> {
    const row = { ...value, id: ++this.#last };
    this.#rows.set(row.id, row);
    if (this.#rows.size > this.capacity) this.#rows.delete(this.#rows.keys().next().value ?? 0);
    return row;
  }

  get(id: number): Row<T> | undefined {
    return this.#rows.get(id);
  }

  replace(id: number, value: T): Row<T> {
    const row = { ...value, id };
    this.#rows.set(id, row);
    return row;
  }

  remove(id: number): boolean {
    return this.#rows.delete(id);
  }

  where(test: (row: Row<T>) => boolean): Row<T>[] {
    return [...this.#rows.values()].filter(test);
  }

  find(test: (row: Row<T>) => boolean): Row<T> | undefined {
    for (const row of this.#rows.values()) if (test(row)) return row;
    return undefined;
  }
}
