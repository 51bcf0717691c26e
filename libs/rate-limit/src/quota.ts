import { HOUR, type Algorithm } from './algorithm.js';
import type { Quota } from './contracts.js';

/**
 * `level` is what was taken, `at` the end of the period. Whether the period is over is up to whoever names it in the key: a store whose clock is a
 * little ahead must not hand out a second one, so the counter stays for an hour after its end.
 */
export const quota: Algorithm<Quota> = {
  clock: 'now',

  begin(tally, { ends }) {
    tally.at = ends;
    tally.level = 0;
  },

  advance(tally, { ends }) {
    tally.at = ends;
  },

  room: (tally, { count }) => count - tally.level,

  take(tally, _limit, cost) {
    tally.level += cost;
  },

  give(tally, _limit, cost) {
    tally.level = Math.max(0, tally.level - cost);
  },

  reset: (tally, limit, now) => (tally.level > 0 ? untilEnd(limit, now) : 0),

  wait: (_tally, limit, cost, now) => (cost > limit.count ? Infinity : untilEnd(limit, now)),

  lifetime: ({ at }, _limit, now) => at + HOUR - now,
};

function untilEnd({ ends }: Quota, now: number): number {
  return Math.max(0, Math.ceil(ends - now));
}
