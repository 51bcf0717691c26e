import type { Answer, Exchange } from '#libs/kernel';
import { compileHitStatus } from '../cache-status.js';
import { judge } from '../reuse.js';
import type { CacheRequest, RequestFields } from '../request.js';
import { answerFromStore } from './answer-from-store.js';
import { selectNear } from './lookup.js';
import type { CacheParts } from './parts.js';

/**
 * Compiles what of a route can be answered from the memory of this process, fresh, before anything is done for the
 * request but finding its route. Whatever takes more than that is left to `CachedRoute`, and looks there as if nobody had
 * asked before. Not for keys that hold who is calling: nobody knows yet.
 * @param passes whether the service would see a field as the client sent it: only then can `Vary` be judged here.
 */
export function compileAtHand({ clock, keys, settings, store }: CacheParts, passes: (name: string) => boolean): (exchange: Exchange) => Answer | null {
  const status = settings.cacheStatus === null ? null : compileHitStatus(settings.cacheStatus);
  return (exchange) => {
    const { headers, method } = exchange;
    if (method !== 'GET' || exchange.upgrade !== null || exchange.body !== null || asksForMore(headers)) return null;
    if (headers.cookie !== undefined && !settings.shareCookies) return null;
    const key = keys.of(exchange);
    const stored = key === null ? null : selectNear(store, key, headers, passes);
    if (stored === null) return null;
    const request: CacheRequest = { method, headers, authenticated: false, cookies: false };
    const judged = judge(request, stored, settings, clock.now());
    if (judged.kind !== 'fresh') return null;
    exchange.cached = 'hit';
    const answer = answerFromStore(settings, request, stored, judged.age);
    if (status !== null) answer.headers.append('Cache-Status', status(judged.ttl));
    return answer;
  };
}

/** Conditions that only the service can judge (RFC 9111 4.3.2), and wishes about the cache (5.2.1, 5.4). */
function asksForMore(headers: RequestFields): boolean {
  return headers['cache-control'] !== undefined || headers['pragma'] !== undefined || headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined;
}
