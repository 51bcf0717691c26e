import { jest } from '@jest/globals';
import type { Invalidation } from './invalidation.js';
import { Owed } from './owed.js';

const AGAIN = 250;

describe('Owed', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const owing = (): { owed: Owed; told: Invalidation[]; hear: (hears: boolean) => void } => {
    const told: Invalidation[] = [];
    let hears = false;
    const owed = new Owed((invalidation) => {
      if (!hears) return Promise.reject(new Error('away'));
      told.push(invalidation);
      return Promise.resolve();
    });
    return { owed, told, hear: (now) => { hears = now; } };
  };

  it('tries until it is heard, in order, and joins what is alike', async () => {
    const { hear, owed, told } = owing();
    for (const tags of [['a'], ['b'], ['b', 'c']]) owed.add({ tags });
    for (const tags of [['d'], ['e']]) owed.add({ tags, origin: 'https://a' });
    owed.add({ tags: ['d'], origin: 'https://b' });
    owed.add({ prefix: '/x' });
    owed.add({ addresses: ['/y'] });
    owed.add({ addresses: ['/z'] });
    await jest.advanceTimersByTimeAsync(10 * AGAIN);
    expect([told, owed.some]).toEqual([[], true]);
    hear(true);
    await jest.advanceTimersByTimeAsync(AGAIN);
    expect(told).toEqual([{ tags: ['a'] }, { tags: ['b', 'c'] }, { tags: ['d', 'e'], origin: 'https://a' }, { tags: ['d'], origin: 'https://b' }, { prefix: '/x' }, { addresses: ['/y', '/z'] }]);
    expect([owed.some, jest.getTimerCount()]).toEqual([false, 0]);
    owed.add({ prefix: '/again' });
    await jest.advanceTimersByTimeAsync(AGAIN);
    expect(told).toHaveLength(7);
  });

  it('forgets everything rather than remember it all', async () => {
    const { hear, owed, told } = owing();
    for (let i = 0; i < 50_000; i++) owed.add({ addresses: [`/${i}`] });
    hear(true);
    await jest.advanceTimersByTimeAsync(AGAIN);
    expect(told[0]).toEqual({ prefix: '/' });
    expect(told.length).toBeLessThanOrEqual(200);
  });

  it('ends', () => {
    const { owed } = owing();
    owed.add({ prefix: '/' });
    owed.end();
    expect([owed.some, jest.getTimerCount()]).toEqual([false, 0]);
  });
});
