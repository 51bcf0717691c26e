import { cpuTime } from '#libs/testing';
import { ageField, evaluate, notModified, validators } from './conditional.js';
import { dateAt, requestWith, storedWith } from './samples.fixture.js';

describe('conditions of the client (RFC 9110 13.2.2)', () => {
  it.each<[Record<string, string>, Record<string, string>, boolean]>([
    [{}, { ETag: '"a"' }, false],
    [{ 'if-none-match': '"a"' }, { ETag: '"a"' }, true],
    [{ 'if-none-match': 'W/"a"' }, { ETag: '"a"' }, true],
    [{ 'if-none-match': '"a"' }, { ETag: 'W/"a"' }, true],
    [{ 'if-none-match': '"b"' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': '"A"' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': '"b", W/"a" ,"c"' }, { ETag: '"a"' }, true],
    [{ 'if-none-match': ', ,"a"' }, { ETag: '"a"' }, true],
    [{ 'if-none-match': '"x,y", "a"' }, { ETag: '"x,y"' }, true],
    [{ 'if-none-match': '"x,a"' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': '"x, a"' }, { ETag: 'a' }, false],
    [{ 'if-none-match': '"a\\b"' }, { ETag: '"a\\b"' }, true],
    [{ 'if-none-match': '"\u00e4"' }, { ETag: '"\u00e4"' }, true],
    [{ 'if-none-match': '*' }, { ETag: '"a"' }, true],
    [{ 'if-none-match': ' * ' }, {}, true],
    [{ 'if-none-match': '"*"' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': 'w/"a"' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': 'W"a"' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': 'a' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': '"a' }, { ETag: '"a"' }, false],
    [{ 'if-none-match': '"a"b, "c"' }, { ETag: '"c"' }, true],
    [{ 'if-none-match': 'x, a' }, { ETag: 'a' }, true],
    [{ 'if-none-match': '"a"' }, {}, false],
    [{ 'if-none-match': '' }, { ETag: '"a"' }, false],
    // If-None-Match first: then If-Modified-Since is not looked at.
    [{ 'if-none-match': '"b"', 'if-modified-since': dateAt(9) }, { ETag: '"a"', 'Last-Modified': dateAt(0) }, false],
    [{ 'if-none-match': '"a"', 'if-modified-since': dateAt(-9) }, { ETag: '"a"', 'Last-Modified': dateAt(0) }, true],
    [{ 'if-modified-since': dateAt(0) }, { 'Last-Modified': dateAt(0) }, true],
    [{ 'if-modified-since': dateAt(1) }, { 'Last-Modified': dateAt(0) }, true],
    [{ 'if-modified-since': dateAt(-1) }, { 'Last-Modified': dateAt(0) }, false],
    [{ 'if-modified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, { 'Last-Modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }, true],
    [{ 'if-modified-since': '2030-01-01' }, { 'Last-Modified': dateAt(0) }, false],
    [{ 'if-modified-since': `${dateAt(1)}, ${dateAt(1)}` }, { 'Last-Modified': dateAt(0) }, false],
    // Without Last-Modified the Date, or the arrival (RFC 9111 4.3.2).
    [{ 'if-modified-since': dateAt(-1) }, { Date: dateAt(-2) }, true],
    [{ 'if-modified-since': dateAt(-3) }, { Date: dateAt(-2) }, false],
    [{ 'if-modified-since': dateAt(0) }, {}, true],
    [{ 'if-modified-since': dateAt(-1) }, {}, false],
    // Not for caches.
    [{ 'if-match': '"b"' }, { ETag: '"a"' }, false],
    [{ 'if-unmodified-since': dateAt(-9) }, { 'Last-Modified': dateAt(0) }, false],
  ])('%j of %j: not modified is %s', (headers, stored, expected) => {
    expect(evaluate(requestWith(headers), storedWith(stored))).toBe(expected ? 'not-modified' : 'proceed');
    expect(evaluate(requestWith(headers, { method: 'HEAD' }), storedWith(stored))).toBe(expected ? 'not-modified' : 'proceed');
    expect(evaluate(requestWith(headers, { method: 'POST' }), storedWith(stored))).toBe('proceed');
  });

  it.each([[200, 'not-modified'], [204, 'not-modified'], [301, 'proceed'], [404, 'proceed'], [500, 'proceed']])('conditions on a stored %i: %s (RFC 9110 13.2.1)', (status, expected) => {
    expect(evaluate(requestWith({ 'if-none-match': '"a"' }), storedWith({ ETag: '"a"' }, { status }))).toBe(expected);
  });

  it('hostile lists cost no time', () => {
    expect(cpuTime(() => {
      for (const list of [' '.repeat(60_000) + '(', '"'.repeat(60_001), '"a,'.repeat(20_000), 'a,('.repeat(20_000), 'W/'.repeat(30_000)]) {
        evaluate(requestWith({ 'if-none-match': list }), storedWith({ ETag: '"x"' }));
      }
    })).toBeLessThan(1000);
  });
});

describe('conditions that we send (RFC 9111 4.3.1)', () => {
  it.each<[Record<string, string>, number, string[]]>([
    [{}, 200, []],
    [{ ETag: 'W/"a"' }, 200, ['if-none-match', 'W/"a"']],
    [{ ETag: '"a"', 'Last-Modified': dateAt(-9) }, 200, ['if-none-match', '"a"', 'if-modified-since', dateAt(-9)]],
    [{ 'Last-Modified': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 200, ['if-modified-since', 'Sunday, 06-Nov-94 08:49:37 GMT']],
    [{ ETag: '', 'Last-Modified': 'x' }, 200, []],
    [{ ETag: '"a"' }, 404, []],
  ])('%j with %i: %j', (headers, status, expected) => {
    expect(validators(storedWith(headers, { status }))).toEqual(expected);
  });
});

describe('304 from the store (RFC 9110 15.4.5)', () => {
  const CONTENT = ['Content-Type', 'a/b', 'Content-Length', '10', 'Content-Encoding', 'gzip', 'Content-Language', 'de', 'Accept-Ranges', 'bytes', 'Age', '1'];
  it('has what tells a cache of the response, not of the content', () => {
    const kept = ['Date', dateAt(0), 'ETag', '"a"', 'Cache-Control', 'max-age=1', 'Content-Location', '/x', 'Vary', 'a', 'Expires', dateAt(1), 'Access-Control-Allow-Origin', '*', 'Content-Security-Policy', 'x'];
    expect(notModified(storedWith([...CONTENT, 'Last-Modified', dateAt(-1), ...kept]), 2999)).toEqual([...kept, 'Age', '2']);
  });

  it('tells Last-Modified where there is no ETag', () => {
    expect(notModified(storedWith([...CONTENT, 'Last-Modified', dateAt(-1)]), 0)).toEqual(['Last-Modified', dateAt(-1), 'Age', '0']);
  });

  it.each([[0, '0'], [999, '0'], [1000, '1'], [-5, '0'], [1e15, '2147483648'], [Infinity, '2147483648']])('Age of %d ms is %s', (age, expected) => {
    expect(ageField(age)).toBe(expected);
  });
});
