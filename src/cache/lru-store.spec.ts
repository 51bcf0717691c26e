import { FakeClock } from '#libs/testing';
import { stored } from './cache.fixture.js';
import { LruStore } from './lru-store.js';

const FOR_GOOD = { keep: Number.POSITIVE_INFINITY, tags: [] };
const MIB = 1_048_576;

describe('LruStore', () => {
  const clock = new FakeClock();
  const open = (room: Partial<ConstructorParameters<typeof LruStore>[0]> = {}): LruStore => new LruStore({ memory: MIB, ...room }, clock);

  it('keeps what it is given, for as long as it says', () => {
    const store = open();
    store.set('https://a/b x', stored('1'), { keep: 1_000, tags: [] });
    store.set('https://a/c x', stored('2'), FOR_GOOD);
    clock.advance(999);
    expect(store.get('https://a/b x')).toMatchObject({ response: { body: Buffer.from('1') } });
    clock.advance(1);
    expect(store.get('https://a/b x')).toBeNull();
    clock.advance(1e12);
    expect(store.get('https://a/c x')).not.toBeNull();
    expect(store.fill).toMatchObject({ entries: 1, maxBytes: MIB, evictions: 0 });
  });

  it('stays below its bytes, and lets go of what was used least lately', () => {
    const store = open();
    for (let i = 0; i < 100; i++) {
      store.set(`https://a/${i} x`, stored(Buffer.alloc(20_000)), FOR_GOOD);
      store.get('https://a/0 x');
    }
    const { bytes, entries, evictions } = store.fill;
    expect(bytes).toBeLessThanOrEqual(MIB);
    expect(entries).toBeGreaterThan(40);
    expect(entries + evictions).toBe(100);
    expect([store.get('https://a/0 x'), store.get('https://a/99 x')]).not.toContain(null);
    expect(store.get('https://a/1 x')).toBeNull();
    expect(store.drop({ addresses: ['https://a/1'] })).toBe(0);
  });

  it('counts entries where there is a limit', () => {
    const store = open({ maxEntries: 3 });
    for (let i = 0; i < 5; i++) store.set(`https://a/${i} x`, stored(), FOR_GOOD);
    expect(store.fill).toMatchObject({ entries: 3, evictions: 2 });
  });

  it('refuses what would throw out too many, and forgets what it was to replace', () => {
    const store = open();
    store.set('https://a/b x', stored('small'), FOR_GOOD);
    store.set('https://a/c x', stored(), FOR_GOOD);
    store.set('https://a/b x', stored(Buffer.alloc(MIB / 8)), FOR_GOOD);
    expect(store.get('https://a/b x')).toBeNull();
    expect(store.fill.entries).toBe(1);
  });

  it('keeps bytes of its own: a slice would keep all it was cut from', () => {
    const store = open();
    const large = Buffer.alloc(100_000, 'y');
    const whole = Buffer.alloc(3, 'x');
    store.set('https://a/b x', { kind: 'response', response: { ...stored().response, body: large.subarray(0, 3) } }, FOR_GOOD);
    const [record] = [store.get('https://a/b x')];
    expect(record).toMatchObject({ response: { body: Buffer.from('yyy') } });
    expect((record as ReturnType<typeof stored>).response.body.buffer.byteLength).toBe(3);
    store.set('https://a/c x', { kind: 'response', response: { ...stored().response, body: whole } }, FOR_GOOD);
    expect((store.get('https://a/c x') as ReturnType<typeof stored>).response.body).toBe(whole);
  });

  it.each<[string, Parameters<LruStore['drop']>[0], readonly string[]]>([
    ['an address', { addresses: ['https://a/b'] }, ['https://a/b?c 1', 'https://a/bb 1', 'https://z/b 1']],
    ['several', { addresses: ['https://a/b', 'https://a/bb', 'https://a/none'] }, ['https://a/b?c 1', 'https://z/b 1']],
    ['a tag', { tags: ['odd'] }, ['https://a/b 2', 'https://a/bb 1']],
    ['tags', { tags: ['odd', 'all', 'none'] }, []],
    ['a tag of one origin', { tags: ['odd'], origin: 'https://a' }, ['https://a/b 2', 'https://a/bb 1', 'https://z/b 1']],
    ['a prefix', { prefix: 'https://a/b' }, ['https://z/b 1']],
    ['a path', { prefix: '/bb' }, ['https://a/b 1', 'https://a/b 2', 'https://a/b?c 1', 'https://z/b 1']],
  ])('forgets %s', (_what, invalidation, left) => {
    const store = open();
    const keys = ['https://a/b 1', 'https://a/b 2', 'https://a/b?c 1', 'https://a/bb 1', 'https://z/b 1'];
    keys.forEach((key, i) => store.set(key, stored(), { keep: 1_000, tags: i % 2 === 0 ? ['odd', 'all'] : ['all'] }));
    expect(store.drop(invalidation)).toBe(5 - left.length);
    expect(keys.filter((key) => store.get(key) !== null)).toEqual(left);
    expect(store.drop(invalidation)).toBe(0);
  });

  it('knows a record by the tags it has now', () => {
    const store = open();
    store.set('https://a/b x', stored(), { keep: 1_000, tags: ['old'] });
    store.set('https://a/b x', stored(), { keep: 1_000, tags: ['new'] });
    expect([store.drop({ tags: ['old'] }), store.drop({ tags: ['new'] })]).toEqual([0, 1]);
  });

  it('takes another size', () => {
    const store = open();
    for (let i = 0; i < 20; i++) store.set(`https://a/${i} x`, stored(Buffer.alloc(20_000)), { keep: 1_000, tags: ['t'] });
    store.resize({ memory: MIB / 4 });
    expect(store.fill.bytes).toBeLessThanOrEqual(MIB / 4);
    expect([store.get('https://a/19 x') === null, store.get('https://a/0 x') === null]).toEqual([false, true]);
    expect(store.drop({ tags: ['t'] })).toBe(12);
    store.resize({ memory: MIB / 8 });
    expect(store.fill).toMatchObject({ entries: 0, bytes: 0, maxBytes: MIB / 8 });
  });
});
