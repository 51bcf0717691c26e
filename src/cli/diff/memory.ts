/** Remembers the latest few ten thousand results; a key that is asked for again stays. */
export class Memory<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  /** @param size results in each of two generations. */
  constructor(private readonly size: number) {}

  get(key: string): T | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: T): void {
    if (this.#young.size >= this.size) [this.#old, this.#young] = [this.#young, new Map()];
    this.#young.set(key, value);
  }
}
