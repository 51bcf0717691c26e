import type { Courier } from './courier.js';
import { Link, type LinkOptions } from './link.js';

/** One server has everything. */
export class Single implements Courier {
  readonly masters: readonly [Link];
  readonly #link: Link;

  constructor(options: LinkOptions) {
    this.#link = new Link(options);
    this.masters = [this.#link];
    this.#link.start();
  }

  get away(): string | null {
    return this.#link.away?.why ?? null;
  }

  get settled(): Promise<void> {
    return this.#link.settled;
  }

  send(_key: string | null, command: readonly string[], source?: string): Promise<unknown> {
    return this.#link.send(command, source);
  }

  together(keys: readonly string[]): readonly (readonly string[])[] {
    return [keys];
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
