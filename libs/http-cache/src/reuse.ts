import { assess, type Assessed } from './assess.js';
import { parseCacheControl, type Directives } from './cache-control.js';
import type { CacheSettings, StoredResponse } from './contracts.js';
import { ageAt } from './freshness.js';
import { requestField, type CacheRequest } from './request.js';

/** `age` and `ttl` in milliseconds; `ttl` is what is left of the lifetime, negative when stale (RFC 9211). */
export type Judgement =
  | { readonly kind: 'fresh'; readonly age: number; readonly ttl: number }
  /** Use it now. `background`: and validate it meanwhile. `no`: the client has asked for no request at all (only-if-cached). */
  | { readonly kind: 'stale-usable'; readonly revalidate: 'background' | 'no'; readonly age: number; readonly ttl: number }
  /** Validate first; `why` as in Cache-Status `fwd`. */
  | { readonly kind: 'validate'; readonly why: 'stale' | 'request'; readonly mayServeStaleOnError: boolean; readonly age: number; readonly ttl: number }
  /** Not usable, and the client wants no request to the service: 504. */
  | { readonly kind: 'none'; readonly reason: 'only-if-cached' };

/**
 * What may be done with a stored response that matches a request (RFC 9111 4, 4.2.4, 5.2; RFC 5861; RFC 8246). The
 * request's directives count where the route lets clients control its cache.
 */
export function judge(request: CacheRequest, stored: StoredResponse, settings: CacheSettings, now: number): Judgement {
  const known = assess(stored, settings);
  const age = ageAt(known.initialAge, stored.responseTime, now);
  const ttl = known.lifetime - age;
  const asked = settings.clientControl ? wishes(request) : null;
  const usable = ttl > 0 && !known.noCache;
  if (asked === null) {
    if (usable) return { kind: 'fresh', age, ttl };
    if (staleAllowed(known, ttl, null)) return { kind: 'stale-usable', revalidate: 'background', age, ttl };
    return { kind: 'validate', why: 'stale', mayServeStaleOnError: mayServeStale(known, ttl, null), age, ttl };
  }
  const onlyCached = asked.has('only-if-cached');
  const suits = satisfies(asked, known, { age, ttl });
  if (usable && suits) return { kind: 'fresh', age, ttl };
  if (!usable && suits && staleAllowed(known, ttl, asked)) return { kind: 'stale-usable', revalidate: onlyCached ? 'no' : 'background', age, ttl };
  if (onlyCached) return { kind: 'none', reason: 'only-if-cached' };
  return { kind: 'validate', why: usable ? 'request' : 'stale', mayServeStaleOnError: mayServeStale(known, ttl, asked), age, ttl };
}

/** The client wants an answer from the cache or none (504), where the route lets it say so (RFC 9111 5.2.1.7). */
export function onlyIfCached(request: CacheRequest, settings: CacheSettings): boolean {
  return settings.clientControl && (wishes(request)?.has('only-if-cached') ?? false);
}

const PRAGMA = parseCacheControl(['no-cache']);

function wishes(request: CacheRequest): Directives | null {
  const cacheControl = requestField(request.headers, 'cache-control');
  if (cacheControl !== undefined) return parseCacheControl([cacheControl]);
  const pragma = requestField(request.headers, 'pragma');
  // RFC 9111 5.4: only without Cache-Control.
  return pragma !== undefined && parseCacheControl([pragma]).has('no-cache') ? PRAGMA : null;
}

/** Whether the client would have a response of that age, stale or not. */
function satisfies(asked: Directives, known: Assessed, { age, ttl }: { readonly age: number; readonly ttl: number }): boolean {
  if (asked.has('no-cache')) return false;
  // RFC 8246: what never changes needs no validation while it is fresh, unless the client insists with no-cache.
  const settled = known.immutable && ttl > 0 && !known.noCache;
  if (!settled && age > (asked.seconds('max-age') ?? Infinity) * 1000) return false;
  return ttl >= (asked.seconds('min-fresh') ?? -Infinity) * 1000;
}

/** RFC 9111 4.2.4: stale only where client, response or route allows it, and nothing forbids it. */
function staleAllowed(known: Assessed, ttl: number, asked: Directives | null): boolean {
  if (known.neverStale) return false;
  if (asked?.has('max-stale')) {
    return asked.fields('max-stale') === true || -ttl <= (asked.seconds('max-stale') ?? 0) * 1000;
  }
  // RFC 9111 5.2.1.1: who names an age wants nothing stale, but for max-stale.
  if (asked?.has('max-age')) return false;
  return known.staleWhileRevalidate > 0 && -ttl <= known.staleWhileRevalidate;
}

/** RFC 5861 4: of response, route and request, the longest counts; a client that insists on validation has only its own. */
function mayServeStale(known: Assessed, ttl: number, asked: Directives | null): boolean {
  if (known.neverStale) return false;
  const wanted = (asked?.seconds('stale-if-error') ?? 0) * 1000;
  const most = asked?.has('no-cache') ? wanted : Math.max(wanted, known.staleIfError);
  return most > 0 && -ttl <= most;
}
