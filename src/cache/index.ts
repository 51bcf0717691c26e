export { compileKeys } from './cache-keys.js';
export { CacheModule } from './cache.module.js';
export { explainCacheKey } from './explain-key.js';
export { DECISIVE } from './key.js';
export { nothingKept } from './nothing-kept.js';
export { ResponseCaches, type CacheGround, type PurgeBy, type Purged } from './response-caches.js';
export { compileCacheSettings } from './settings.js';
export type { CacheView } from './topics.js';
