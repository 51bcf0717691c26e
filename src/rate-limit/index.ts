export { noteBodyFields } from './body-field.js';
export { chosenLimits, compileLimits, type Chosen, type Limits } from './compile-limits.js';
export { judgeLimits, type JudgedLimit } from './explain-limits.js';
export { uncounted, type LimitGround, type LimitSurroundings } from './limit-ground.js';
export { LimitGuard } from './limit-guard.js';
export { compileLimitHead } from './limit-head.js';
export { LimitStores, type LimitStoreFacts, type LimitStoresBuilt } from './limit-stores.js';
export { RateLimitGuard } from './rate-limit.guard.js';
export { RateLimitModule } from './rate-limit.module.js';
