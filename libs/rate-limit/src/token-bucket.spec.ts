import { seededRandom } from '#libs/testing';
import type { Tally } from './algorithm.js';
import type { TokenBucket } from './contracts.js';
import { tokenBucket } from './token-bucket.js';

const T0 = 1_000_000;

function bucketAt(limit: TokenBucket, now = T0): Tally {
  const tally: Tally = { at: 0, level: 0, slots: null };
  tokenBucket.begin(tally, limit, now);
  return tally;
}

it.each<[string, TokenBucket]>([
  ['a common one', { use: 'token-bucket', count: 100, window: 60_000, capacity: 120, initial: 100 }],
  ['a fast one', { use: 'token-bucket', count: 7_919, window: 1_000, capacity: 10_000, initial: 0 }],
  ['a slow one', { use: 'token-bucket', count: 3, window: 7_777, capacity: 2, initial: 2 }],
])('drips as counting every millisecond in whole numbers does: %s', (_name, limit) => {
  const random = seededRandom(11);
  const tally = bucketAt(limit);
  const full = BigInt(limit.capacity * limit.window);
  let held = BigInt(limit.initial * limit.window);
  for (let now = T0, i = 0; i < 2_000; i++) {
    const step = Math.floor(random() ** 4 * 300);
    for (let ms = 0; ms < step; ms++) held = held + BigInt(limit.count) > full ? full : held + BigInt(limit.count);
    now += step;
    tokenBucket.advance(tally, limit, now);
    expect(BigInt(tally.level)).toBe(held);
    const cost = Math.ceil(random() ** 3 * limit.capacity);
    const allowed = tokenBucket.room(tally, limit) >= cost;
    expect(allowed).toBe(held >= BigInt(cost * limit.window));
    if (allowed) {
      tokenBucket.take(tally, limit, cost, now);
      held -= BigInt(cost * limit.window);
    } else {
      // Not a millisecond earlier, and not a millisecond later.
      const wait = BigInt(tokenBucket.wait(tally, limit, cost, now));
      expect(held + wait * BigInt(limit.count) >= BigInt(cost * limit.window)).toBe(true);
      expect(held + (wait - 1n) * BigInt(limit.count) < BigInt(cost * limit.window)).toBe(true);
    }
  }
});

const limit: TokenBucket = { use: 'token-bucket', count: 1, window: 1_000, capacity: 5, initial: 5 };

it('holds parts of a token', () => {
  const tally = bucketAt(limit);
  tokenBucket.take(tally, limit, 5, T0);
  tokenBucket.advance(tally, limit, T0 + 250);
  expect(tokenBucket.room(tally, limit)).toBe(0.25);
  expect(tokenBucket.wait(tally, limit, 1, T0 + 250)).toBe(750);
});

it('never gives more than it can hold', () => {
  expect(tokenBucket.wait(bucketAt(limit), limit, 5.5, T0)).toBe(Infinity);
  expect(tokenBucket.room(bucketAt({ ...limit, initial: 9 }), limit)).toBe(5);
});

it('never fills where nothing drips', () => {
  const dry = { ...limit, count: 0 };
  const tally = bucketAt(dry);
  expect(tokenBucket.reset(tally, dry, T0)).toBe(0);
  tokenBucket.take(tally, dry, 5, T0);
  expect([tokenBucket.reset(tally, dry, T0), tokenBucket.wait(tally, dry, 1, T0)]).toEqual([Infinity, Infinity]);
});

it('holds no more than a lowered capacity', () => {
  const tally = bucketAt(limit);
  tokenBucket.advance(tally, { ...limit, capacity: 2 }, T0);
  expect(tokenBucket.room(tally, limit)).toBe(2);
});

it('stands still while the clock catches up, and believes one that was set back far', () => {
  const tally = bucketAt(limit);
  tokenBucket.take(tally, limit, 5, T0);
  const roomAt = (now: number): number => {
    tokenBucket.advance(tally, limit, now);
    return tokenBucket.room(tally, limit);
  };
  expect([T0 - 900, T0 - 400, T0, T0 + 500].map(roomAt)).toEqual([0, 0, 0, 0.5]);
  expect([T0 - 100_000, T0 - 99_000].map(roomAt)).toEqual([0.5, 1.5]);
});
