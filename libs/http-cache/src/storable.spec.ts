import type { CacheSettings } from './contracts.js';
import { ARRIVAL, dateAt, requestWith, SECOND, settingsWith, storedWith } from './samples.fixture.js';
import type { CacheRequest } from './request.js';
import { bypass, storable } from './storable.js';

type Fields = Record<string, string> | string[];
const MINUTE = { 'Cache-Control': 'max-age=60' };

function verdict(fields: Fields, request: CacheRequest = requestWith(), settings: Partial<CacheSettings> = {}, status = 200): string | number {
  const result = storable(request, storedWith(fields, { status }), settingsWith(settings));
  return result.store ? result.keep / SECOND : result.reason;
}

describe('what may be stored (RFC 9111 3)', () => {
  it.each<[Fields, string | number]>([
    [{}, 'no-lifetime'],
    [MINUTE, 60],
    [{ ...MINUTE, Age: '20' }, 40],
    [{ ...MINUTE, Date: dateAt(-50) }, 10],
    [{ ...MINUTE, Age: '60' }, 'stale'],
    [{ Expires: dateAt(60), Date: dateAt(0) }, 60],
    [{ Expires: '0' }, 'stale'],
    [{ 'Cache-Control': 'max-age=0' }, 'stale'],
    [{ 'Cache-Control': 'max-age=60, no-store' }, 'no-store'],
    [['Cache-Control', 'max-age=60', 'cache-control', 'No-Store'], 'no-store'],
    [{ 'Cache-Control': 'max-age=60; no-store' }, 'no-store'],
    [{ 'Cache-Control': 'max-age=60, private' }, 'private'],
    [{ 'Cache-Control': 'max-age=60, private="vary"' }, 'private'],
    [{ 'Cache-Control': 'max-age=60, private="x-user"' }, 60],
    [{ 'Cache-Control': 'no-cache, max-age=60' }, 'no-cache'],
    [{ 'Cache-Control': 'no-cache="x-user", max-age=60' }, 60],
    [{ 'Cache-Control': 'no-cache', ETag: '"a"' }, Infinity],
    [{ 'Cache-Control': 'must-revalidate', 'Last-Modified': dateAt(-9) }, Infinity],
    [{ 'Cache-Control': 'public', ETag: '"a"' }, Infinity],
    [{ 'Cache-Control': 'public' }, 'stale'],
    [{ ETag: '"a"' }, 'no-lifetime'],
    [{ ...MINUTE, ETag: '"a"' }, Infinity],
    [{ ...MINUTE, ETag: '' }, 60],
    [{ ...MINUTE, 'Last-Modified': dateAt(-9) }, Infinity],
    [{ ...MINUTE, 'Last-Modified': 'yesterday' }, 60],
    [{ 'Cache-Control': 'max-age=60, stale-while-revalidate=30, stale-if-error=90' }, 150],
    [{ 'Cache-Control': 's-maxage=60, stale-while-revalidate=30' }, 60],
    [{ ...MINUTE, Vary: 'accept, *' }, 'vary'],
    [{ ...MINUTE, Vary: 'accept' }, 60],
    [{ ...MINUTE, 'Content-Range': 'bytes 0-1/2' }, 'partial'],
    [{ ...MINUTE, 'Content-Type': 'Text/Event-Stream; charset=utf-8' }, 'event-stream'],
    [{ ...MINUTE, 'Content-Type': 'text/event-streams' }, 60],
    [{ ...MINUTE, 'Set-Cookie': 'a=b' }, 'set-cookie'],
    [{ 'Cache-Control': 'public, s-maxage=60', 'Set-Cookie': 'a=b' }, 'set-cookie'],
    [{ 'Cache-Control': 'max-age=60, no-cache="Set-Cookie"', 'Set-Cookie': 'a=b' }, 60],
    [{ 'Cache-Control': 'max-age=60, private="set-cookie, x"', 'Set-Cookie': 'a=b' }, 60],
    [{ 'Cache-Control': 'max-age=60, no-cache="x"', 'Set-Cookie': 'a=b' }, 'set-cookie'],
    [{ 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'no-store' }, 60],
    [{ 'CDN-Cache-Control': 'no-store', 'Cache-Control': 'max-age=60' }, 'no-store'],
    [{ 'CDN-Cache-Control': 'private', 'Cache-Control': 'max-age=60' }, 'private'],
    [{ 'CDN-Cache-Control': 'max-age=60, &&', 'Cache-Control': 'no-store' }, 'no-store'],
    [{ 'CDN-Cache-Control': 'none', 'Cache-Control': 'max-age=60', Expires: dateAt(60) }, 'no-lifetime'],
  ])('%j: %s', (fields, expected) => {
    expect(verdict(fields)).toBe(expected);
  });

  it.each([100, 103, 199, 206, 304, 412, 416, 421, 425, 428, 429, 431, 511, 600])('never %i', (status) => {
    expect(verdict({ 'Cache-Control': 'public, max-age=60' }, requestWith(), {}, status)).toBe('status');
  });

  it.each([200, 201, 203, 204, 301, 302, 307, 308, 404, 410, 500, 503, 599])('%i with an explicit lifetime', (status) => {
    expect(verdict(MINUTE, requestWith(), {}, status)).toBe(60);
  });

  it('no-cache makes storable only what heuristics could', () => {
    expect(verdict({ 'Cache-Control': 'no-cache', ETag: '"a"' }, requestWith(), {}, 201)).toBe('no-lifetime');
  });

  it('a validator is of use only where conditions are judged', () => {
    expect(verdict({ ...MINUTE, ETag: '"a"' }, requestWith(), {}, 404)).toBe(60);
  });

  it.each([[200, 60], [404, 60], [499, 'must-understand'], [599, 'must-understand']])('must-understand, no-store with %i: %s (RFC 9111 5.2.2.3)', (status, expected) => {
    expect(verdict({ 'Cache-Control': 'max-age=60, must-understand, no-store' }, requestWith(), {}, status)).toBe(expected);
  });

  it.each(['HEAD', 'POST', 'PUT', 'get', 'M-FOO'])('not what answers %s', (method) => {
    expect(verdict(MINUTE, requestWith({}, { method }))).toBe('method');
  });

  it.each<[Partial<CacheSettings>]>([[{}], [{ clientControl: false }], [{ respect: false, maxAge: 60 * SECOND }]])('not for a request with no-store, whatever the route says: %j', (settings) => {
    expect(verdict(MINUTE, requestWith({ 'cache-control': 'max-age=0, no-store' }), settings)).toBe('request-no-store');
  });
});

describe('Authorization, whatever authenticated the caller (RFC 9111 3.5)', () => {
  it.each([
    ['max-age=60', 'authorization'],
    ['max-age=60, public', 60],
    ['max-age=60, must-revalidate', 60],
    ['s-maxage=60', 60],
    ['max-age=60, proxy-revalidate', 'authorization'],
    ['max-age=60, public; x', 'authorization'],
    ['max-age=60, public, private', 'private'],
    ['x; s-maxage=5, must-revalidate', 'authorization'],
  ])('%s: %s', (cacheControl, expected) => {
    expect(verdict({ 'Cache-Control': cacheControl }, requestWith({}, { authenticated: true }))).toBe(expected);
  });

  it('is not got round by a lifetime of the route', () => {
    expect(verdict({}, requestWith({}, { authenticated: true }), { maxAge: 60 * SECOND })).toBe('authorization');
    expect(verdict({ 'Cache-Control': 'public' }, requestWith({}, { authenticated: true }), { maxAge: 60 * SECOND, respect: false })).toBe('authorization');
  });
});

describe('keys by principal', () => {
  const settings = { byPrincipal: true };
  it.each([['max-age=60', 60], ['max-age=60, private', 60], ['max-age=60, no-store', 'no-store']])('%s is for that caller: %s', (cacheControl, expected) => {
    expect(verdict({ 'Cache-Control': cacheControl }, requestWith({}, { authenticated: true, cookies: true }), settings)).toBe(expected);
  });

  it('private says that it may be stored', () => {
    expect(verdict({ 'Cache-Control': 'private', ETag: '"a"' }, requestWith({}, { authenticated: true }), settings)).toBe(Infinity);
  });

  it('cookies that are set are not stored even so', () => {
    expect(verdict({ ...MINUTE, 'Set-Cookie': 'a=b' }, requestWith({}, { authenticated: true }), settings)).toBe('set-cookie');
  });

  it('does nothing for those who are not identified: they have one key together', () => {
    expect(verdict({ 'Cache-Control': 'private, max-age=60' }, requestWith(), settings)).toBe('private');
    expect(verdict(MINUTE, requestWith({}, { cookies: true }), settings)).toBe('cookies');
    expect(verdict(MINUTE, requestWith({}, { authenticated: true, identified: false }), settings)).toBe('authorization');
  });
});

describe('what the route says', () => {
  it.each<[Partial<CacheSettings>, Fields, string | number]>([
    [{ maxAge: 30 * SECOND }, {}, 30],
    [{ maxAge: 30 * SECOND }, { 'Cache-Control': 'no-store' }, 'no-store'],
    [{ maxAge: 30 * SECOND }, { 'Cache-Control': 'no-cache' }, 'no-cache'],
    [{ maxAge: 30 * SECOND, respect: false }, { 'Cache-Control': 'no-store, private, no-cache, max-age=5' }, 30],
    [{ maxAge: 30 * SECOND, respect: false }, { 'Set-Cookie': 'a=b' }, 'set-cookie'],
    [{ maxAge: 30 * SECOND, respect: false }, { Vary: '*' }, 'vary'],
    [{ staleIfError: 90 * SECOND, staleWhileRevalidate: 30 * SECOND }, MINUTE, 150],
    [{ staleIfError: 90 * SECOND }, { 'Cache-Control': 'max-age=60, must-revalidate' }, 60],
    [{ staleIfError: 90 * SECOND }, { 'Cache-Control': 'max-age=0' }, 90],
    [{ heuristic: 0.1, heuristicMost: 30 * SECOND }, { 'Last-Modified': dateAt(-9000) }, Infinity],
    [{ shareCookies: true }, MINUTE, 60],
  ])('%j with %j: %s', (settings, fields, expected) => {
    expect(verdict(fields, requestWith({}, { cookies: settings.shareCookies ?? false }), settings)).toBe(expected);
  });

  it.each<[string, boolean, Partial<CacheSettings>, string | null]>([
    ['GET', false, {}, null], ['HEAD', false, {}, null], ['POST', false, {}, 'method'], ['OPTIONS', false, {}, 'method'],
    ['GET', true, {}, 'cookies'], ['GET', true, { shareCookies: true }, null], ['GET', true, { byPrincipal: true }, 'cookies'],
  ])('%s, cookies: %s, %j: %s', (method, cookies, settings, expected) => {
    expect(bypass(requestWith({}, { method, cookies }), settingsWith(settings))).toBe(expected);
  });

  it('keeps from the time of arrival on', () => {
    const late = storedWith({ ...MINUTE, Date: dateAt(0) }, { requestTime: ARRIVAL, responseTime: ARRIVAL + 5 * SECOND });
    expect(storable(requestWith(), late, settingsWith())).toEqual({ store: true, keep: 55 * SECOND });
  });

  it.each([['max-age=60', 160], ['max-age=60, stale-while-revalidate=600', 660], ['max-age=60, must-revalidate', 60]])('keeps %s %i seconds where it may have to stand in', (cacheControl, seconds) => {
    expect(storable(requestWith(), storedWith({ 'Cache-Control': cacheControl }), settingsWith({ standBy: 100 * SECOND }))).toEqual({ store: true, keep: seconds * SECOND });
  });
});
