import type { Tally } from './algorithm.js';
import type { Quota } from './contracts.js';
import { quota } from './quota.js';

const limit: Quota = { use: 'quota', count: 3, ends: 10_000 };

it('counts until its end, whatever the clock says', () => {
  const tally: Tally = { at: 0, level: 0, slots: null };
  quota.begin(tally, limit, 1_000);
  expect(quota.reset(tally, limit, 1_000)).toBe(0);
  for (const [now, room, reset] of [[1_000, 3, 9_000], [500, 2, 9_500], [9_999, 1, 1], [12_000, 0, 0]] as const) {
    quota.advance(tally, limit, now);
    expect(quota.room(tally, limit)).toBe(room);
    quota.take(tally, limit, 1, now);
    expect(quota.reset(tally, limit, now)).toBe(reset);
  }
  expect([quota.wait(tally, limit, 1, 4_000), quota.wait(tally, limit, 4, 4_000)]).toEqual([6_000, Infinity]);
  expect(quota.lifetime(tally, limit, 4_000)).toBe(3_606_000);
});

it('takes back no more than was taken', () => {
  const tally: Tally = { at: limit.ends, level: 2, slots: null };
  quota.give(tally, limit, 5, 0);
  expect(quota.room(tally, limit)).toBe(3);
});
