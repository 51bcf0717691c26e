import type { Address, Discovery, Finder } from '#libs/kernel';
import type { Whereabouts } from '../services/index.js';

/** What a search tells once its configuration is in force. */
export interface Listener {
  found(addresses: readonly Address[]): void;
  lost(why: string): void;
}

/** One service that is being looked for, and what is known of where it is. */
export class Search implements Finder {
  readonly #first = Promise.withResolvers<void>();
  readonly #stop: () => void;
  #found: readonly Address[] | null = null;
  #stale: string | null = 'the registry has not answered yet';
  #listener: Listener | null = null;

  constructor(discovery: Discovery) {
    this.#stop = discovery.watch(this);
  }

  get whereabouts(): Whereabouts {
    return { found: this.#found, stale: this.#stale };
  }

  /** Settled once the registry answered, or could not. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  /** From now on what is found is for this one. */
  report(listener: Listener): void {
    this.#listener = listener;
  }

  found(addresses: readonly Address[]): void {
    // A registry may name an address twice; a target is one.
    this.#found = [...new Map(addresses.map((address) => [address.url, address])).values()];
    this.#stale = null;
    this.#first.resolve();
    this.#listener?.found(this.#found);
  }

  lost(why: string): void {
    this.#stale = why;
    this.#first.resolve();
    this.#listener?.lost(why);
  }

  stop(): void {
    this.#listener = null;
    this.#stop();
  }
}
