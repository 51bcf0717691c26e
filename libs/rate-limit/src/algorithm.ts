import type { Limit } from './contracts.js';

/** What is known of a counter: a few plain numbers, which mean what their algorithm says. Times in whole milliseconds. */
export interface Tally {
  at: number;
  level: number;
  /** Only where an algorithm needs more than two numbers. */
  slots: number[] | null;
}

/**
 * One way of counting, as steps from one tally to the next. The same steps, in the same arithmetic, are written in Lua
 * beside it. `advance` (or `begin`) comes before everything else, with the same `now`.
 */
export interface Algorithm<L extends Limit = Limit> {
  /** Which clock `now` is of; the wall clock only where a limit names a moment. */
  readonly clock: 'elapsed' | 'now';
  /** A counter from which nothing was taken yet. */
  begin(tally: Tally, limit: L, now: number): void;
  /** Forgets what is over by now. */
  advance(tally: Tally, limit: L, now: number): void;
  /** How much can be taken, with fractions. */
  room(tally: Tally, limit: L): number;
  take(tally: Tally, limit: L, cost: number, now: number): void;
  /** Puts back what was taken at `taken` or a little later, never beyond what there is in all. */
  give(tally: Tally, limit: L, cost: number, taken: number): void;
  /** Milliseconds until all of it can be taken again. */
  reset(tally: Tally, limit: L, now: number): number;
  /** Milliseconds until `cost`, which is more than there is room for, can be taken; `Infinity` when it never can. */
  wait(tally: Tally, limit: L, cost: number, now: number): number;
  /** Milliseconds after which the tally means nothing any more. */
  lifetime(tally: Tally, limit: L, now: number): number;
}

/** Milliseconds for which something is remembered that might still be of use. */
export const HOUR = 3_600_000;

/**
 * The time to count with where a clock says `now` and it was `at` before. A clock that was set back stands still until it
 * has caught up, so that nothing is given twice; one that was set back by more than a window is believed, so that nobody
 * waits for hours.
 */
export function steady(now: number, at: number, window: number): number {
  return now < at && at - now <= window ? at : now;
}
