import { CachedRoute, invalidateStored, type CacheParts } from '#libs/http-cache';
import type { Interceptor } from '#libs/kernel';
import type { GatewayConfig } from '../../config/index.js';
import { cachePartsOf } from '../cache-parts.js';
import type { CompileRequest, RequestParts } from '../compile.js';

/**
 * `cache:` answers of the service are kept, and given again. A route that keeps nothing still has to do with the cache
 * where others keep something: what its unsafe requests change is true no longer (RFC 9111 4.4).
 */
export const cache: CompileRequest = (parts): Interceptor | null => {
  const { config, kept, name } = parts;
  if (kept !== null) return new CachedRoute(kept);
  return keepsAnything(config) && mayChange(parts) ? new Changes(cachePartsOf(name, null, parts)) : null;
};

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
