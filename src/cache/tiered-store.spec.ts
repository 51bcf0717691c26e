import { jest } from '@jest/globals';
import { FakeClock } from '#libs/testing';
import { stored } from './cache.fixture.js';
import { LruStore } from './lru-store.js';
import type { Found, RedisStore } from './redis-store.js';
import { TieredStore } from './tiered-store.js';

const KEEP = { keep: 60_000, tags: ['t'] };
const KEY = 'https://a/b?c x';

/** Redis, as far as the tiers see it; what is asked is answered when the test says so. */
class Far implements Pick<RedisStore, 'reachable' | 'get' | 'set' | 'delete' | 'forget' | 'lease'> {
  reachable = true;
  found: Found | null = null;
  taken = false;
  readonly told: unknown[] = [];
  readonly sets: string[] = [];
  readonly gets: PromiseWithResolvers<Found | null>[] = [];

  get(): Promise<Found | null> {
    const asked = Promise.withResolvers<Found | null>();
    this.gets.push(asked);
    return asked.promise;
  }

  set(key: string): Promise<void> {
    this.sets.push(key);
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.told.push(key);
    return Promise.resolve();
  }

  forget(invalidation: unknown): Promise<number | null> {
    this.told.push(invalidation);
    return Promise.resolve(3);
  }

  lease(): Promise<(() => void) | null> {
    return Promise.resolve(this.taken ? null : () => undefined);
  }
}

describe('TieredStore', () => {
  const clock = new FakeClock();
  let far: Far;
  let store: TieredStore;
  beforeEach(() => {
    far = new Far();
    store = new TieredStore(new LruStore({ memory: 1_048_576 }, clock), { forget: () => Promise.resolve(2) }, clock);
    store.far = far as unknown as RedisStore;
  });
  const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
  const here = (): boolean => store.memory.get(KEY) !== null;
  const keep = (at = clock.now()): void => store.set(KEY, stored('own', { at }), KEEP);

  it('answers at once from memory, without asking Redis', () => {
    keep();
    expect(store.get(KEY)).toMatchObject({ response: { body: Buffer.from('own') } });
    expect([far.sets, far.gets.length]).toEqual([[KEY], 0]);
  });

  it('asks Redis for what it has not, and keeps it', async () => {
    const asking = store.get(KEY);
    far.gets[0]?.resolve({ record: stored('far'), keeping: KEEP });
    expect(await asking).toMatchObject({ response: { body: Buffer.from('far') } });
    expect(here()).toBe(true);
    expect(store.memory.drop({ tags: ['t'] })).toBe(1);
  });

  it('knows at once that it knows nothing, where Redis is away or there is none', () => {
    far.reachable = false;
    expect(store.get(KEY)).toBeNull();
    keep();
    expect(far.sets).toEqual([]);
    store.far = null;
    expect(store.get('https://a/c x')).toBeNull();
  });

  it('does not keep what was asked for before it was forgotten: from a service', async () => {
    const at = clock.now();
    await store.purge({ tags: ['t'], origin: 'https://a' });
    clock.advance(1);
    keep(at);
    expect(here()).toBe(false);
    keep();
    expect(here()).toBe(true);
  });

  it('does not keep what was asked for before it was forgotten: from Redis', async () => {
    const asking = store.get(KEY);
    store.heard({ addresses: ['https://a/b?c'] });
    far.gets[0]?.resolve({ record: stored('old'), keeping: KEEP });
    expect(await asking).toBeNull();
    expect(here()).toBe(false);
  });

  it('does not believe what Redis has from before, though it is asked after', async () => {
    store.heard({ tags: ['t'] });
    clock.advance(1);
    const asking = [store.get(KEY), store.get(KEY)];
    far.gets[0]?.resolve({ record: stored('old', { at: clock.now() - 1 }), keeping: KEEP });
    expect(await asking[0]).toBeNull();
    far.gets[1]?.resolve({ record: stored('new', { at: clock.now() }), keeping: KEEP });
    expect(await asking[1]).not.toBeNull();
  });

  it('takes back from Redis what another instance forgot while it was on its way there', async () => {
    const writing = Promise.withResolvers<void>();
    jest.spyOn(far, 'set').mockReturnValue(writing.promise);
    keep();
    store.heard({ addresses: ['https://a/b?c'] });
    expect(far.told).toEqual([]);
    writing.resolve();
    await settled();
    expect(far.told).toEqual([KEY]);
  });

  it('holds on to what came from the service while Redis was asked', async () => {
    const asking = store.get(KEY);
    keep();
    far.gets[0]?.resolve({ record: stored('far', { at: clock.now() - 1 }), keeping: KEEP });
    expect(await asking).toMatchObject({ response: { body: Buffer.from('own') } });
  });

  it.each<[string, (store: TieredStore) => Promise<number>, unknown, number]>([
    ['tags', (own) => own.purge({ tags: ['t', 'u'], origin: 'https://a' }), { tags: ['t', 'u'], origin: 'https://a' }, 3],
    ['a prefix', (own) => own.purge({ prefix: 'https://a/' }), { prefix: 'https://a/' }, 3],
    ['an address', (own) => own.purge({ prefix: 'https://a/b?c ' }), { addresses: ['https://a/b?c', 'https://a/b?*', '/b?c', '/b?*'] }, 3],
  ])('forgets everywhere: %s', async (_what, forget, told, count) => {
    keep();
    await settled();
    expect(await forget(store)).toBe(count);
    expect(here()).toBe(false);
    expect(far.told).toEqual([told]);
  });

  it('forgets one record in the tiers, and nothing else of its address', () => {
    keep();
    store.set('https://a/b?c y', stored(), KEEP);
    store.delete(KEY);
    expect([here(), store.memory.get('https://a/b?c y') === null]).toEqual([false, false]);
    expect(far.told).toEqual([KEY]);
  });

  it('has what somebody else fetches from Redis, as soon as it is newer there', async () => {
    keep();
    far.taken = true;
    expect(await store.lease(KEY)).toBeNull();
    const first = store.get(KEY);
    far.gets[0]?.resolve({ record: stored('same', { at: clock.now() }), keeping: KEEP });
    expect(await first).toMatchObject({ response: { body: Buffer.from('own') } });
    const second = store.get(KEY);
    far.gets[1]?.resolve({ record: stored('newer', { at: clock.now() + 5 }), keeping: KEEP });
    expect(await second).toMatchObject({ response: { body: Buffer.from('newer') } });
    expect(store.get(KEY)).not.toBeInstanceOf(Promise);
  });

  it('looks for it in Redis no longer than it may take', async () => {
    keep();
    far.taken = true;
    await store.lease(KEY);
    clock.advance(30_000);
    expect(store.get(KEY)).not.toBeInstanceOf(Promise);
  });

  it('gives the lease where nobody can be asked', async () => {
    far.taken = true;
    far.reachable = false;
    expect(await store.lease(KEY)).not.toBeNull();
    store.far = null;
    expect(await store.lease(KEY)).not.toBeNull();
  });

  it('keeps nothing in memory that somebody may have forgotten', async () => {
    keep();
    const asking = store.get('https://a/other x');
    store.doubt();
    expect(here()).toBe(false);
    far.gets[0]?.resolve({ record: stored('old'), keeping: KEEP });
    expect(await asking).toBeNull();
  });
});
