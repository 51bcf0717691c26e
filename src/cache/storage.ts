import type { RedisConnection } from '../redis/index.js';

/** Keeps plain data in Redis. Rejects, or finds nothing, where Redis cannot be asked. */
export interface Storage {
  get(key: string): Promise<unknown>;
  /** @param lifetime milliseconds. Default: for good. */
  set(key: string, value: unknown, lifetime?: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/** cache-manager over the gateway's own connection. Loaded only now: a gateway without Redis does without it. */
export async function openStorage({ client }: RedisConnection): Promise<Storage> {
  const [{ createCache }, { redisKeyv }] = await Promise.all([import('cache-manager'), import('./redis-keyv.js')]);
  return createCache({ stores: [redisKeyv(client)] });
}
