import { parseCacheControl } from './cache-control.js';
import { ARRIVAL, dateAt, SECOND, storedWith } from './samples.fixture.js';
import { freshen, freshenByHead, headersToStore, selects } from './stored-headers.js';

const TIMES = { requestTime: ARRIVAL + 60 * SECOND, responseTime: ARRIVAL + 61 * SECOND };

describe('fields that are stored (RFC 9111 3.1)', () => {
  it('leaves out what is of the connection, of proxies, and of one client', () => {
    const flat = [
      'Connection', 'close, X-Hop', 'connection', 'x-other', 'X-Hop', '1', 'X-Other', '2', 'Keep-Alive', 'timeout=5', 'Proxy-Authenticate', 'Basic',
      'Proxy-Authentication-Info', 'a', 'Proxy-Authorization', 'b', 'Proxy-Connection', 'close', 'TE', 'trailers', 'Transfer-Encoding', 'chunked', 'Upgrade', 'x',
      'Set-Cookie', 'a=b', 'Set-Cookie2', 'a=b', 'ETag', '"a"', 'X-End', '3', 'x-end', '4', 'Age', '5', 'Trailer', 'x-checksum',
    ];
    expect(headersToStore(flat, parseCacheControl([]))).toEqual(['ETag', '"a"', 'X-End', '3', 'x-end', '4', 'Age', '5', 'Trailer', 'x-checksum']);
  });

  it('leaves out what no-cache and private name (RFC 9111 5.2.2.4, 5.2.2.7)', () => {
    const flat = ['X-A', '1', 'X-B', '2', 'X-C', '3'];
    expect(headersToStore(flat, parseCacheControl(['no-cache="x-a", private="X-B"']))).toEqual(['X-C', '3']);
    expect(headersToStore(flat, parseCacheControl(['no-cache']))).toEqual(flat);
  });

  it('adds a Date that is missing, and no other (RFC 9110 6.6.1)', () => {
    expect(headersToStore(['A', 'b'], parseCacheControl([]), ARRIVAL)).toEqual(['A', 'b', 'Date', dateAt(0)]);
    expect(headersToStore(['Date', 'x'], parseCacheControl([]), ARRIVAL)).toEqual(['Date', 'x']);
    expect(headersToStore(['A', 'b'], parseCacheControl([]))).toEqual(['A', 'b']);
  });
});

describe('304 and what is stored (RFC 9111 4.3.4)', () => {
  const date = dateAt(-9);
  it.each<[Record<string, string>, Record<string, string>, boolean]>([
    [{ ETag: '"a"' }, { ETag: '"a"' }, true],
    [{ ETag: '"a"' }, { ETag: '"b"' }, false],
    [{ ETag: '"a"' }, { ETag: 'W/"a"' }, false],
    [{ ETag: 'W/"a"' }, { ETag: '"a"' }, true],
    [{ ETag: 'W/"a"' }, { ETag: 'W/"a"' }, true],
    [{ ETag: 'W/"a"' }, { ETag: 'W/"b"' }, false],
    [{ ETag: '"a"', 'Last-Modified': date }, { 'Last-Modified': date }, false],
    [{ ETag: 'W/"a"' }, { 'Last-Modified': date }, false],
    [{ ETag: 'W/"a"', 'Last-Modified': date }, { 'Last-Modified': date }, true],
    [{ 'Last-Modified': date }, { 'Last-Modified': date, ETag: '"a"' }, true],
    [{ 'Last-Modified': dateAt(-8) }, { 'Last-Modified': date }, false],
    [{ 'Last-Modified': 'Sunday, 06-Nov-94 08:49:37 GMT' }, { 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }, true],
    [{ 'Last-Modified': 'x' }, { 'Last-Modified': 'y' }, false],
    [{}, { ETag: '"a"' }, true],
    [{}, {}, true],
    [{ 'Last-Modified': date }, { ETag: '"a"' }, true],
  ])('%j for %j: %s', (news, old, expected) => {
    expect(selects(Object.entries(news).flat(), storedWith(old))).toBe(expected);
  });

  it('brings the fields up to date, and keeps what belongs to the content (RFC 9111 3.2)', () => {
    const stored = storedWith([
      'Date', dateAt(0), 'ETag', '"a"', 'X-Old', '1', 'X-Many', '1', 'x-many', '2', 'Age', '50', 'Content-Type', 'text/plain', 'Content-Length', '10',
      'Content-Encoding', 'gzip', 'Warning', '110 - "stale"', 'warning', '299 - "kept"',
    ], { vary: { accept: 'x' }, tags: ['t'] });
    const news = [
      'date', dateAt(61), 'ETag', 'W/"a"', 'x-many', '3', 'X-New', '4', 'Content-Type', 'text/html', 'Content-Length', '0', 'Content-Encoding', 'br',
      'Content-Range', 'bytes 0-1/2', 'Set-Cookie', 'a=b', 'Connection', 'close, X-Hop', 'X-Hop', '1', 'Cache-Control', 'max-age=5, private="x-old"',
    ];
    const { headers, ...rest } = freshen(stored, news, TIMES);
    expect(headers).toEqual([
      'Content-Length', '10', 'Content-Encoding', 'gzip', 'warning', '299 - "kept"',
      'date', dateAt(61), 'ETag', 'W/"a"', 'x-many', '3', 'X-New', '4', 'Content-Type', 'text/html', 'Cache-Control', 'max-age=5, private="x-old"',
    ]);
    expect(rest).toEqual({ status: 200, body: stored.body, trailers: null, vary: { accept: 'x' }, tags: ['t'], ...TIMES });
    expect(stored.headers).toContain('X-Old');
  });

  it('a 304 without Date is as young as it came; its own Age counts', () => {
    expect(freshen(storedWith({ Date: dateAt(0), Age: '50' }), ['Age', '7'], TIMES).headers).toEqual(['Age', '7', 'Date', dateAt(61)]);
  });

  it('what stays private stays out', () => {
    const stored = storedWith({ 'Cache-Control': 'private="x-user", max-age=1' });
    expect(freshen(stored, ['X-User', 'me', 'Date', dateAt(61)], TIMES).headers).toEqual(['Cache-Control', 'private="x-user", max-age=1', 'Date', dateAt(61)]);
  });
});

describe('HEAD and a stored GET (RFC 9111 4.3.5)', () => {
  const stored = storedWith({ ETag: '"a"', 'Last-Modified': dateAt(-9), Date: dateAt(0), 'Content-Length': '10' });
  it.each<[Record<string, string>, boolean]>([
    [{}, true],
    [{ ETag: '"a"', 'Last-Modified': dateAt(-9), 'Content-Length': '10' }, true],
    [{ ETag: '"b"' }, false],
    [{ ETag: 'W/"a"' }, false],
    [{ 'Last-Modified': dateAt(-8) }, false],
    [{ 'Content-Length': '11' }, false],
  ])('%j updates: %s', (fields, updates) => {
    const updated = freshenByHead(stored, [...Object.entries(fields).flat(), 'X-New', '1', 'Date', dateAt(60)], TIMES);
    expect(updated === null).toBe(!updates);
    if (updated !== null) expect(updated.headers).toEqual(expect.arrayContaining(['X-New', '1', 'Content-Length', '10', dateAt(60)]));
  });

  it('a validator that was not stored is another response', () => {
    expect(freshenByHead(storedWith({}), ['ETag', '"a"'], TIMES)).toBeNull();
  });
});
