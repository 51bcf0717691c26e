import { partHeaders, selectRange } from './range.js';
import { dateAt, requestWith, storedWith } from './samples.fixture.js';

const STORED = { ETag: '"a"', 'Last-Modified': dateAt(-60), Date: dateAt(0) };

function selected(headers: Record<string, string>, stored = storedWith(STORED)): string {
  const answer = selectRange(requestWith(headers), stored);
  return answer.kind === 'whole' ? 'whole' : answer.contentRange;
}

describe('ranges of what is stored, ten bytes (RFC 9110 14)', () => {
  it.each([
    ['bytes=0-1', 'bytes 0-1/10'],
    ['Bytes=0-0', 'bytes 0-0/10'],
    ['bytes=5-', 'bytes 5-9/10'],
    ['bytes=-3', 'bytes 7-9/10'],
    ['bytes=-30', 'bytes 0-9/10'],
    ['bytes=8-99999999999999999999', 'bytes 8-9/10'],
    ['bytes= 2-3 ,', 'bytes 2-3/10'],
    ['bytes=10-', 'bytes */10'],
    ['bytes=10-12', 'bytes */10'],
    ['bytes=-0', 'bytes */10'],
    ['bytes=99999999999999999999-', 'bytes */10'],
    // Malformed, several, unknown: the whole.
    ['bytes=3-2', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['bytes=', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes', 'whole'],
    ['bytes 0-1', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=0x0-1', 'whole'],
    ['bytes=+0-1', 'whole'],
    ['bytes=0 - 1', 'whole'],
    ['bytes=--1', 'whole'],
    ['lines=0-1', 'whole'],
    ['', 'whole'],
  ])('%s is %s', (range, expected) => {
    expect(selected({ range })).toBe(expected);
  });

  it('says where the part lies', () => {
    expect(selectRange(requestWith({ range: 'bytes=2-4' }), storedWith({}))).toEqual({ kind: 'part', first: 2, last: 4, contentRange: 'bytes 2-4/10' });
  });

  it.each([['bytes=0-', 'bytes */0'], ['bytes=-0', 'bytes */0'], ['bytes=-5', 'whole']])('%s of nothing is %s', (range, expected) => {
    expect(selected({ range }, storedWith({}, { body: Buffer.alloc(0) }))).toBe(expected);
  });

  it('is for GET, for 200, and for what is no enemy of ranges', () => {
    expect(selected({})).toBe('whole');
    expect(selectRange(requestWith({ range: 'bytes=0-1' }, { method: 'HEAD' }), storedWith(STORED)).kind).toBe('whole');
    expect(selected({ range: 'bytes=0-1' }, storedWith(STORED, { status: 404 }))).toBe('whole');
    expect(selected({ range: 'bytes=0-1' }, storedWith({ 'Accept-Ranges': 'None' }))).toBe('whole');
  });

  it.each([
    ['"a"', STORED, true],
    [' "a" ', STORED, true],
    ['"b"', STORED, false],
    ['W/"a"', STORED, false],
    ['W/"a"', { ETag: 'W/"a"' }, false],
    ['"a"', { ETag: 'W/"a"' }, false],
    ['"a"', {}, false],
    [dateAt(-60), STORED, true],
    [dateAt(-59), STORED, false],
    [dateAt(60), STORED, false],
    // The same second: it may have changed since.
    [dateAt(0), { 'Last-Modified': dateAt(0), Date: dateAt(0) }, false],
    [dateAt(-60), { 'Last-Modified': dateAt(-60) }, false],
    ['yesterday', { 'Last-Modified': 'yesterday', Date: dateAt(0) }, false],
    ['', STORED, false],
  ])('If-Range %s with %j: %s (RFC 9110 13.1.5)', (condition, stored, holds) => {
    expect(selected({ range: 'bytes=0-1', 'if-range': condition }, storedWith(stored as Record<string, string>))).toBe(holds ? 'bytes 0-1/10' : 'whole');
  });

  it('206 has the length and the place of the part', () => {
    const headers = ['ETag', '"a"', 'content-length', '10', 'Content-Digest', 'sha-256=:x:', 'Repr-Digest', 'sha-256=:x:'];
    expect(partHeaders(headers, { kind: 'part', first: 2, last: 4, contentRange: 'bytes 2-4/10' })).toEqual([
      'ETag', '"a"', 'Repr-Digest', 'sha-256=:x:', 'Content-Length', '3', 'Content-Range', 'bytes 2-4/10',
    ]);
  });
});
