export { StoreByLimit, type StoresByLimit } from './combine.js';
export type { FixedWindow, Limit, LimitStore, Quota, Script, ScriptRunner, SlidingWindow, Take, TokenBucket, Verdict } from './contracts.js';
export { compileLimitHeaders, retryAfterSeconds, type LegacyOptions, type LimitHeaderOptions } from './headers.js';
export { MemoryLimitStore, type MemoryStoreOptions } from './memory-store.js';
export { parseRate, type Rate } from './rate-text.js';
export { RedisLimitStore } from './redis-store.js';
