import { HOUR, steady, type Algorithm } from './algorithm.js';
import type { TokenBucket } from './contracts.js';

/**
 * `level` is what the bucket held `at` that moment, in tokens times `window`: what drips in during a millisecond is
 * `count` of these, a whole number, so that nothing is ever rounded. A bucket that begins with less than it holds is
 * remembered for an hour after it is full: who pauses keeps the burst he has earned.
 */
export const tokenBucket: Algorithm<TokenBucket> = {
  clock: 'elapsed',

  begin(tally, { capacity, initial, window }, now) {
    tally.at = now;
    tally.level = Math.min(initial, capacity) * window;
  },

  advance(tally, { capacity, count, window }, now) {
    const passed = Math.max(0, now - tally.at);
    tally.level = Math.min(capacity * window, tally.level + passed * count);
    tally.at = steady(now, tally.at, window);
  },

  room: (tally, { window }) => tally.level / window,

  take(tally, { window }, cost) {
    tally.level -= cost * window;
  },

  give(tally, { capacity, window }, cost) {
    tally.level = Math.min(capacity * window, tally.level + cost * window);
  },

  reset: (tally, limit) => untilHeld(tally.level, limit.capacity, limit),

  wait: (tally, limit, cost) => (cost > limit.capacity ? Infinity : untilHeld(tally.level, cost, limit)),

  lifetime: (tally, limit) => untilHeld(tally.level, limit.capacity, limit) + (limit.initial < limit.capacity ? HOUR : 0),
};

function untilHeld(level: number, tokens: number, { count, window }: TokenBucket): number {
  const missing = tokens * window - level;
  return missing > 0 ? Math.ceil(missing / count) : 0;
}
