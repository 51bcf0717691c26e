import type { Limit, LimitStore, Take, Verdict } from '#libs/rate-limit';
import { atLeast, within, type Time } from './spans-of-time.js';
import { until } from './until.js';

/** A store, without counters at first, and its time. */
export interface LimitStoreHarness extends Time {
  readonly store: LimitStore;
  close(): void | Promise<void>;
}

const HOUR = 3_600_000;
type Make = (count: number, window?: number) => Limit;

/** Every kind of limit, so slow by default that nothing comes back during a test. */
const kinds: readonly (readonly [Limit['use'], Make])[] = [
  ['token-bucket', (count, window = HOUR * 100_000) => ({ use: 'token-bucket', count, window, capacity: count, initial: count })],
  ['sliding-window', (count, window = HOUR) => ({ use: 'sliding-window', count, window })],
  ['fixed-window', (count, window = HOUR) => ({ use: 'fixed-window', count, window })],
  ['quota', (count) => ({ use: 'quota', count, ends: Date.UTC(2126, 0, 1) })],
];
const renewing = kinds.filter(([use]) => use !== 'quota');

/** What every store of limits has to keep to, wherever it counts. */
export function limitStoreContract(name: string, open: () => LimitStoreHarness | Promise<LimitStoreHarness>): void {
  describe(`${name} as a store of limits`, () => {
    let harness: LimitStoreHarness;
    const take = async (...takes: Take[]): Promise<readonly Verdict[]> => harness.store.take(takes);
    const one = async (key: string, limit: Limit, cost = 1): Promise<Verdict> => (await take({ key, limit, cost, binding: true }))[0] as Verdict;
    const allowed = async (...takes: Take[]): Promise<boolean[]> => (await take(...takes)).map((verdict) => verdict.allowed);
    /** What is left, without taking any of it. */
    const left = async (key: string, limit: Limit): Promise<number> => (await one(key, limit, 0)).remaining;
    /** What is given back may take a while to arrive. */
    const comesToHave = async (key: string, limit: Limit, expected: number, patience = 15_000): Promise<void> => {
      await until(async () => (await left(key, limit)) === expected, patience).catch(() => undefined);
      expect(await left(key, limit)).toBe(expected);
    };

    const pass = (ms: number): Promise<void> => atLeast(ms, harness);

    beforeEach(async () => {
      harness = await open();
    }, 30_000);
    afterEach(() => harness.close());

    describe.each(kinds)('with a %s', (_use, make) => {
      it('gives what there is, and then says when there will be more', async () => {
        const limit = make(3);
        for (const remaining of [2, 1, 0]) {
          const verdict = await one('a', limit);
          expect(verdict).toMatchObject({ allowed: true, remaining, retryAfter: 0 });
          expect(verdict.reset).toBeGreaterThan(0);
        }
        const refused = await one('a', limit);
        expect(refused).toMatchObject({ allowed: false, remaining: 0 });
        expect(refused.retryAfter).toBeGreaterThan(1_000);
        expect(refused.retryAfter).toBeLessThanOrEqual(refused.reset);
        expect(Number.isInteger(refused.retryAfter) && Number.isInteger(refused.reset)).toBe(true);
      });

      it('counts each key for itself', async () => {
        const limit = make(1);
        expect((await one('a', limit)).allowed).toBe(true);
        expect((await one('b', limit)).allowed).toBe(true);
        expect((await one('a', limit)).allowed).toBe(false);
      });

      it('takes what a request costs, whole or not at all', async () => {
        const limit = make(10);
        expect(await one('a', limit, 7)).toMatchObject({ allowed: true, remaining: 3 });
        expect(await one('a', limit, 4)).toMatchObject({ allowed: false, remaining: 3 });
        expect(await one('a', limit, 3)).toMatchObject({ allowed: true, remaining: 0 });
      });

      it('adds up parts of one without losing any', async () => {
        const limit = make(10);
        for (let i = 0; i < 40; i++) expect((await one('a', limit, 0.25)).allowed).toBe(true);
        expect(await one('a', limit, 0.25)).toMatchObject({ allowed: false, remaining: 0 });
      });

      it('never gives more than there is at all', async () => {
        const limit = make(10);
        expect(await one('a', limit, 11)).toEqual({ allowed: false, remaining: 10, reset: 0, retryAfter: Infinity });
        expect(await one('a', limit, 10)).toMatchObject({ allowed: true, remaining: 0 });
      });

      it('has exactly 100 of 500 at once', async () => {
        const limit = make(100);
        const verdicts = await Promise.all(Array.from({ length: 500 }, () => one('a', limit)));
        expect(verdicts.filter((verdict) => verdict.allowed)).toHaveLength(100);
      });

      it('looks without taking', async () => {
        const limit = make(2);
        expect(await one('a', limit, 0)).toMatchObject({ allowed: true, remaining: 2, reset: 0, retryAfter: 0 });
        await one('a', limit, 2);
        expect(await one('a', limit, 0)).toMatchObject({ allowed: true, remaining: 0 });
      });

      it('takes back what is given, but never more than was there', async () => {
        const limit = make(5);
        const given: Take = { key: 'a', limit, cost: 3, binding: true };
        expect(await allowed(given)).toEqual([true]);
        harness.store.give([given]);
        await comesToHave('a', limit, 5);
        harness.store.give([given, { ...given, key: 'never taken from' }]);
        expect(await left('a', limit)).toBe(5);
        expect((await one('a', limit, 5)).allowed).toBe(true);
        harness.store.give([{ ...given, cost: 1 }]);
        await comesToHave('a', limit, 1);
        expect((await one('a', limit, 2)).allowed).toBe(false);
        expect((await one('a', limit)).allowed).toBe(true);
        expect(await left('never taken from', limit)).toBe(5);
      });

      it('goes on counting when the count changes', async () => {
        await one('a', make(5), 5);
        expect((await one('a', make(3))).allowed).toBe(false);
      });
    });

    describe.each(kinds)('with several takes from a %s', (_use, make) => {
      // Of one hash tag, and of several: stores that tell these apart may not differ in what they give.
      const tags: readonly (readonly [string, readonly [string, string, string]])[] = [['one tag', ['{t}a', '{t}b', '{t}c']], ['several tags', ['{t}a', '{u}b', 'c']]];
      const takes = ([a, b, c]: readonly [string, string, string], bindings = [true, true, true]): Take[] =>
        [a, b, c].map((key, i) => ({ key, limit: make([9, 2, 8][i] as number), cost: 1, binding: bindings[i] as boolean }));

      it.each(tags)('gives all or none of %s', async (_name, keys) => {
        const all = takes(keys);
        for (let i = 0; i < 2; i++) expect(await allowed(...all)).toEqual([true, true, true]);
        const verdicts = await take(...all);
        expect(verdicts).toMatchObject([{ allowed: true, remaining: 7, retryAfter: 0 }, { allowed: false, remaining: 0 }, { allowed: true, remaining: 6, retryAfter: 0 }]);
        expect(verdicts[1]?.retryAfter).toBeGreaterThan(0);
        for (const [i, { key, limit }] of all.entries()) await comesToHave(key, limit, [7, 0, 6][i] as number);
      });

      it.each(tags)('is refused by none that does not bind, of %s', async (_name, keys) => {
        const all = takes(keys, [true, false, true]);
        for (let i = 0; i < 8; i++) {
          expect(await take(...all)).toMatchObject([{ allowed: true, remaining: 8 - i }, { allowed: i < 2, remaining: Math.max(0, 1 - i) }, { allowed: true, remaining: 7 - i }]);
        }
        expect(await allowed(...all)).toEqual([true, false, false]);
        await comesToHave(keys[0], make(9), 1);
      });

      it.each(tags)('counts what does not bind also where another refuses, of %s', async (_name, keys) => {
        const all = takes(keys, [false, true, true]);
        for (let i = 0; i < 5; i++) await take(...all);
        for (const [i, { key, limit }] of all.entries()) await comesToHave(key, limit, [4, 0, 6][i] as number);
      });

      it('takes twice from a key that comes twice', async () => {
        const twice = { key: 'a', limit: make(3), cost: 1, binding: true };
        expect(await allowed(twice, twice)).toEqual([true, true]);
        expect((await take(twice, twice)).some((verdict) => !verdict.allowed)).toBe(true);
        expect(await left('a', make(3))).toBe(1);
      });

      it('gives exactly as often as the least of them under concurrency', async () => {
        const all = (['{t}a', '{t}b', '{t}c'] as const).map((key, i) => ({ key, limit: make([50, 30, 40][i] as number), cost: 1, binding: true }));
        const outcomes = await Promise.all(Array.from({ length: 200 }, () => allowed(...all)));
        expect(outcomes.filter((outcome) => outcome.every(Boolean))).toHaveLength(30);
        expect(await Promise.all(all.map(({ key, limit }) => left(key, limit)))).toEqual([20, 0, 10]);
      });
    });

    it('has nothing to say of no takes', async () => {
      expect(await take()).toEqual([]);
    });

    it.each(renewing)('has room again after a %s said so', async (_use, make) => {
      const limit = make(4, 240);
      for (let round = 0; round < 3; round++) {
        let verdict = await one('a', limit);
        while (verdict.allowed) verdict = await one('a', limit);
        expect(verdict.retryAfter).toBeLessThanOrEqual(244);
        await pass(verdict.retryAfter);
        expect((await one('a', limit)).allowed).toBe(true);
        await pass(60);
      }
      await pass((await one('a', limit, 0)).reset);
      expect(await one('a', limit, 0)).toMatchObject({ remaining: 4, reset: 0 });
    });

    it('never gives more than its count within any window', async () => {
      const [count, window] = [5, 150];
      const limit: Limit = { use: 'sliding-window', count, window };
      const given: { readonly asked: number; readonly answered: number }[] = [];
      const end = harness.now() + 5 * window;
      // More rounds where time stood still: what was given is to be enough to look at.
      for (let rounds = 0; harness.now() < end || (given.length < 2 * count && rounds < 3_000); rounds++) {
        const asked = harness.now();
        if ((await one('a', limit)).allowed) given.push({ asked, answered: harness.now() });
        await pass(1);
      }
      expect(given.length).toBeGreaterThanOrEqual(2 * count);
      for (const [i, { asked }] of given.entries()) {
        const next = given[i + count];
        if (next !== undefined) expect(next.answered - asked).toBeGreaterThanOrEqual(window);
      }
    });

    it('puts back where it was taken: what was taken from a window since then stays', async () => {
      const limit: Limit = { use: 'sliding-window', count: 5, window: 600 };
      await within(880, harness, async (key, began) => {
        await one(key, limit, 2);
        await pass(300);
        await one(key, limit, 3);
        harness.store.give([{ key, limit, cost: 2, binding: true }], harness.now() - began + 50);
        await comesToHave(key, limit, 2, 1_000);
        await pass(began + 650 - harness.now());
        expect(await left(key, limit)).toBe(2);
      });
    });

    it('puts nothing back that a window before gave', async () => {
      const limit: Limit = { use: 'fixed-window', count: 5, window: 1_200 };
      await within(2_380, harness, async (key, began) => {
        await one(key, limit, 2);
        await pass(1_210);
        await one(key, limit, 3);
        harness.store.give([{ key, limit, cost: 2, binding: true }], harness.now() - began);
        harness.store.give([{ key, limit, cost: 1, binding: true }]);
        await comesToHave(key, limit, 3, 1_000);
      });
    });

    it('fills a bucket that begins empty, from the first who asks', async () => {
      const limit: Limit = { use: 'token-bucket', count: 1, window: 20, capacity: 3, initial: 0 };
      const refused = await one('a', limit);
      expect(refused).toMatchObject({ allowed: false, remaining: 0 });
      await pass(refused.retryAfter);
      expect((await one('a', limit)).allowed).toBe(true);
    });

    it('fills a bucket to the brim, from where it begins', async () => {
      const limit: Limit = { use: 'token-bucket', count: 1, window: 20, capacity: 5, initial: 2 };
      expect(await one('a', limit, 2)).toMatchObject({ allowed: true });
      expect((await one('b', limit, 6)).retryAfter).toBe(Infinity);
      await pass(200);
      expect(await one('a', limit, 0)).toMatchObject({ remaining: 5, reset: 0 });
      expect(await one('a', limit, 5)).toMatchObject({ allowed: true });
    });
  });
}
