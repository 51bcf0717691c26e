import { until } from '#libs/testing';
import { pluginKeyv } from './plugin-store.js';
import type { Storage } from './storage.js';

const MIB = 1_048_576;

describe('what plugins keep', () => {
  it('stays in this worker where there is no Redis', async () => {
    const keyv = pluginKeyv({ shared: null });
    await keyv.set('a', { b: 1 }, 60_000);
    await keyv.set('over', 1, 1);
    await until(async () => (await keyv.get('over')) === undefined);
    expect([await keyv.get('a'), await keyv.get('over'), await keyv.get('none')]).toEqual([{ b: 1 }, undefined, undefined]);
    expect([await keyv.delete('a'), await keyv.get('a')]).toEqual([true, undefined]);
    await keyv.set('a', 1);
    await keyv.clear();
    expect(await keyv.get('a')).toBeUndefined();
  });

  it('is bounded there', async () => {
    const keyv = pluginKeyv({ shared: null });
    await keyv.set('too large', 'x'.repeat(MIB));
    for (let i = 0; i < 40; i++) await keyv.set(`${i}`, 'x'.repeat(MIB / 2 - 1_000));
    const kept = await Promise.all(Array.from({ length: 40 }, (_, i) => keyv.get<string>(`${i}`)));
    expect(kept.filter((value) => value !== undefined)).toHaveLength(16);
    expect([kept[39], await keyv.get('too large')]).toEqual([expect.any(String), undefined]);
  });

  it('is in Redis where there is one, by keys of its own', async () => {
    const there = new Map<string, unknown>();
    const shared: Storage = {
      get: (key) => Promise.resolve(there.get(key)),
      set: (key, value) => Promise.resolve(there.set(key, value)),
      del: (key) => Promise.resolve(there.delete(key)),
    };
    const keyv = pluginKeyv({ shared });
    await keyv.set('a', 'b');
    expect([[...there.keys()], await keyv.get('a'), await pluginKeyv({ shared: null }).get('a')]).toEqual([['cache:plugin:a'], 'b', undefined]);
    await keyv.delete('a');
    expect(there.size).toBe(0);
  });
});
