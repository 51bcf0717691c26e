import { hash } from 'node:crypto';
import type { Exchange } from '#libs/kernel';
import { compileTemplate } from '#libs/transforms';
import { fingerprint, type CacheConfig, type RouteConfig } from '../config/index.js';
import { AFTER_ADDRESS, ANY_QUERY, asAddress, originOf } from './address.js';

/** What an exchange is told apart by. */
export type KeyOf = (exchange: Exchange) => string;

type Part = (exchange: Exchange) => string;

/** Between the parts after the address; it occurs in no field value. */
const NEXT = '\n';

/** Characters of the parts that are written out. */
const LONGEST = 160;

/**
 * Compiles the key of a route's answers: the address, then, after a blank, what else tells them apart: the route as it is
 * configured, the version that is asked for, parameters of a whitelist, headers, and a hash of who is calling. Where it is not `all` of the query,
 * that stands there too, and in the address it is any.
 *
 * What was stored under other settings is under another key: it is neither found by this route nor by another that takes
 * the same address.
 */
export function compileKey(name: string, route: RouteConfig, cache: CacheConfig): KeyOf {
  const { headers, host, principal, query } = cache.key;
  const parts = [
    ...(host ? [] : [({ scheme }: Exchange) => scheme]),
    ...(Array.isArray(query) ? [whitelist(query)] : []),
    ...headers.map(header),
    ...(principal ? [compileCaller(route)] : []),
  ];
  const whole = query === 'all';
  const own = AFTER_ADDRESS + fingerprintOf(name, route, cache);
  return (exchange) => {
    const asked = exchange.path + (whole ? exchange.query : ANY_QUERY);
    const address = canonical(asked);
    let rest = address === asked ? '' : unusual(asked);
    // A header may have said it, or nobody: then the address does not.
    if (exchange.version !== null) rest += `${NEXT}v${exchange.version}`;
    for (const part of parts) rest += NEXT + part(exchange);
    return asAddress((host ? originOf(exchange) : '') + address) + own + (rest.length > LONGEST ? NEXT + hash('sha256', rest, 'base64url') : rest);
  };
}

/**
 * What a client left bare stays apart: a service that repeats it in its answer as it came (`"><script>`) must not do so
 * for all who send it encoded, as browsers do.
 */
function unusual(asked: string): string {
  return `${NEXT}!${hash('sha256', asked, 'base64url')}`;
}

/** Characters that a URL has encoded, where a client need not. */
const BARE = /[^\w!#$%&()*+,./:;=?@[\]~-]/;

/** Path and query as a URL has them: what is forgotten is known by its URL. */
function canonical(text: string): string {
  if (!BARE.test(text)) return text;
  const { pathname, search } = new URL(`http://host${text}`);
  return pathname + search;
}

/** All that decides what an answer is, and whether it may be kept: where one of these changes, nothing kept before is right. */
export const DECISIVE = {
  route: ['aggregate', 'authenticate', 'headers', 'match', 'method', 'path', 'query', 'redirects', 'split', 'to', 'trailingSlash', 'transform'],
  cache: ['cookies', 'key', 'respect'],
} as const satisfies { readonly route: readonly (keyof RouteConfig)[]; readonly cache: readonly (keyof CacheConfig)[] };

function fingerprintOf(name: string, route: RouteConfig, cache: CacheConfig): string {
  const settings = [name, DECISIVE.route.map((setting) => route[setting] ?? null), DECISIVE.cache.map((setting) => cache[setting])];
  return fingerprint(settings).replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 12);
}

/**
 * The parameters of a list, in its order; one that occurs more than once, in the order it was sent. Some services end a
 * parameter at a `;` too, and would find a listed one inside another (`a=1;b=2`): such a query tells apart as it is.
 */
export function whitelist(names: readonly string[]): Part {
  const places = new Map(names.map((name, place) => [name, place]));
  return ({ query }) => {
    if (query.length < 2) return '?';
    if (query.includes(';')) return query;
    const found: string[][] = [];
    for (const pair of query.slice(1).split('&')) {
      const equals = pair.indexOf('=');
      const place = places.get(decoded(equals < 0 ? pair : pair.slice(0, equals)));
      if (place !== undefined) (found[place] ??= []).push(equals < 0 ? '' : pair.slice(equals));
    }
    // The values are still encoded, so that nothing in them looks like another parameter.
    return `?${names.flatMap((name, place) => (found[place] ?? []).map((value) => encodeURIComponent(name) + value)).join('&')}`;
  };
}

function decoded(name: string): string {
  if (!/[%+]/.test(name)) return name;
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

/** A field that is absent is another one than an empty one. */
function header(name: string): Part {
  const lower = name.toLowerCase();
  return ({ headers }) => {
    const value = headers[lower];
    if (value === undefined) return '-';
    return `=${typeof value === 'string' ? value : value.join(', ')}`;
  };
}

/**
 * Ids are those of an authenticator: another one may give the same id to somebody else. And who is calling may do less by
 * one credential than by another: what was answered to all their scopes is not for a token with fewer.
 */
function compileCaller(route: RouteConfig): Part {
  const claims = claimsTold(route);
  return (exchange) => {
    const { principal } = exchange;
    if (principal === null) return '@';
    const { authenticator, email, id, permissions, roles, scopes } = principal;
    return `@${hash('sha256', JSON.stringify([authenticator, id, email, roles, permissions, scopes, claims.map((claim) => claim(exchange))]), 'base64url')}`;
  };
}

/** Claims that the route tells its service, in a template or in a token of ours: the same person may come with others, such as another tenant. */
function claimsTold(route: RouteConfig): readonly ((exchange: Exchange) => unknown)[] {
  const named = [...new Set(Array.from(JSON.stringify(route).matchAll(/\{principal\.claims\.[^{}"]+\}/g), ([placeholder]) => placeholder))].map(compileTemplate);
  const { token } = route.headers.request;
  const passed = token === 'off' ? [] : token.claims.map((name) => ({ principal }: Exchange) => principal?.claims[name] ?? null);
  return [...named, ...passed];
}
