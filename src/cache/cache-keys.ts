import type { CacheKeys } from '#libs/http-cache';
import type { CacheConfig, RouteConfig } from '../config/index.js';
import { AFTER_ADDRESS, asAddress, originOf } from './address.js';
import { compileKey } from './key.js';

/**
 * What the requests of a route are kept under.
 * @param cache `null` where the route keeps nothing: then all there is to say is what its unsafe requests make invalid.
 */
export function compileKeys(name: string, route: RouteConfig, cache: CacheConfig | null): CacheKeys {
  const shared = {
    ofUri: (_exchange: unknown, uri: string): string => asAddress(uri) + AFTER_ADDRESS,
    originOf,
  };
  if (cache === null) return { ...shared, of: () => null };
  const key = compileKey(name, route, cache);
  const answered = new Set<string>(cache.methods);
  return { ...shared, of: (exchange) => (answered.has(exchange.method) ? key(exchange) : null) };
}
