import { KeyvAdapter, type CacheManagerStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';

/**
 * A store of cache-manager over a client of node-redis. Values are JSON once: what redis-yet makes of them, and not what
 * Keyv makes of them before.
 */
export function redisKeyv(client: unknown): Keyv {
  // Its types are those of the client of two majors ago; what it calls has not changed.
  const store = redisInsStore(client as Parameters<typeof redisInsStore>[0]) as unknown as CacheManagerStore;
  const keyv = new Keyv({ store: new KeyvAdapter(store), useKeyPrefix: false, throwOnErrors: true, emitErrors: false });
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}
