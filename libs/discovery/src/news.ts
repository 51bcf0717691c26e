import type { Address, Finder } from '#libs/kernel';

/**
 * Passes on what is news: a list that is another one than before or ends an outage, a reason that is another one.
 * The order of a list means nothing.
 */
export class News implements Finder {
  /** What was told last, in one form; a loss begins with `!`. */
  #told: string | null = null;
  #finder: Finder | null;

  constructor(finder: Finder) {
    this.#finder = finder;
  }

  found(addresses: readonly Address[]): void {
    if (this.#isNew(textOf(addresses))) this.#finder?.found(addresses);
  }

  lost(why: string): void {
    if (this.#isNew(`!${why}`)) this.#finder?.lost(why);
  }

  /** Nothing is passed on from now on. */
  end(): void {
    this.#finder = null;
  }

  #isNew(text: string): boolean {
    const another = text !== this.#told;
    this.#told = text;
    return another;
  }
}

function textOf(addresses: readonly Address[]): string {
  return addresses.map(({ url, weight, zone, priority }) => JSON.stringify([url, weight, zone, priority])).sort().join();
}
