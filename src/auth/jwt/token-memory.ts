import type { Principal } from '#libs/kernel';

/**
 * Verified tokens and who they stand for, by their text: only tokens whose signature was good get in, so nobody
 * without a key can fill it. Two generations approximate least-recently-used: a hit is one look-up in a map, and what
 * was not used while one generation filled up is dropped with the older one. Holds at most `max` tokens.
 */
export class TokenMemory<T = Principal> {
  readonly #generation: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(max: number) {
    this.#generation = Math.ceil(max / 2);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(token: string): T | undefined {
    const young = this.#young.get(token);
    if (young !== undefined) return young;
    const old = this.#old.get(token);
    if (old === undefined) return undefined;
    this.#old.delete(token);
    this.set(token, old);
    return old;
  }

  set(token: string, value: T): void {
    if (this.#generation === 0) return;
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(token, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  delete(token: string): void {
    this.#young.delete(token);
    this.#old.delete(token);
  }
}
