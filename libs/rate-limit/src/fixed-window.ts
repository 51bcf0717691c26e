import { steady, type Algorithm } from './algorithm.js';
import type { FixedWindow } from './contracts.js';

/** Milliseconds by which something may have been taken later than is said: a window that had just begun is meant. */
const SLACK = 1_000;

/**
 * `level` is what was taken since `at`, when the window began: with the first thing taken after the window before it.
 */
export const fixedWindow: Algorithm<FixedWindow> = {
  clock: 'elapsed',

  begin(tally, _limit, now) {
    tally.at = now;
    tally.level = 0;
  },

  advance(tally, { window }, now) {
    const moment = steady(now, tally.at, window);
    if (moment >= tally.at + window) tally.level = 0;
    // A window from which nothing was taken has not begun; one that lies ahead is brought here with what was taken.
    if (tally.level === 0 || moment < tally.at) tally.at = now;
  },

  room: (tally, { count }) => count - tally.level,

  take(tally, _limit, cost) {
    tally.level += cost;
  },

  give(tally, _limit, cost, taken) {
    if (taken + SLACK < tally.at) return;
    tally.level = Math.max(0, tally.level - cost);
  },

  reset: untilOver,

  wait: (tally, limit, cost, now) => (cost > limit.count ? Infinity : untilOver(tally, limit, now)),

  lifetime: untilOver,
};

function untilOver(tally: { readonly at: number; readonly level: number }, { window }: FixedWindow, now: number): number {
  return tally.level > 0 ? tally.at + window - now : 0;
}
