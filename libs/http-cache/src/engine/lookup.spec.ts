import { HeaderList } from '#libs/kernel';
import { seededRandom } from '#libs/testing';
import type { CacheRecord } from '../contracts.js';
import { MemoryStore } from '../memory-store.fixture.js';
import { keep, type Draft } from './keep.js';
import { lookUp } from './lookup.js';

const KEEPING = { keep: 1_000, tags: [] };

function draft(text: string, fields: Readonly<Record<string, string>> = {}, time = 0): Draft {
  return { status: 200, headers: Object.entries(fields).flat(), body: Buffer.from(text), trailers: null, requestTime: time, responseTime: time, tags: [] };
}

describe.each([{ slow: false }, { slow: true }])('a store that is %j', (kind) => {
  const open = (): { store: MemoryStore; put: (fields: Record<string, string>, each: Draft) => Promise<unknown>; get: (fields: Record<string, string>) => Promise<string> } => {
    const store = new MemoryStore(kind);
    const random = seededRandom(1);
    const place = (fields: Record<string, string>) => ({ store, random, key: 'k', headers: new HeaderList(Object.entries(fields).flat()) });
    return {
      store,
      put: async (fields, each) => keep(place(fields), each, KEEPING),
      get: async (fields) => {
        const { miss, response } = await lookUp(store, 'k', place(fields).headers);
        return response?.body.toString() ?? miss;
      },
    };
  };

  it('has nothing at first', async () => expect(await open().get({})).toBe('uri-miss'));

  it('gives what does not vary to all', async () => {
    const { get, put } = open();
    await put({ Accept: 'a' }, draft('one'));
    expect([await get({}), await get({ Accept: 'b' })]).toEqual(['one', 'one']);
  });

  it('tells variants apart by what the request says, whatever the case of the name', async () => {
    const { get, put } = open();
    await put({ ACCEPT: 'a' }, draft('one', { Vary: 'Accept' }));
    await put({ accept: 'b' }, draft('two', { vary: 'accept' }));
    await put({}, draft('none', { vary: 'accept' }));
    expect([await get({ accept: 'a' }), await get({ Accept: 'b' }), await get({}), await get({ accept: 'c' })]).toEqual(['one', 'two', 'none', 'vary-miss']);
  });

  it('joins the lines of a field', async () => {
    const { get, put, store } = open();
    await put({ 'x-a': '1, 2' }, draft('one', { vary: 'x-a' }));
    expect(await get({ 'x-a': '1, 2' })).toBe('one');
    expect((await lookUp(store, 'k', new HeaderList(['X-A', '1', 'x-a', '2']))).response?.body.toString()).toBe('one');
  });

  it('gives the most recent of those that match, by its Date', async () => {
    const { get, put } = open();
    await put({ a: '1', b: '1' }, draft('by a', { vary: 'a', date: 'Thu, 01 Jan 2026 00:00:02 GMT' }, 1));
    await put({ a: '1', b: '1' }, draft('by b', { vary: 'b', date: 'Thu, 01 Jan 2026 00:00:01 GMT' }, 2));
    expect([await get({ a: '1', b: '1' }), await get({ a: '2', b: '1' }), await get({ a: '2', b: '2' })]).toEqual(['by a', 'by b', 'vary-miss']);
  });

  it('forgets variants with what does not vary', async () => {
    const { get, put } = open();
    await put({ a: '1' }, draft('by a', { vary: 'a' }));
    await put({}, draft('for all'));
    await put({ a: '2' }, draft('new', { vary: 'a' }));
    expect([await get({ a: '1' }), await get({ a: '2' })]).toEqual(['vary-miss', 'new']);
  });

  it('cannot find variants of what was deleted', async () => {
    const { get, store } = open();
    const random = seededRandom(7);
    const place = { store, random, key: 'k', headers: new HeaderList(['a', '1']) };
    await keep(place, draft('old', { vary: 'a' }), KEEPING);
    store.delete('k');
    await keep({ ...place, headers: new HeaderList(['a', '2']) }, draft('new', { vary: 'a' }), KEEPING);
    expect(await get({ a: '1' })).toBe('vary-miss');
  });

  it('remembers eight ways to vary and no more', async () => {
    const { get, put } = open();
    for (let i = 0; i < 9; i++) await put({ [`f${i}`]: 'x' }, draft(String(i), { vary: `f${i}` }));
    expect([await get({ f0: 'x' }), await get({ f1: 'x' }), await get({ f8: 'x' })]).toEqual(['vary-miss', '1', '8']);
  });

  it('has short keys, however long the request', async () => {
    const { get, put, store } = open();
    const long = 'x'.repeat(5_000);
    await put({ a: long }, draft('long', { vary: 'a' }));
    expect([await get({ a: long }), await get({ a: `${long}y` })]).toEqual(['long', 'vary-miss']);
    for (const key of store.records.keys()) expect(key.length).toBeLessThan(300);
  });

  it('does not give out what is for another request, even where it is found', async () => {
    const { get, put, store } = open();
    await put({ a: '1' }, draft('one', { vary: 'a' }));
    for (const [key, { keeping, record }] of store.records) {
      if (record.kind !== 'response') continue;
      const other: CacheRecord = { kind: 'response', response: { ...record.response, vary: { a: '2' } } };
      store.records.set(key, { record: other, keeping });
    }
    expect(await get({ a: '1' })).toBe('vary-miss');
  });
});
