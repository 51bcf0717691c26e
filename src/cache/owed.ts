import type { Invalidation } from './invalidation.js';

/** Milliseconds between two attempts. */
const AGAIN = 250;
/** Names told together. */
const TOGETHER = 100;
/** What is owed at most, `TOGETHER` names each; beyond that everything is to be forgotten. */
const MOST = 200;

const EVERYTHING: Invalidation = { prefix: '/' };

/** Invalidations that Redis has not heard of, because it was away. They are tried again, in their order, until it has. */
export class Owed {
  #list: Invalidation[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param tell tries one; rejects when Redis did not hear it. */
  constructor(private readonly tell: (invalidation: Invalidation) => Promise<unknown>) {}

  get some(): boolean {
    return this.#list.length > 0;
  }

  add(invalidation: Invalidation): void {
    // The first may be on its way.
    const joined = this.#list.length > 1 ? join(this.#list.at(-1) as Invalidation, invalidation) : null;
    if (joined !== null) this.#list[this.#list.length - 1] = joined;
    else this.#list = this.#list.length < MOST ? [...this.#list, invalidation] : [EVERYTHING];
    this.#timer ??= setTimeout(() => void this.#pay(), AGAIN).unref();
  }

  end(): void {
    this.#list = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #pay(): Promise<void> {
    try {
      for (let next = this.#list[0]; next !== undefined; next = this.#list[0]) {
        await this.tell(next);
        this.#list = this.#list.filter((each) => each !== next);
      }
      this.#timer = null;
    } catch {
      this.#timer = this.#list.length === 0 ? null : setTimeout(() => void this.#pay(), AGAIN).unref();
    }
  }
}

/** Two as one; `null` where they are of different kinds, or too many. */
function join(one: Invalidation, other: Invalidation): Invalidation | null {
  if ('addresses' in one && 'addresses' in other && one.addresses.length < TOGETHER) return { addresses: [...new Set([...one.addresses, ...other.addresses])] };
  if ('tags' in one && 'tags' in other && one.origin === other.origin && one.tags.length < TOGETHER) return { ...one, tags: [...new Set([...one.tags, ...other.tags])] };
  return null;
}
