/** Name of the row that stands for all that have none of their own. */
export const OTHERS = '(others)';

/** Rows of numbers by name, ready to be told to other processes. */
export type Rows = Readonly<Record<string, readonly number[]>>;

/**
 * Adds numbers up by name, for so many names at most. When there are more, the half with the smallest first numbers
 * becomes one row: whoever asks often keeps a row, and nobody who comes with ever new names can fill the memory.
 */
export class Table {
  readonly #rows = new Map<string, number[]>();

  constructor(private readonly most: number) {}

  /** @param values as many as ever. */
  add(name: string, values: readonly number[]): void {
    const row = this.#rows.get(name);
    if (row !== undefined) {
      for (let i = 0; i < values.length; i++) row[i] = (row[i] as number) + (values[i] as number);
      return;
    }
    if (this.#rows.size >= this.most) this.#fold();
    this.#rows.set(name, [...values]);
  }

  get rows(): Rows {
    // fromEntries defines properties, so that even a name `__proto__` is only a name.
    return Object.fromEntries([...this.#rows].map(([name, row]) => [name, [...row]]));
  }

  clear(): void {
    this.#rows.clear();
  }

  #fold(): void {
    const named = [...this.#rows].filter(([name]) => name !== OTHERS).sort(([, [a = 0]], [, [b = 0]]) => b - a);
    for (const [name, row] of named.slice(this.most >> 1)) {
      this.#rows.delete(name);
      this.add(OTHERS, row);
    }
  }
}

/** The rows of several processes together. */
export function joined(tables: readonly Rows[]): Rows {
  const all = new Table(Number.POSITIVE_INFINITY);
  for (const rows of tables) for (const [name, row] of Object.entries(rows)) all.add(name, row);
  return all.rows;
}

/** So many rows with the largest first numbers, the largest first; the rest as one, last. */
export function top(rows: Rows, count: number): readonly (readonly [name: string, row: readonly number[]])[] {
  const { [OTHERS]: others, ...named } = rows;
  const sorted = Object.entries(named).sort(([, [a = 0]], [, [b = 0]]) => b - a);
  const rest = joined([...sorted.slice(count).map(([, row]) => ({ [OTHERS]: row })), ...(others ? [{ [OTHERS]: others }] : [])]);
  return [...sorted.slice(0, count), ...Object.entries(rest)];
}
