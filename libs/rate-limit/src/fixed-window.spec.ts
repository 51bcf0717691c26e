import { seededRandom } from '#libs/testing';
import type { Tally } from './algorithm.js';
import type { FixedWindow } from './contracts.js';
import { fixedWindow } from './fixed-window.js';

const limit: FixedWindow = { use: 'fixed-window', count: 5, window: 1_000 };

function begun(now: number): Tally {
  const tally: Tally = { at: 0, level: 0, slots: null };
  fixedWindow.begin(tally, limit, now);
  return tally;
}

function take(tally: Tally, now: number, cost = 1): boolean {
  fixedWindow.advance(tally, limit, now);
  if (fixedWindow.room(tally, limit) < cost) return false;
  fixedWindow.take(tally, limit, cost, now);
  return true;
}

it('counts in windows that each begin with the first request after the one before', () => {
  const random = seededRandom(2);
  let now = 5_000;
  const tally = begun(now);
  let [start, taken] = [Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < 3_000; i++) {
    now += Math.floor(random() ** 5 * 700);
    if (now >= start + limit.window) [start, taken] = [now, 0];
    const cost = random() < 0.8 ? 1 : 2;
    expect(take(tally, now, cost)).toBe(taken + cost <= limit.count);
    if (taken + cost <= limit.count) taken += cost;
    else expect(fixedWindow.wait(tally, limit, cost, now)).toBe(start + limit.window - now);
    expect(fixedWindow.reset(tally, limit, now)).toBe(start + limit.window - now);
  }
});

it('begins no window by being looked at', () => {
  const tally = begun(0);
  fixedWindow.advance(tally, limit, 900);
  expect(fixedWindow.reset(tally, limit, 900)).toBe(0);
  take(tally, 900);
  expect(fixedWindow.reset(tally, limit, 900)).toBe(1_000);
});

it('takes back no more than was taken', () => {
  const tally = begun(0);
  take(tally, 0, 2);
  fixedWindow.give(tally, limit, 7, 0);
  expect([tally.level, fixedWindow.room(tally, limit)]).toEqual([0, 5]);
});

it('takes back nothing from an earlier window', () => {
  const tally = begun(0);
  take(tally, 10_000, 3);
  fixedWindow.give(tally, limit, 1, 8_999);
  expect(tally.level).toBe(3);
  fixedWindow.give(tally, limit, 1, 9_000);
  expect(tally.level).toBe(2);
});

it('stands still while the clock catches up, and believes one that was set back far', () => {
  const tally = begun(100_000);
  expect(take(tally, 100_000, 5)).toBe(true);
  expect([99_100, 100_000, 100_999].map((now) => take(tally, now))).toEqual([false, false, false]);
  expect([50_000, 50_999, 51_000].map((now) => take(tally, now))).toEqual([false, false, true]);
});
