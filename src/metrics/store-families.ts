import type { CacheStats } from './cache-stats.js';
import type { LimitStats } from './limit-stats.js';
import { counter, gauge, type MetricFamily } from './metric-family.js';

/** What a worker's stores hold, asked when somebody looks. */
export interface StoreFigures {
  readonly limits: { readonly counters: number; readonly evictions: number };
  readonly cache: { readonly entries: number; readonly bytes: number; readonly maxBytes: number; readonly evictions: number };
  /** Whether Redis answers; `null` where the file has none. */
  readonly redis: boolean | null;
  /** Whether the database answers; `null` where nothing needs one. */
  readonly database: boolean | null;
}

/** Counters of limits in the memory of a process: a worker's own, and those its supervisor keeps for all of them. */
export function counterFamilies({ counters, evictions }: StoreFigures['limits']): MetricFamily[] {
  return [
    gauge('gateway_limit_counters', 'Counters in memory.', [[{}, counters]]),
    counter('gateway_limit_evictions_total', 'Counters that had to leave memory for others.', [[{}, evictions]]),
  ];
}

/** Limits, caches, and the stores behind them. */
export function storeFamilies(limits: LimitStats, cache: CacheStats, figures: StoreFigures): MetricFamily[] {
  return [
    counter('gateway_limit_requests_total', 'Requests a limit was asked about: given (allowed), turned away (refused), or only counted though it was used up (shadowed).', Array.from(limits.requests.entries(), ([[route, limit, outcome], count]) => [{ route, limit, outcome }, count])),
    counter('gateway_limit_store_away_total', 'Times that shared counters could not be asked, at most one a second for each limit, by what was done instead.', Array.from(limits.away.entries(), ([[limit, away], count]) => [{ limit, away }, count])),
    ...counterFamilies(figures.limits),
    counter('gateway_cache_requests_total', 'Requests of routes with a cache: answered from it (hit, collapsed, revalidated, stale), by the service (miss), or none that a cache may answer (bypass).', Array.from(cache.requests.entries(), ([[route, outcome], count]) => [{ route, outcome }, count])),
    counter('gateway_cache_purges_total', 'Purges, by what they named.', Array.from(cache.purges.entries(), ([what, count]) => [{ what }, count])),
    gauge('gateway_cache_entries', 'Responses in memory.', [[{}, figures.cache.entries]]),
    gauge('gateway_cache_bytes', 'Bytes of responses in memory, with what keeping them costs.', [[{}, figures.cache.bytes]]),
    gauge('gateway_cache_max_bytes', 'Bytes there may be in memory (`cache.memory`).', [[{}, figures.cache.maxBytes]]),
    counter('gateway_cache_evictions_total', 'Responses that had to leave memory for others.', [[{}, figures.cache.evictions]]),
    ...(figures.redis === null ? [] : [gauge('gateway_redis_up', 'Whether Redis answers (1) or not (0).', [[{}, figures.redis ? 1 : 0]], 'min')]),
    ...(figures.database === null ? [] : [gauge('gateway_database_up', 'Whether the database answers (1) or not (0).', [[{}, figures.database ? 1 : 0]], 'min')]),
  ];
}
