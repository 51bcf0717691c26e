import type { Exchange } from '#libs/kernel';
import type { CacheConfig } from '../config/index.js';
import { originOf } from './address.js';
import { whitelist } from './key.js';

/** One part of what a stored answer is known by, for people. */
export interface CacheKeyPart {
  /** `address`, `version`, `scheme`, `query`, `header X-A` or `caller`. */
  readonly by: string;
  /** Name of the header whose value it is; `null` where it is none. */
  readonly field: string | null;
  /** As it came; empty where it is missing. */
  readonly value: string;
}

/** What the answer to a request is known by, in words: what `compileKey` makes a key of. */
export function explainCacheKey({ headers, host, principal, query }: CacheConfig['key'], exchange: Exchange): readonly CacheKeyPart[] {
  const part = (by: string, value: string): CacheKeyPart => ({ by, field: null, value });
  const { path, scheme, version } = exchange;
  const caller = exchange.principal === null ? 'nobody' : `${exchange.principal.id} of ${exchange.principal.authenticator}`;
  return [
    part('address', (host ? originOf(exchange) : '') + path + (query === 'all' ? exchange.query : '')),
    ...(version === null ? [] : [part('version', version)]),
    ...(host ? [] : [part('scheme', scheme)]),
    ...(Array.isArray(query) ? [part('query', whitelist(query)(exchange).slice(1))] : []),
    ...headers.map((name) => ({ by: `header ${name}`, field: name, value: String(exchange.headers[name.toLowerCase()] ?? '') })),
    ...(principal ? [part('caller', caller)] : []),
  ];
}
