import { lifetimeArgs, removeAll } from './commands.js';
import type { Courier } from './courier.js';
import { literally, scanAll } from './scan.js';

interface SetOptions {
  /** Milliseconds. */
  readonly PX?: number;
}

/**
 * What libraries call on a client of node-redis, such as cache-manager-redis-yet, over our connection: same deadline, same
 * prefix, and a cluster looks like one server. What Redis would do at once for several keys is done key by key.
 */
export class LibraryClient {
  constructor(private readonly courier: Courier, private readonly prefix: string) {}

  get isOpen(): boolean {
    return true;
  }

  get isReady(): boolean {
    return this.courier.away === null;
  }

  get(key: string): Promise<string | null> {
    return this.courier.send(this.prefix + key, ['GET', this.prefix + key]) as Promise<string | null>;
  }

  set(key: string, value: string, { PX = Number.POSITIVE_INFINITY }: SetOptions = {}): Promise<unknown> {
    return this.courier.send(this.prefix + key, ['SET', this.prefix + key, value, ...lifetimeArgs(PX)]);
  }

  mGet(keys: readonly string[]): Promise<(string | null)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  mSet(entries: readonly (readonly [key: string, value: string])[]): Promise<unknown> {
    return Promise.all(entries.map(([key, value]) => this.set(key, value)));
  }

  del(keys: string | readonly string[]): Promise<number> {
    return removeAll(this.courier, [keys].flat().map((key) => this.prefix + key));
  }

  pTTL(key: string): Promise<number> {
    return this.courier.send(this.prefix + key, ['PTTL', this.prefix + key]) as Promise<number>;
  }

  /** By a pattern of Redis, of keys without the prefix. */
  async keys(pattern: string): Promise<string[]> {
    const found = new Set<string>();
    for await (const keys of scanAll(this.courier, literally(this.prefix) + pattern)) for (const key of keys) found.add(key.slice(this.prefix.length));
    return [...found];
  }

  /** Removes what has our prefix; the rest of the database is not ours. */
  async flushDb(): Promise<void> {
    for await (const keys of scanAll(this.courier, `${literally(this.prefix)}*`)) await removeAll(this.courier, keys);
  }

  /** Commands sent together; no transaction. */
  multi(): LibraryBatch {
    return new LibraryBatch(this);
  }
}

class LibraryBatch {
  readonly #commands: (() => Promise<unknown>)[] = [];

  constructor(private readonly client: LibraryClient) {}

  set(key: string, value: string, options?: SetOptions): this {
    this.#commands.push(() => this.client.set(key, value, options));
    return this;
  }

  exec(): Promise<unknown[]> {
    return Promise.all(this.#commands.splice(0).map((command) => command()));
  }
}
