import { FakeClock, seededRandom } from '#libs/testing';
import type { Limit, Take } from './contracts.js';
import { MemoryLimitStore } from './memory-store.js';

/** What was taken and not given back, each with its time: what a store has to know, kept as simply as can be. */
class Book {
  readonly #entries: { readonly key: string; readonly cost: number; readonly at: number }[] = [];
  /** When the window of a key began, where its limit has fixed ones. */
  readonly #starts = new Map<string, number>();

  constructor(private readonly clock: FakeClock) {}

  /** What of a limit is in use now, at least; at most with the sixtieth that a sliding window is stricter. */
  used({ key, limit }: Take, slack = 0): number {
    const now = this.clock.elapsed();
    if (limit.use === 'token-bucket') return this.#missing(key, limit);
    const from = { 'sliding-window': () => now - (limit as { window: number }).window - slack, 'fixed-window': () => (this.#starts.get(key) ?? now) - 1, quota: () => 0 }[limit.use]();
    return this.#of(key).reduce((sum, { at, cost }) => (at > from ? sum + cost : sum), 0);
  }

  fits(take: Take, slack = 0): boolean {
    const { cost, limit } = take;
    const start = this.#starts.get(take.key);
    if (limit.use === 'fixed-window' && (start === undefined || this.clock.elapsed() >= start + limit.window)) return cost <= limit.count;
    return this.used(take, slack) + cost <= (limit.use === 'token-bucket' ? limit.capacity : limit.count);
  }

  write({ key, cost, limit }: Take): void {
    const at = this.clock.elapsed();
    const start = this.#starts.get(key);
    if (limit.use === 'fixed-window' && (start === undefined || at >= start + limit.window)) this.#starts.set(key, at);
    this.#entries.push({ key, cost, at });
  }

  strike(take: Take): void {
    const { cost, key } = take;
    const i = this.#entries.findLastIndex((entry) => entry.key === key && entry.cost === cost);
    this.#entries.splice(i, 1);
    // A window from which nothing is left taken has not begun.
    if (take.limit.use === 'fixed-window' && this.used(take) === 0) this.#starts.delete(key);
  }

  #of(key: string): readonly { readonly cost: number; readonly at: number }[] {
    return this.#entries.filter((entry) => entry.key === key);
  }

  /** What a bucket that began full lacks. */
  #missing(key: string, { count, window }: Limit & { use: 'token-bucket' }): number {
    let [missing, last] = [0, 0];
    const dripTo = (at: number): void => {
      missing = Math.max(0, missing - (at - last) * count);
      last = at;
    };
    for (const { at, cost } of this.#of(key)) {
      dripTo(at);
      missing += cost * window;
    }
    dripTo(this.clock.elapsed());
    return missing / window;
  }
}

const start = Date.UTC(2026, 0, 1);
const limits: readonly Limit[] = [
  { use: 'token-bucket', count: 10, window: 1_000, capacity: 12, initial: 12 },
  { use: 'sliding-window', count: 10, window: 1_200 },
  { use: 'fixed-window', count: 9, window: 900 },
  { use: 'quota', count: 400, ends: start + 1_000_000 },
];

it.each([1, 2, 3, 4, 5])('gives all or none, as a book of all times would (seed %i)', (seed) => {
  const random = seededRandom(seed);
  const clock = new FakeClock(start);
  const store = new MemoryLimitStore({ clock });
  const book = new Book(clock);
  const seen = { granted: 0, refused: 0, given: 0 };
  for (let i = 0; i < 2_000; i++) {
    clock.advance(Math.floor(random() ** 6 * 800));
    const takes = limits.flatMap((limit, j): Take[] => (random() < 0.5 ? [{ key: `${j} ${random() < 0.5}`, limit, cost: random() < 0.8 ? 1 : 2, binding: random() < 0.8 }] : []));
    const verdicts = store.take(takes);
    const granted = takes.every(({ binding }, j) => !binding || verdicts[j]?.allowed);
    for (const [j, take] of takes.entries()) {
      const { allowed } = verdicts[j] as { readonly allowed: boolean };
      // Never too much; and never too little, but for the sixtieth that a sliding window is stricter.
      if (allowed) expect(book.fits(take)).toBe(true);
      else expect({ i, take, fits: book.fits(take, 21) }).toEqual({ i, take, fits: false });
    }
    const taken = takes.filter(({ binding }, j) => verdicts[j]?.allowed && (granted || !binding));
    for (const take of taken) book.write(take);
    seen[granted ? 'granted' : 'refused']++;
    if (granted && random() < 0.2) {
      store.give(taken);
      for (const take of taken) book.strike(take);
      seen.given++;
    }
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
