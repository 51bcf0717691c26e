import type { CacheSettings } from '#libs/http-cache';
import { statusSet } from '#libs/resilience';
import type { CacheConfig } from '../config/index.js';

/** A day: longer than that, that nothing has changed says little. */
const HEURISTIC_MOST = 86_400_000;

/** How we call ourselves in `Cache-Status` (RFC 9211 2). */
const NAME = 'Passerelle';

/** Of a route that keeps nothing: answers to its unsafe requests may name what is no longer true. */
const NOTHING: CacheSettings = Object.freeze({
  maxAge: 0, statuses: new Set<number>(), negative: new Map<number, number>(), respect: true, heuristic: 0, heuristicMost: 0, staleWhileRevalidate: 0, staleIfError: 0,
  maxSize: 0, collapse: 0, shareCookies: false, byPrincipal: false, clientControl: true, dress: null, standBy: 0, cacheStatus: null,
  tagHeaders: ['cache-groups', 'cache-tag', 'surrogate-key'],
});

/**
 * What the engine wants to know of a route's `cache:`.
 * @param config `null` where the route keeps nothing.
 */
export function compileCacheSettings(config: CacheConfig | null): CacheSettings {
  if (config === null) return NOTHING;
  const { clientControl, collapse, cookies, heuristic, key, maxAge = 0, maxSize, negative, respect, staleIfError, staleWhileRevalidate, status, statuses, tagHeaders } = config;
  return Object.freeze({
    maxAge, statuses: statusSet(statuses), negative: new Map(Object.entries(negative).map(([code, lifetime]) => [Number(code), lifetime])),
    respect, heuristic, heuristicMost: HEURISTIC_MOST, staleWhileRevalidate, staleIfError, maxSize, collapse,
    shareCookies: cookies === 'share', byPrincipal: key.principal, clientControl, dress: null, standBy: 0, cacheStatus: status ? NAME : null,
    tagHeaders: tagHeaders.map((name) => name.toLowerCase()),
  });
}
