import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { ResponseCaches } from './response-caches.js';

/** Bytes in each worker, where there is no Redis. */
const MEMORY = 16 * 1_048_576;
/** What an entry takes besides its text. */
const ENTRY = 300;

const OWN = 'cache:plugin:';

/**
 * What the CACHE_MANAGER of plugins keeps things in: Redis where the file has one, so that all workers and instances see
 * the same; while there is none or it is away, memory of this worker, bounded by its bytes.
 */
export function pluginKeyv(caches: Pick<ResponseCaches, 'shared'>): Keyv {
  return new Keyv({ store: new PluginStore(caches), useKeyPrefix: false });
}

class PluginStore implements Pick<KeyvStoreAdapter, 'get' | 'set' | 'delete' | 'clear' | 'on'> {
  readonly opts = {};
  readonly #memory = new LRUCache<string, string>({ maxSize: MEMORY, maxEntrySize: MEMORY / 8, sizeCalculation: (text, key) => ENTRY + 2 * (text.length + key.length) });

  constructor(private readonly caches: Pick<ResponseCaches, 'shared'>) {}

  async get<Value>(key: string): Promise<Value | undefined> {
    const { shared } = this.caches;
    return (shared === null ? this.#memory.get(key) : await shared.get(OWN + key)) as Value | undefined;
  }

  /** @param text what Keyv has written. @param lifetime milliseconds. */
  async set(key: string, text: string, lifetime?: number): Promise<boolean> {
    const { shared } = this.caches;
    if (shared !== null) await shared.set(OWN + key, text, lifetime);
    else if (lifetime === undefined) this.#memory.set(key, text);
    else this.#memory.set(key, text, { ttl: lifetime });
    return true;
  }

  async delete(key: string): Promise<boolean> {
    const there = this.#memory.delete(key);
    await this.caches.shared?.del(OWN + key);
    return there;
  }

  /** Only what this worker has: in Redis are things of others too. */
  clear(): Promise<void> {
    this.#memory.clear();
    return Promise.resolve();
  }

  /** There is nothing to hear: what fails is told to whoever asked. */
  on(): this {
    return this;
  }
}
