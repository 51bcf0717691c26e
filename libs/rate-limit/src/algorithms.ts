import type { Algorithm } from './algorithm.js';
import type { Limit } from './contracts.js';
import { fixedWindow } from './fixed-window.js';
import { quota } from './quota.js';
import { slidingWindow } from './sliding-window.js';
import { tokenBucket } from './token-bucket.js';

/** Everything a limit can follow. */
export const algorithms: Readonly<Record<Limit['use'], Algorithm>> = {
  'token-bucket': tokenBucket,
  'sliding-window': slidingWindow,
  'fixed-window': fixedWindow,
  quota,
};

/** 0 where there is none. */
export function windowOf(limit: Limit): number {
  return limit.use === 'quota' ? 0 : limit.window;
}

/**
 * What a counter counts, as a number: the same for limits of one algorithm and one window, so that it goes on when only
 * the count changes.
 */
export function kindOf(limit: Limit): number {
  switch (limit.use) {
    case 'token-bucket': return limit.window * 4 + 1;
    case 'sliding-window': return limit.window * 4 + 2;
    case 'fixed-window': return limit.window * 4 + 3;
    case 'quota': return QUOTA;
    default: return limit satisfies never;
  }
}

/** The kind of every quota. */
export const QUOTA = 0;
