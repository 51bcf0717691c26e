import type { CacheParts } from '#libs/http-cache';
import { HeaderList, type Exchange } from '#libs/kernel';
import { compileTemplate } from '#libs/transforms';
import { compileCacheSettings, compileKeys } from '../cache/index.js';
import type { CacheConfig, RouteConfig } from '../config/index.js';
import { compileCompression } from '../http/compression.js';
import { addVary } from '../http/vary.js';
import type { Ground } from './ground.js';

/** A day: what is older would hardly be better than none. */
const STAND_BY = 86_400_000;

/**
 * What the cache of a route is made of.
 * @param cache `null` where the route keeps nothing itself.
 */
export function cachePartsOf(name: string, cache: CacheConfig | null, { caches: { flights, store }, config, surroundings: { clock, random } }: CacheSurroundings): CacheParts {
  const route = config.routes[name] as RouteConfig;
  const tags = (cache?.tags ?? []).map(compileTemplate);
  return {
    settings: { ...compileCacheSettings(cache), dress: compileDress(route), standBy: route.fallback?.chain.includes('stale') ? STAND_BY : 0 }, keys: compileKeys(name, route, cache),
    store, flights, clock, random, isAuthenticated,
    ...(tags.length > 0 && { tags: (exchange: Exchange) => tags.map((tag) => tag(exchange)).filter((tag) => tag !== '') }),
  };
}

type CacheSurroundings = Pick<Ground, 'caches' | 'config' | 'surroundings'>;

/** What is compressed on its way says so; once for each response that is kept, and not for each time it is given. */
function compileDress({ compression }: RouteConfig): CacheParts['settings']['dress'] {
  const compressed = compileCompression(compression);
  return compressed && ((status, flat) => {
    const headers = new HeaderList([...flat]);
    if (compressed.eligible(status, headers)) addVary(headers, 'Accept-Encoding');
    return headers.flat;
  });
}

/** RFC 9111 3.5 means the field; whoever shows who they are otherwise must not be worse off. */
export function isAuthenticated({ headers, principal }: Exchange): boolean {
  return principal !== null || headers.authorization !== undefined;
}
