import type { Algorithm, Tally } from './algorithm.js';
import type { SlidingWindow } from './contracts.js';

/** Parts of a window that are told apart. */
const SLOTS = 60;

/**
 * `slots` are pairs of a slot's number, from the clock's zero on, and what was taken in it, oldest first, without the
 * empty ones; `level` is their sum, `at` when something was last taken.
 *
 * Never more than `count` within any `window` milliseconds: the slot in which the window begins counts whole, so that
 * what was taken counts for a window and up to a sixtieth of one more. No list of times: at most 61 pairs, and one for
 * who comes once.
 */
export const slidingWindow: Algorithm<SlidingWindow> = {
  clock: 'elapsed',

  begin(tally, _limit, now) {
    tally.at = now;
    tally.level = 0;
    tally.slots = null;
  },

  advance(tally, { window }, now) {
    const { slots } = tally;
    if (slots === null) return;
    const current = slotAt(now, window);
    // The clock was set back by more than a window: as if all of it had been taken that much earlier.
    if (tally.at - now > window) {
      shift(slots, current - (slots.at(-2) as number));
      tally.at = now;
    }
    if ((slots[0] as number) < current - SLOTS) forget(tally, slots, current - SLOTS);
  },

  room: (tally, { count }) => count - tally.level,

  take(tally, { window }, cost, now) {
    const { slots } = tally;
    tally.at = Math.max(tally.at, now);
    tally.level += cost;
    const current = slotAt(tally.at, window);
    if (slots === null) tally.slots = [current, cost];
    else if (slots.at(-2) === current) slots[slots.length - 1] = (slots.at(-1) as number) + cost;
    else slots.push(current, cost);
  },

  give(tally, { window }, cost, taken) {
    const { slots } = tally;
    if (slots === null) return;
    const from = firstFrom(slots, slotAt(taken, window));
    let left = cost;
    // Rather off a slot too old than too young: what stays then counts for longer, not for shorter than it should.
    for (let i = from; i < slots.length && left > 0; i += 2) left = takeOff(slots, i, left);
    for (let i = from - 2; i >= 0 && left > 0; i -= 2) left = takeOff(slots, i, left);
    tally.slots = slots.some((amount, i) => i % 2 === 1 && amount > 0) ? withoutEmpty(slots) : null;
    tally.level = tally.slots === null ? 0 : tally.level - (cost - left);
  },

  reset: untilEmpty,

  wait(tally, limit, cost, now) {
    if (cost > limit.count) return Infinity;
    const slots = tally.slots ?? [];
    let excess = tally.level + cost - limit.count;
    for (let i = 0; i < slots.length; i += 2) {
      excess -= slots[i + 1] as number;
      if (excess <= 0) return endOf(slots[i] as number, limit.window) - now;
    }
    return untilEmpty(tally, limit, now);
  },

  lifetime: untilEmpty,
};

function slotAt(time: number, window: number): number {
  return Math.floor((time * SLOTS) / window);
}

/** The first whole millisecond at which a slot no longer counts. */
function endOf(slot: number, window: number): number {
  return Math.ceil(((slot + SLOTS + 1) * window) / SLOTS);
}

function untilEmpty({ slots }: Tally, { window }: SlidingWindow, now: number): number {
  return slots === null ? 0 : endOf(slots.at(-2) as number, window) - now;
}

function shift(slots: number[], by: number): void {
  for (let i = 0; i < slots.length; i += 2) slots[i] = (slots[i] as number) + by;
}

/** Drops the slots before `oldest`. */
function forget(tally: Tally, slots: number[], oldest: number): void {
  const kept = firstFrom(slots, oldest);
  if (kept === slots.length) {
    tally.slots = null;
    tally.level = 0;
    return;
  }
  for (let i = 1; i < kept; i += 2) tally.level -= slots[i] as number;
  slots.splice(0, kept);
}

/** Place of the first slot that is not before `slot`. */
function firstFrom(slots: readonly number[], slot: number): number {
  let i = 0;
  while (i < slots.length && (slots[i] as number) < slot) i += 2;
  return i;
}

/** @returns what could not be taken off that slot. */
function takeOff(slots: number[], place: number, amount: number): number {
  const there = slots[place + 1] as number;
  const off = Math.min(there, amount);
  slots[place + 1] = there - off;
  return amount - off;
}

function withoutEmpty(slots: readonly number[]): number[] {
  return slots.filter((_, i) => (slots[i | 1] as number) > 0);
}
