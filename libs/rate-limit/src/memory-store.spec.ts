import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeClock, limitStoreContract } from '#libs/testing';
import type { Limit, Take } from './contracts.js';
import { MemoryLimitStore } from './memory-store.js';

limitStoreContract('memory', () => {
  const clock = new FakeClock();
  return { store: new MemoryLimitStore({ clock }), now: () => clock.elapsed(), pass: (ms) => clock.advance(ms), close: () => undefined };
});

const minute: Limit = { use: 'fixed-window', count: 2, window: 60_000 };
const takeOf = (key: string, limit: Limit = minute): Take => ({ key, limit, cost: 1, binding: true });

it('answers at once', () => {
  const store = new MemoryLimitStore({ clock: new FakeClock() });
  expect(store.take([takeOf('a')])).toMatchObject([{ allowed: true }]);
});

it('lets the counter go that was not used for longest', () => {
  const store = new MemoryLimitStore({ clock: new FakeClock(), maxKeys: 3 });
  for (const key of ['a', 'b', 'c', 'a', 'd']) store.take([takeOf(key)]);
  expect([store.size, store.evictions]).toEqual([3, 1]);
  const left = (key: string): number | undefined => store.take([{ ...takeOf(key), cost: 0 }])[0]?.remaining;
  expect([left('a'), left('d'), left('c')]).toEqual([0, 1, 1]);
  expect(left('b')).toBe(2);
});

it.each<[string, Limit, number]>([
  ['token-bucket', { use: 'token-bucket', count: 10, window: 1_000, capacity: 10, initial: 10 }, 100],
  ['token-bucket that begins empty', { use: 'token-bucket', count: 10, window: 1_000, capacity: 10, initial: 0 }, 3_600_000 + 1_000],
  ['sliding-window', { use: 'sliding-window', count: 10, window: 1_000 }, 1_017],
  ['fixed-window', { use: 'fixed-window', count: 10, window: 1_000 }, 1_000],
  ['quota', { use: 'quota', count: 10, ends: Date.UTC(2026, 0, 1) + 5_000 }, 3_605_000],
])('sweeps a %s when it means nothing any more, and not before', (_name, limit, lifetime) => {
  const clock = new FakeClock();
  const store = new MemoryLimitStore({ clock });
  for (let i = 0; i < 100; i++) store.take([{ ...takeOf(`key ${i}`, limit), cost: limit.use === 'token-bucket' && limit.initial === 0 ? 0 : 1 }]);
  const others = (): void => { for (let i = 0; i < 2_000; i++) store.take([takeOf('other')]); };
  clock.advance(lifetime - 1);
  others();
  expect(store.size).toBe(101);
  clock.advance(2);
  others();
  expect(store.size).toBe(1);
  expect(store.evictions).toBe(0);
});

it('keeps who comes back under a flood of others', () => {
  const store = new MemoryLimitStore({ clock: new FakeClock(), maxKeys: 1_000 });
  const regular = takeOf('regular', { use: 'fixed-window', count: 1_000_000, window: 60_000 });
  for (let i = 0; i < 50_000; i++) {
    store.take([takeOf(`flood ${i}`)]);
    if (i % 100 === 0) store.take([regular]);
  }
  expect(store.size).toBe(1_000);
  expect(store.take([regular])[0]?.remaining).toBe(1_000_000 - 501);
});

it('sweeps also while the others are in use all the time', () => {
  const clock = new FakeClock();
  const store = new MemoryLimitStore({ clock });
  for (let i = 0; i < 500; i++) store.take([takeOf(`dead ${i}`, { use: 'fixed-window', count: 1, window: 10 })]);
  for (let i = 0; i < 500; i++) store.take([takeOf(`alive ${i}`)]);
  clock.advance(10);
  for (let i = 0; i < 20_000; i++) store.take([takeOf(`alive ${i % 500}`)]);
  expect(store.size).toBe(500);
});

it('keeps its counters when there may be more of them, or fewer', () => {
  const store = new MemoryLimitStore({ clock: new FakeClock(), maxKeys: 100 });
  const fill = (name: string, count: number): void => { for (let i = 0; i < count; i++) store.take([takeOf(`${name} ${i}`)]); };
  fill('a', 100);
  store.resize(200);
  fill('b', 100);
  expect([store.size, store.evictions]).toEqual([200, 0]);
  expect(store.take([takeOf('a 0')])[0]?.remaining).toBe(0);
  store.resize(50);
  fill('c', 1);
  expect(store.size).toBe(193);
  fill('c', 50);
  expect([store.size, store.evictions]).toEqual([50, 200]);
});

it('does not lose a counter of the very call that opens another', () => {
  const clock = new FakeClock();
  const store = new MemoryLimitStore({ clock });
  const takes = ['a', 'b', 'c'].map((key) => takeOf(key, { use: 'fixed-window', count: 1, window: 1_000 }));
  for (let round = 0; round < 5; round++) {
    expect(store.take(takes).every(({ allowed }) => allowed)).toBe(true);
    expect(store.take(takes).some(({ allowed }) => allowed)).toBe(false);
    clock.advance(1_000);
  }
});

it('keeps a quota when the wall clock is set back', () => {
  const clock = new FakeClock();
  let ahead = 0;
  const store = new MemoryLimitStore({ clock: { now: () => clock.now() + ahead, elapsed: () => clock.elapsed() } });
  const quota = takeOf('a', { use: 'quota', count: 1, ends: clock.now() + 1_000 });
  store.take([quota]);
  clock.advance(10_000_000);
  ahead = -9_999_500;
  for (let i = 0; i < 100; i++) store.take([takeOf('other')]);
  expect(store.take([quota])).toMatchObject([{ allowed: false, retryAfter: 500 }]);
});

it('begins anew under another window, and not under another object', () => {
  const store = new MemoryLimitStore({ clock: new FakeClock() });
  expect(store.take([takeOf('a')])[0]?.remaining).toBe(1);
  expect(store.take([takeOf('a', { ...minute })])[0]?.remaining).toBe(0);
  expect(store.take([takeOf('a', { ...minute, window: 1_000 })])[0]?.remaining).toBe(1);
});

it('stays small under a flood of a million keys', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const clock = new FakeClock();
  const limits: readonly Limit[] = [
    { use: 'token-bucket', count: 100, window: 60_000, capacity: 120, initial: 100 },
    { use: 'sliding-window', count: 100, window: 60_000 },
    minute,
  ];
  const used = (): number => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = used();
  const store = new MemoryLimitStore({ clock });
  for (let i = 0; i < 1_000_000; i++) {
    if (i % 1_000 === 0) clock.advance(1);
    store.take([takeOf(`{2001:db8::${i.toString(16)}}minute`, limits[i % 3] as Limit)]);
  }
  const bytes = used() - before;
  expect([store.size, store.evictions]).toEqual([100_000, 900_000]);
  expect(bytes / store.size).toBeLessThan(300);
}, 60_000);
