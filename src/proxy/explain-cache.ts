import { bypassed, mayFollow, requestOf, type Bypassed } from '#libs/http-cache';
import { compileCacheSettings, explainCacheKey } from '../cache/index.js';
import type { CacheConfig, GatewayConfig, RouteConfig } from '../config/index.js';
import { isAuthenticated } from './cache-parts.js';
import type { DryOutcome } from './dry-run.js';
import type { ExplainedCache } from './explanation.js';
import { shownField } from './shown-fields.js';

const WHY: Readonly<Record<Exclude<Bypassed, 'method'>, string>> = {
  upgrade: 'it is no plain request but an upgrade',
  content: 'it has a body',
  condition: 'If-Match and If-Unmodified-Since are for the service to judge',
  cookies: 'it has cookies (`cache.cookies: refuse`)',
};

/** What the cache of a route makes of a request; `null` where there is none. */
export function explainedCache({ exchange, explanation }: DryOutcome, { routes }: GatewayConfig): ExplainedCache | null {
  const route = routes[explanation?.winner ?? ''];
  if (route === undefined || route.cache === 'off') return null;
  const nothing = { key: [], collapses: false, notes: [] } as const;
  if (exchange.cached === null) return { decision: 'not asked', why: 'the request does not get as far', ...nothing };
  const settings = compileCacheSettings(route.cache);
  const request = requestOf(exchange, isAuthenticated(exchange));
  if (exchange.cached === 'bypass') {
    const arriving = { ...atTheCache(exchange), outgoing: { method: route.method ?? exchange.method, body: exchange.body } };
    return { decision: 'bypass', why: whyBypassed(bypassed(arriving, request, settings), exchange.method, route), ...nothing };
  }
  return {
    decision: 'cached', why: null,
    key: explainCacheKey(route.cache.key, exchange).map(({ by, field, value }) => [by, field === null || value === '' ? value : shownField(field, value)]),
    collapses: mayFollow({ looked: { response: null }, visit: { request } }, settings),
    notes: [...wishes(String(exchange.headers['cache-control'] ?? exchange.headers.pragma ?? ''), route.cache), ...identity(request.authenticated, route.cache)],
  };
}

function atTheCache({ headers, method, upgrade }: DryOutcome['exchange']) {
  return { headers, method, upgrade };
}

function whyBypassed(why: Bypassed | null, method: string, route: RouteConfig): string {
  if (why !== null && why !== 'method') return WHY[why];
  if (route.method !== undefined && route.method !== method) return `the service gets it as ${route.method} (\`method\`)`;
  return method === 'GET' || method === 'HEAD' ? `${method} is not among \`cache.methods\`` : `${method} is never answered from a cache; where it succeeds, what is stored of its address is forgotten`;
}

/** RFC 9111 5.2.1: what the client says of the cache. */
function wishes(cacheControl: string, { clientControl }: CacheConfig): string[] {
  const asks = (...names: readonly string[]): boolean => new RegExp(`(?:^|[\\s,])(?:${names.join('|')})\\b`, 'i').test(cacheControl);
  const fresh = asks('no-cache', 'max-age', 'min-fresh');
  const only = asks('only-if-cached');
  return [
    ...(asks('no-store') ? ['The client wants its answer not to be kept (no-store).'] : []),
    ...(clientControl && fresh ? ['The client sets the age of the answer it wants; where no stored one will do, the service is asked.'] : []),
    ...(clientControl && only ? ['The client wants a stored answer or none: 504 `not-cached` where there is none.'] : []),
    ...(!clientControl && (fresh || only) ? ['What the client wants of the cache does not count (`cache.clientControl: off`).'] : []),
  ];
}

/** RFC 9111 3.5. */
function identity(authenticated: boolean, { key, respect }: CacheConfig): string[] {
  if (!authenticated || key.principal) return [];
  return [`The caller has shown who they are: what the service answers is ${respect ? 'kept only if it says `public`, `s-maxage` or `must-revalidate`' : 'not kept with `cache.respect: off`'}; with \`cache.key.principal: on\` it would be kept for them alone.`];
}
