import { Exchange, type HeaderList } from '#libs/kernel';
import type { CacheRecord, CacheSettings, StoredResponse } from '../contracts.js';
import { MemoryStore } from '../memory-store.fixture.js';
import { variantKey, varyValues } from '../vary.js';
import { compileAtHand } from './at-hand.js';
import { Flights } from './flights.js';

const NOW = 1_000_000;
const clock = { now: () => NOW, elapsed: () => NOW };
const settings: CacheSettings = {
  maxAge: 0, statuses: new Set([200]), negative: new Map(), respect: true, heuristic: 0, heuristicMost: 0, staleWhileRevalidate: 60_000, staleIfError: 0,
  maxSize: 1_000, collapse: 0, shareCookies: false, byPrincipal: false, clientControl: true, dress: null, standBy: 0, cacheStatus: 'Us', tagHeaders: [],
};
const stored = (headers: readonly string[] = [], vary: StoredResponse['vary'] = {}): StoredResponse => ({
  status: 200, headers: ['Cache-Control', 'max-age=60', 'ETag', '"1"', ...headers], body: Buffer.from('body'), trailers: null, requestTime: NOW - 5_000, responseTime: NOW - 5_000, vary, tags: [],
});

interface Case {
  readonly records?: Readonly<Record<string, CacheRecord>>;
  readonly settings?: Partial<CacheSettings>;
  readonly passes?: readonly string[];
}

function find(headers: Record<string, string>, { passes = ['accept'], records = { '/a': { kind: 'response', response: stored() } }, settings: own = {} }: Case = {}, method = 'GET') {
  const store = new MemoryStore();
  for (const [key, record] of Object.entries(records)) store.set(key, record, { keep: 1, tags: [] });
  const keys = { of: ({ path }: Exchange) => path, ofUri: () => null, originOf: () => '' };
  const atHand = compileAtHand({ settings: { ...settings, ...own }, store, flights: new Flights(clock), clock, random: () => 0, keys, isAuthenticated: () => false }, (name) => passes.includes(name));
  const exchange = new Exchange({ method, path: '/a', query: '', headers, rawHeaders: [], startedAt: 0 });
  return { answer: atHand(exchange), exchange };
}

const pairs = ({ flat }: HeaderList) => Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));

describe('an answer at hand', () => {
  it('is a fresh one, with its age', () => {
    const { answer, exchange } = find({});
    expect([answer?.status, pairs(answer?.headers as HeaderList), answer?.body?.takeWhole()?.toString(), exchange.cached]).toEqual([
      200, { 'Cache-Control': 'max-age=60', ETag: '"1"', Age: '5', 'Cache-Status': 'Us;hit;ttl=55' }, 'body', 'hit',
    ]);
  });

  it.each([[8_192, true], [8_193, false]])('of %i bytes brings them as text too: %s', (length, brought) => {
    const body = Buffer.from(Uint8Array.from({ length }, (_, i) => i));
    const { answer } = find({}, { records: { '/a': { kind: 'response', response: { ...stored(), body } } } });
    expect(answer?.body?.text).toBe(brought ? body.toString('latin1') : null);
    expect(answer?.body?.takeWhole()).toBe(body);
  });

  it('is a 304 to a client that has it', () => {
    expect(find({ 'if-none-match': 'W/"1"' }).answer?.status).toBe(304);
  });

  it('says with a 304 what it varies by, as with a 200', () => {
    const dress: CacheSettings['dress'] = (_status, headers) => [...headers, 'Vary', 'Accept-Encoding'];
    const varies = (headers: Record<string, string>) => find(headers, { settings: { dress } }).answer?.headers.get('vary');
    expect([varies({}), varies({ 'if-none-match': '"1"' })]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
  });

  it('is a part of it', () => {
    expect(find({ range: 'bytes=1-2' }).answer?.status).toBe(206);
  });

  const variants = (names: readonly (readonly string[])[]): Readonly<Record<string, CacheRecord>> => ({
    '/a': { kind: 'variants', generation: 'g', names },
    [`/a\ng\n${variantKey(['accept'], varyValues(['accept'], { accept: 'text/html' }))}`]: { kind: 'response', response: stored([], { accept: 'text/html' }) },
  });

  it('is the variant for what the client sent', () => {
    expect(find({ accept: 'text/html' }, { records: variants([['accept']]) }).answer?.status).toBe(200);
    expect(find({ accept: 'text/plain' }, { records: variants([['accept']]) }).answer).toBeNull();
  });

  it.each<[string, Record<string, string>, Case?, string?]>([
    ['nothing stored', {}, { records: {} }],
    ['another method', {}, {}, 'HEAD'],
    ['a wish', { 'cache-control': 'max-age=100' }],
    ['an old wish', { pragma: 'no-cache' }],
    ['a condition on a change', { 'if-match': '"1"' }],
    ['another condition on a change', { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' }],
    ['cookies', { cookie: 'a=1' }],
    ['what is stale, though it may be used', {}, { records: { '/a': { kind: 'response', response: stored(['Age', '70']) } } }],
    ['a field that the service sees otherwise', { accept: 'text/html' }, { records: variants([['accept']]), passes: [] }],
    ['several lists of fields', { accept: 'text/html' }, { records: variants([['accept'], ['origin']]) }],
  ])('is none for %s', (...[, headers, given, method]) => {
    const { answer, exchange } = find(headers, given, method);
    expect([answer, exchange.cached]).toEqual([null, null]);
  });

  it('is one for cookies that the route shares over', () => {
    expect(find({ cookie: 'a=1' }, { settings: { shareCookies: true } }).answer?.status).toBe(200);
  });
});
