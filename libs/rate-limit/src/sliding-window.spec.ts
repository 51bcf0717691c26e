import { seededRandom } from '#libs/testing';
import type { Tally } from './algorithm.js';
import type { SlidingWindow } from './contracts.js';
import { slidingWindow } from './sliding-window.js';

/** One counter, and the list of times that it does without. */
class Model {
  readonly tally: Tally = { at: 0, level: 0, slots: null };
  events: { readonly at: number; readonly cost: number }[] = [];

  constructor(readonly limit: SlidingWindow, public now: number) {
    slidingWindow.begin(this.tally, limit, now);
  }

  take(cost: number): boolean {
    const now = Math.floor(this.now);
    slidingWindow.advance(this.tally, this.limit, now);
    if (slidingWindow.room(this.tally, this.limit) < cost) return false;
    slidingWindow.take(this.tally, this.limit, cost, now);
    this.events = [...this.events.filter((event) => event.at > this.now - 2 * this.limit.window), { at: this.now, cost }];
    return true;
  }

  give(event: { readonly at: number; readonly cost: number }): void {
    const now = Math.floor(this.now);
    slidingWindow.advance(this.tally, this.limit, now);
    slidingWindow.give(this.tally, this.limit, event.cost, now - Math.ceil(this.now - event.at));
    this.events = this.events.filter((other) => other !== event);
  }

  /** What was taken in the last `ms`. */
  within(ms: number): number {
    return this.events.reduce((sum, { at, cost }) => (at > this.now - ms ? sum + cost : sum), 0);
  }
}

const cases: readonly SlidingWindow[] = [
  { use: 'sliding-window', count: 10, window: 1_000 },
  { use: 'sliding-window', count: 100, window: 60_000 },
  { use: 'sliding-window', count: 7, window: 50 },
  { use: 'sliding-window', count: 3, window: 7 },
  { use: 'sliding-window', count: 50, window: 777_777 },
];

it.each(cases)('never gives more than $count within any $window ms, and is a sixtieth stricter at most', (limit) => {
  const random = seededRandom(limit.window);
  const model = new Model(limit, 12_345.678);
  let [given, refused] = [0, 0];
  for (let i = 0; i < 3_000; i++) {
    model.now += (random() ** 8 * limit.window * 6) / limit.count;
    const cost = random() < 0.9 ? 1 : 3;
    // With fractions of milliseconds, of which the counter does not know.
    const strict = model.within((limit.window * 61) / 60 + 2) + cost > limit.count;
    if (model.take(cost)) given++;
    else {
      refused++;
      expect(strict).toBe(true);
    }
    expect(model.within(limit.window)).toBeLessThanOrEqual(limit.count);
    expect(model.tally.slots?.length ?? 0).toBeLessThanOrEqual(122);
  }
  expect(Math.min(given, refused)).toBeGreaterThan(200);
});

it.each(cases)('nor where something is given back, and is two slots stricter then: $count in $window ms', (limit) => {
  const random = seededRandom(limit.window + 1);
  const model = new Model(limit, 54_321.5);
  const open: Model['events'] = [];
  const seen = { refused: 0, given: 0 };
  for (let i = 0; i < 3_000; i++) {
    model.now += (random() ** 8 * limit.window * 4) / limit.count;
    const event = random() < 0.4 ? open.shift() : undefined;
    // What was taken before the window is not there any more, and was given back by that.
    if (event !== undefined && model.now - event.at <= limit.window) {
      model.give(event);
      seen.given++;
    }
    const strict = model.within((limit.window * 62) / 60 + 4) + 1 > limit.count;
    if (!model.take(1)) {
      seen.refused++;
      expect(strict).toBe(true);
    } else if (random() < 0.3) open.push(model.events.at(-1) as (typeof open)[number]);
    expect(model.within(limit.window)).toBeLessThanOrEqual(limit.count);
    expect(model.tally.level).toBe((model.tally.slots ?? []).reduce((sum, amount, j) => (j % 2 === 1 ? sum + amount : sum), 0));
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(200);
});

it.each(cases)('says to the millisecond when there is room again: $count in $window ms', (limit) => {
  const random = seededRandom(5);
  const model = new Model(limit, 1_000_000);
  for (let i = 0; i < 300; i++) {
    model.now += Math.floor((random() * limit.window) / 20);
    const cost = random() < 0.8 ? 1 : 3;
    if (model.take(cost)) continue;
    const wait = slidingWindow.wait(model.tally, limit, cost, model.now);
    model.now += wait - 1;
    expect(model.take(cost)).toBe(false);
    model.now += 1;
    expect(model.take(cost)).toBe(true);
  }
  model.now += slidingWindow.reset(model.tally, limit, model.now) - 1;
  expect(model.take(limit.count)).toBe(false);
  model.now += 1;
  expect(model.take(limit.count)).toBe(true);
});

it('keeps one pair of numbers for who comes once, and none for who has left', () => {
  const model = new Model({ use: 'sliding-window', count: 10, window: 6_000 }, 60_000);
  expect(model.tally.slots).toBeNull();
  model.take(1);
  expect(model.tally.slots).toEqual([600, 1]);
  model.now += 6_100;
  model.take(0);
  expect(model.tally).toMatchObject({ slots: [661, 0], level: 0 });
});

it('stands still while the clock catches up, and believes one that was set back far', () => {
  const model = new Model({ use: 'sliding-window', count: 2, window: 6_000 }, 100_000);
  model.take(1);
  const at = (now: number): boolean => {
    model.now = now;
    return model.take(1);
  };
  expect([96_000, 100_000, 105_000].map(at)).toEqual([true, false, false]);
  expect([50_000, 56_000].map(at)).toEqual([false, false]);
  expect(at(56_100)).toBe(true);
});
