import type { Environment } from './interpolate.js';
import { Remote, type Fetched } from './remote.js';
import type { RemoteAddress } from './remote-address.js';

/** Times that what was read may name something that has to be fetched first. */
const MAX_ROUNDS = 16;

/**
 * What a configuration includes that is not a file. Reading is synchronous and fetching is not: what is asked for and
 * not here yet is noted, fetched, and then all is read again.
 */
export class Remotes {
  readonly #fetched = new Map<string, Remote>();
  readonly #wanted = new Map<string, RemoteAddress>();
  #rounds = 0;

  /** What is at an address; `null` when it has to be fetched first. */
  at(address: RemoteAddress): Fetched | null {
    const remote = this.#fetched.get(address.url);
    if (remote) return remote.fetched;
    if (this.#rounds >= MAX_ROUNDS) return { problem: 'includes of includes are nested too deeply' };
    this.#wanted.set(address.url, address);
    return null;
  }

  /** Fetches what was asked for in vain. @returns whether there was anything: then all is to be read again. */
  async fetch(env: Environment): Promise<boolean> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    this.#rounds++;
    await Promise.all(wanted.map(async ([url, address]) => this.#fetched.set(url, await Remote.read(address, env))));
    return wanted.length > 0;
  }

  /** Everything that was fetched, by address. */
  get all(): ReadonlyMap<string, Remote> {
    return this.#fetched;
  }
}
