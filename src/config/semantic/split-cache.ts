import { locate } from '../nodes.js';
import { askedOf } from '../schema/authenticate.js';
import type { CacheConfig } from '../schema/cache.js';
import type { RouteConfig } from '../schema/index.js';
import type { SplitConfig } from '../schema/split.js';
import type { Facts } from './facts.js';

/**
 * A cache is asked before a split: what its key does not tell apart gets the variant of whoever came first. Only a
 * warning: variants may answer alike.
 */
export function checkSplitCaches({ resolved, warnings }: Facts): void {
  for (const [name, node] of resolved.written.routes) {
    const route = resolved.routes.get(name);
    if (!route?.split || route.cache === 'off') continue;
    const missing = [...new Set(missingFrom(route.cache, route.split, route.authenticate))];
    if (missing.length > 0) warnings.add(locate(node, ['cache', 'key']).place, ['routes', name, 'cache', 'key'], `the answer of one variant is given to callers of another: the split goes by ${missing.join(', and by ')}`);
  }
}

function* missingFrom(cache: CacheConfig, split: SplitConfig, authenticate: RouteConfig['authenticate']): Generator<string> {
  const { cookies, key } = cache;
  const held = new Set(key.headers.map((name) => name.toLowerCase()));
  const header = (name: string): string => `the header ${name}; add it to \`cache.key.headers\``;
  for (const { when = [] } of Object.values(split.variants)) {
    for (const condition of when) {
      for (const name of Object.keys(condition.header ?? {})) if (!held.has(name.toLowerCase())) yield header(name);
      if (condition.cookie && cookies === 'share' && !held.has('cookie')) yield COOKIE;
      if (condition.role && !key.principal) yield 'the roles of the caller; turn `cache.key.principal` on';
    }
  }
  if (Object.values(split.variants).filter(({ weight }) => weight > 0).length > 1) yield* missingForWeights(cache, split.by, authenticate);
}

const COOKIE = 'a cookie; leave `cache.cookies` at `refuse`';

/** What decides between variants that both have a weight. */
function* missingForWeights({ cookies, key }: CacheConfig, by: SplitConfig['by'], authenticate: RouteConfig['authenticate']): Generator<string> {
  const held = key.headers.map((name) => name.toLowerCase());
  // Where nobody is signed in, the address stands for the caller.
  if (by === 'ip' || (by === 'user' && (askedOf(authenticate)?.optional ?? true))) yield 'the address of the client, which no key holds; split by a header that is in `cache.key.headers`';
  else if (by === 'random') yield 'chance, which no key holds; split by a header that is in `cache.key.headers`';
  else if (by === 'user' && !key.principal) yield 'the caller; turn `cache.key.principal` on';
  // With `refuse`, a request without the cookie gets an answer that sets it, and that is never kept.
  else if (by === 'cookie' && cookies === 'share' && !held.includes('cookie')) yield COOKIE;
  else if (by.startsWith('header:') && !held.includes(by.slice('header:'.length).toLowerCase())) yield `the header ${by.slice('header:'.length)}; add it to \`cache.key.headers\``;
}
