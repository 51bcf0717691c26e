/** Which keys a name stands for. Most names have one key, which then needs no set of its own. */
export class KeyIndex {
  readonly #keys = new Map<string, string | Set<string>>();

  get size(): number {
    return this.#keys.size;
  }

  add(name: string, key: string): void {
    const known = this.#keys.get(name);
    if (known === undefined) this.#keys.set(name, key);
    else if (typeof known !== 'string') known.add(key);
    else if (known !== key) this.#keys.set(name, new Set([known, key]));
  }

  remove(name: string, key: string): void {
    const known = this.#keys.get(name);
    if (known === key) this.#keys.delete(name);
    if (known === undefined || typeof known === 'string') return;
    known.delete(key);
    if (known.size === 0) this.#keys.delete(name);
  }

  /** A list of its own: keys may come and go while it is read. */
  of(name: string): readonly string[] {
    const known = this.#keys.get(name);
    if (known === undefined) return [];
    return typeof known === 'string' ? [known] : [...known];
  }

  clear(): void {
    this.#keys.clear();
  }
}
