export { exponentialBackoff, parseRetryAfter, type Backoff } from './backoff.js';
export { CircuitBreaker, REFUSED, type BreakerOptions, type BreakerScope, type Outcome } from './circuit-breaker.js';
export { elsewhere } from './elsewhere.js';
export { compileJudge, type Judge, type JudgeOptions } from './judge.js';
export { OutlierDetector, type OutlierOptions } from './outlier.js';
export { RetryBudget, type BudgetOptions } from './retry-budget.js';
export { compileRetryRules, type RetryOptions, type RetryRules } from './retry-rules.js';
