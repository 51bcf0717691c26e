import { assess } from './assess.js';
import type { CacheSettings } from './contracts.js';
import { judge, onlyIfCached } from './reuse.js';
import { ARRIVAL, requestWith, SECOND, settingsWith, storedWith } from './samples.fixture.js';

interface Case {
  readonly response: string;
  readonly request?: string;
  /** Seconds since it came. */
  readonly after: number;
  readonly settings?: Partial<CacheSettings>;
}

/** Kind, and what to do: revalidate, or whether it may stand in for an error. */
function judged({ response, request, after, settings }: Case): string {
  const headers = request === undefined ? {} : { 'cache-control': request };
  const result = judge(requestWith(headers), storedWith({ 'Cache-Control': response }), settingsWith(settings), ARRIVAL + after * SECOND);
  switch (result.kind) {
    case 'fresh': return 'fresh';
    case 'stale-usable': return `stale, ${result.revalidate}`;
    case 'validate': return `validate, ${result.why}${result.mayServeStaleOnError ? ', or stale' : ''}`;
    default: return result.kind;
  }
}

describe('reuse of what is stored (RFC 9111 4)', () => {
  it.each<[Case, string]>([
    [{ response: 'max-age=60', after: 0 }, 'fresh'],
    [{ response: 'max-age=60', after: 59.9 }, 'fresh'],
    [{ response: 'max-age=60', after: 60 }, 'validate, stale'],
    [{ response: 'max-age=60', after: 1e12 }, 'validate, stale'],
    [{ response: 'max-age=99999999999', after: 1e6 }, 'fresh'],
    [{ response: 'no-cache, max-age=60', after: 0 }, 'validate, stale'],
    [{ response: 'no-cache="set-cookie", max-age=60', after: 0 }, 'fresh'],
    [{ response: 'no-cache="vary", max-age=60', after: 0 }, 'validate, stale'],
    [{ response: 'must-revalidate, max-age=60', after: 59 }, 'fresh'],
    [{ response: 'max-age=60', after: 5, settings: { maxAge: 1 } }, 'fresh'],
    [{ response: 'no-cache', after: 5, settings: { maxAge: 60 * SECOND, respect: false } }, 'fresh'],
  ])('%j: %s', (input, expected) => {
    expect(judged(input)).toBe(expected);
  });

  it.each<[Case, string]>([
    [{ response: 'max-age=60, stale-while-revalidate=30', after: 61 }, 'stale, background'],
    [{ response: 'max-age=60, stale-while-revalidate=30', after: 90 }, 'stale, background'],
    [{ response: 'max-age=60, stale-while-revalidate=30', after: 91 }, 'validate, stale'],
    [{ response: 'max-age=60', after: 91, settings: { staleWhileRevalidate: 40 * SECOND } }, 'stale, background'],
    [{ response: 'max-age=60, stale-while-revalidate=x', after: 61 }, 'validate, stale'],
    [{ response: 'max-age=60, stale-if-error=30', after: 61 }, 'validate, stale, or stale'],
    [{ response: 'max-age=60, stale-if-error=30', after: 91 }, 'validate, stale'],
    [{ response: 'max-age=60', after: 91, settings: { staleIfError: 31 * SECOND } }, 'validate, stale, or stale'],
    [{ response: 'max-age=60', request: 'stale-if-error=31', after: 91 }, 'validate, stale, or stale'],
    [{ response: 'max-age=60', request: 'stale-if-error=30', after: 91 }, 'validate, stale'],
    [{ response: 'max-age=60', request: 'stale-if-error=31', after: 91, settings: { clientControl: false } }, 'validate, stale'],
    [{ response: 'max-age=60, stale-if-error=90', request: 'no-cache', after: 61 }, 'validate, stale'],
    [{ response: 'max-age=60, stale-if-error=90', request: 'no-cache, stale-if-error=5', after: 61 }, 'validate, stale, or stale'],
    [{ response: 'max-age=60, stale-if-error=90', request: 'max-age=0', after: 10 }, 'validate, request, or stale'],
  ])('stale use (RFC 5861) %j: %s', (input, expected) => {
    expect(judged(input)).toBe(expected);
  });

  it.each(['must-revalidate, max-age=60', 'proxy-revalidate, max-age=60', 's-maxage=60', 'no-cache, max-age=60', 'max-age=60; must-revalidate'])('never stale with %s, whoever allows it (RFC 9111 4.2.4)', (response) => {
    const settings = { staleIfError: 900 * SECOND, staleWhileRevalidate: 900 * SECOND };
    const lenient = `${response}, stale-while-revalidate=900, stale-if-error=900`;
    expect(judged({ response: lenient, after: 61, settings })).toBe('validate, stale');
    expect(judged({ response: lenient, request: 'max-stale, stale-if-error=900', after: 61, settings })).toBe('validate, stale');
    expect(judged({ response: lenient, request: 'max-stale, only-if-cached', after: 61, settings })).toBe('none');
  });
});

describe('what clients ask for (RFC 9111 5.2.1)', () => {
  it.each<[Case, string]>([
    [{ response: 'max-age=60', request: 'no-cache', after: 0 }, 'validate, request'],
    [{ response: 'max-age=60', request: 'max-age=10', after: 10 }, 'fresh'],
    [{ response: 'max-age=60', request: 'max-age=10', after: 11 }, 'validate, request'],
    [{ response: 'max-age=60', request: 'max-age=0', after: 1 }, 'validate, request'],
    [{ response: 'max-age=60', request: 'max-age=x', after: 1 }, 'validate, request'],
    [{ response: 'max-age=60', request: 'max-age=90', after: 61 }, 'validate, stale'],
    [{ response: 'max-age=60', request: 'min-fresh=10', after: 50 }, 'fresh'],
    [{ response: 'max-age=60', request: 'min-fresh=10', after: 51 }, 'validate, request'],
    [{ response: 'max-age=60', request: 'max-stale', after: 6000 }, 'stale, background'],
    [{ response: 'max-age=60', request: 'max-stale=10', after: 70 }, 'stale, background'],
    [{ response: 'max-age=60', request: 'max-stale=10', after: 71 }, 'validate, stale'],
    [{ response: 'max-age=60', request: 'max-stale=x', after: 61 }, 'validate, stale'],
    [{ response: 'max-age=60', request: 'max-stale=10, max-age=90', after: 65 }, 'stale, background'],
    [{ response: 'max-age=60', request: 'max-stale=10, max-age=62', after: 65 }, 'validate, stale'],
    [{ response: 'max-age=60, stale-while-revalidate=30', request: 'max-age=90', after: 65 }, 'validate, stale'],
    [{ response: 'max-age=60, stale-while-revalidate=30', request: 'min-fresh=1', after: 65 }, 'validate, stale'],
    [{ response: 'max-age=60, stale-while-revalidate=30', request: 'max-stale=1', after: 65 }, 'validate, stale'],
    [{ response: 'max-age=60', request: 'only-if-cached', after: 5 }, 'fresh'],
    [{ response: 'max-age=60', request: 'only-if-cached', after: 61 }, 'none'],
    [{ response: 'max-age=60', request: 'only-if-cached, no-cache', after: 1 }, 'none'],
    [{ response: 'max-age=60', request: 'only-if-cached, max-stale', after: 61 }, 'stale, no'],
    // It does not ask for another response than the one that is there (5.2.1.5).
    [{ response: 'max-age=60', request: 'no-store', after: 5 }, 'fresh'],
    [{ response: 'max-age=60', request: 'foo, no-transform', after: 5 }, 'fresh'],
    // RFC 8246.
    [{ response: 'max-age=60, immutable', request: 'max-age=0', after: 5 }, 'fresh'],
    [{ response: 'max-age=60, immutable', request: 'no-cache', after: 5 }, 'validate, request'],
    [{ response: 'max-age=60, immutable', request: 'max-age=0', after: 61 }, 'validate, stale'],
    [{ response: 'max-age=60, immutable, no-cache', request: 'max-age=0', after: 5 }, 'validate, stale'],
  ])('%j: %s', (input, expected) => {
    expect(judged(input)).toBe(expected);
  });

  it.each(['no-cache', 'max-age=0', 'min-fresh=900', 'only-if-cached, no-cache'])('%s, only where the route lets them', (request) => {
    expect(judged({ response: 'max-age=60', request, after: 5, settings: { clientControl: false } })).toBe('fresh');
  });

  it('nor may they have it stale then', () => {
    expect(judged({ response: 'max-age=60', request: 'max-stale, only-if-cached', after: 61, settings: { clientControl: false } })).toBe('validate, stale');
  });

  it.each([
    [{ pragma: 'no-cache' }, 'validate'], [{ pragma: 'No-Cache, x' }, 'validate'], [{ pragma: 'x' }, 'fresh'],
    [{ pragma: 'no-cache', 'cache-control': 'max-age=90' }, 'fresh'], [{ 'cache-control': ['no-transform', 'no-cache'] }, 'validate'],
  ])('%j: %s (Pragma only without Cache-Control)', (headers, kind) => {
    expect(judge(requestWith(headers), storedWith({ 'Cache-Control': 'max-age=60' }), settingsWith(), ARRIVAL).kind).toBe(kind);
  });

  it('only-if-cached is known where nothing is stored', () => {
    expect(onlyIfCached(requestWith({ 'cache-control': 'max-stale, Only-If-Cached' }), settingsWith())).toBe(true);
    expect(onlyIfCached(requestWith({ 'cache-control': 'only-if-cached' }), settingsWith({ clientControl: false }))).toBe(false);
    expect(onlyIfCached(requestWith(), settingsWith())).toBe(false);
  });
});

describe('what a judgement tells', () => {
  it('age and time left, in milliseconds', () => {
    const stored = storedWith({ 'Cache-Control': 'max-age=60', Age: '10' });
    expect(judge(requestWith(), stored, settingsWith(), ARRIVAL + 5 * SECOND)).toEqual({ kind: 'fresh', age: 15 * SECOND, ttl: 45 * SECOND });
    expect(judge(requestWith(), stored, settingsWith(), ARRIVAL + 70 * SECOND)).toMatchObject({ age: 80 * SECOND, ttl: -20 * SECOND });
  });

  it('a response is assessed once, and anew under other settings', () => {
    const stored = storedWith({ 'Cache-Control': 'no-store', Age: '10', 'X-A': 'b' });
    const settings = settingsWith();
    const first = assess(stored, settings);
    expect(first.headers).toEqual(['Cache-Control', 'no-store', 'X-A', 'b']);
    expect(assess(stored, settings)).toBe(first);
    expect(assess(stored, settingsWith({ respect: false, maxAge: 5 * SECOND })).lifetime).toBe(5 * SECOND);
  });
});
