import { DECISIVE } from '../../cache/index.js';
import { fingerprint, type CacheConfig, type GatewayConfig, type RouteConfig } from '../../config/index.js';
import { parseRedisUrl } from '../../config/schema/redis-url.js';
import type { Both } from './both.js';
import { anew, hot, type Difference, type Meaning } from './effect.js';
import { meaningForLimits } from './limits.js';

type Redis = NonNullable<GatewayConfig['redis']>;

/** What a change means for what limits have counted and caches have stored; `null` where it has nothing to do with them. */
export function meaningForStores({ kind, path }: Difference, both: Both<GatewayConfig>): Meaning | null {
  const [section, name = '', ...below] = path;
  switch (section) {
    case 'limits': return OF_LIMITS[name] ?? null;
    case 'cache': return name === 'redis' ? hot(both.new.cache.redis ? 'answers are kept in Redis too from now on' : 'each worker keeps answers by itself; those in Redis are not used') : hot('what was used last is kept as far as it fits');
    case 'redis': return ofRedis(kind, both.old.redis, both.new.redis);
    case 'endpoints': return below.length === 0 ? null : meaningForLimits(below, both.old.endpoints[name], both.new.endpoints[name]);
    case 'routes': {
      if (below.length === 0) return null;
      const [before, after] = [both.old.routes[name], both.new.routes[name]];
      return together([meaningForLimits(below, before, after), ofCache(below, before, after)]);
    }
    default: return null;
  }
}

const OF_LIMITS: Readonly<Record<string, Meaning>> = {
  ipv6Prefix: anew('callers with an IPv6 address begin anew'),
  maxKeys: hot('what was counted stays; where there are more counters, they leave as others come'),
  data: anew('quotas begin anew in the other folder; what was counted stays in the old one'),
};

function ofRedis(kind: Difference['kind'], before: Redis | undefined, after: Redis | undefined): Meaning {
  if (before === undefined || kind === 'added') return anew('limits and quotas are counted in Redis from now on, and begin anew there; answers are kept there too');
  if (after === undefined) return anew('limits are counted in memory and quotas in `limits.data` from now on, and begin anew; answers in Redis are not used');
  if (placeOf(before) !== placeOf(after)) return anew('limits and quotas begin anew there; answers in the old place are not used');
  return hot('the connection to Redis is replaced; what is counted and kept there stays');
}

/** What has to be the same for the same keys to be there. */
function placeOf({ prefix, url }: Redis): string {
  const { database, kind, master, places } = parseRedisUrl(url.reveal());
  return fingerprint({ database, kind, master, places, prefix });
}

function ofCache([key = '', inner = '']: readonly string[], before: RouteConfig | undefined, after: RouteConfig | undefined): Meaning | null {
  const [old, now] = [cacheOf(before), cacheOf(after)];
  if (old === null) return null;
  if (now === null) return key === 'cache' ? hot('what is stored of this route is not used any more') : null;
  const decides = key === 'cache' ? includes(DECISIVE.cache, inner) : includes(DECISIVE.route, key);
  if (decides) return anew('nothing that is stored of this route is used any more');
  return key === 'cache' && LIFETIMES.has(inner) ? hot('it holds for what is stored already, too') : null;
}

/** Settings by which a stored answer is judged each time. */
const LIFETIMES: ReadonlySet<string> = new Set<keyof CacheConfig>(['maxAge', 'statuses', 'negative', 'heuristic', 'staleWhileRevalidate', 'staleIfError']);

function cacheOf(route: RouteConfig | undefined): CacheConfig | null {
  return route === undefined || route.cache === 'off' ? null : route.cache;
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function together(meanings: readonly (Meaning | null)[]): Meaning | null {
  const some = meanings.filter((each) => each !== null);
  if (some.length === 0) return null;
  return { effect: some.some(({ effect }) => effect === 'state') ? 'state' : 'hot', meaning: some.map(({ meaning }) => meaning).join('; ') };
}
