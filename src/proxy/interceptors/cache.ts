import { CachedRoute, invalidateStored, type CacheParts } from '#libs/http-cache';
import type { Exchange, Interceptor } from '#libs/kernel';
import { compileTemplate } from '#libs/transforms';
import { compileCacheSettings, compileKeys } from '../../cache/index.js';
import type { CacheConfig, GatewayConfig, RouteConfig } from '../../config/index.js';
import type { CompileRequest, RequestParts, RouteParts } from '../compile.js';

/**
 * `cache:` answers of the service are kept, and given again. A route that keeps nothing still has to do with the cache
 * where others keep something: what its unsafe requests change is true no longer (RFC 9111 4.4).
 */
export const cache: CompileRequest = (parts): Interceptor | null => {
  const { config, settings } = parts;
  if (settings.cache !== 'off') return new CachedRoute(cachePartsOf(parts, settings.cache));
  return keepsAnything(config) && mayChange(parts) ? new Changes(cachePartsOf(parts, null)) : null;
};

/** @param cache `null` where the route keeps nothing itself. */
export function cachePartsOf({ caches: { flights, store }, config, name, surroundings: { clock, random } }: RouteParts, cache: CacheConfig | null): CacheParts {
  const settings = compileCacheSettings(cache);
  const keys = compileKeys(name, config.routes[name] as RouteConfig, cache);
  const tags = (cache?.tags ?? []).map(compileTemplate);
  return {
    settings, store, flights, clock, random, keys, isAuthenticated,
    ...(tags.length > 0 && { tags: (exchange: Exchange) => tags.map((tag) => tag(exchange)).filter((tag) => tag !== '') }),
  };
}

/** RFC 9111 3.5 means the field; whoever shows who they are otherwise must not be worse off. */
function isAuthenticated({ headers, principal }: Exchange): boolean {
  return principal !== null || headers.authorization !== undefined;
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

function keepsAnything({ routes }: GatewayConfig): boolean {
  return Object.values(routes).some((route) => route.cache !== 'off');
}

function mayChange({ match: { methods }, settings: { method } }: RequestParts): boolean {
  return (method !== undefined && !SAFE.has(method)) || methods === undefined || methods.some((each) => !SAFE.has(each));
}

/** A route that keeps nothing itself. */
class Changes implements Interceptor {
  constructor(private readonly parts: CacheParts) {}

  intercept(...[exchange, next]: Parameters<Interceptor['intercept']>): ReturnType<Interceptor['intercept']> {
    if (exchange.upgrade !== null || SAFE.has(exchange.outgoing?.method ?? exchange.method)) return next(exchange);
    return next(exchange).then((answer) => {
      invalidateStored(this.parts, exchange, answer);
      return answer;
    });
  }
}
