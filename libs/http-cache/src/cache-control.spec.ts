import { cpuTime } from '#libs/testing';
import { parseCacheControl } from './cache-control.js';

describe('Cache-Control (RFC 9111 5.2)', () => {
  it.each([
    ['max-age=60', 60],
    ['MAX-Age=60', 60],
    ['max-age="60"', 60],
    ['max-age="6\\0"', 60],
    ['max-age=0060', 60],
    ['  max-age=60  ', 60],
    [',, ,max-age=60,', 60],
    ['foo=bar, max-age=60, other', 60],
    ['extension="max-age=5", max-age=60', 60],
    ['extension="a, max-age=5", max-age=60', 60],
    ['max-age=60, max-age=60', 60],
    ['max-age=2147483647', 2 ** 31 - 1],
    ['max-age=2147483648', 2 ** 31],
    ['max-age=99999999999999999999999999', 2 ** 31],
    ['max-age=0', 0],
    // Invalid: stale (RFC 9111 4.2.1).
    ['max-age', 0],
    ['max-age=', 0],
    ['max-age=-60', 0],
    ['max-age=+60', 0],
    ['max-age=60.0', 0],
    ['max-age=60.5', 0],
    ['max-age=6e1', 0],
    ['max-age=a60', 0],
    ['max-age=60a', 0],
    ["max-age='60'", 0],
    ['max-age="60', 0],
    ['max-age =60', 0],
    ['max-age= 60', 0],
    ['max-age=60 5', 0],
    ['max-age:60', 0],
    ['max-age=60; private', 0],
    // Said twice, differently: stale.
    ['max-age=60, max-age=5', 0],
    ['max-age=60, max-age=x', 0],
    // Not there.
    ['', undefined],
    ['s-maxage=60', undefined],
    ['xmax-age=60', undefined],
    ['extension="max-age=60"', undefined],
    ['extension="a, max-age=60"', undefined],
    ['extension="unfinished, public', undefined],
  ])('max-age of %j is %s', (text, expected) => {
    expect(parseCacheControl([text]).seconds('max-age')).toBe(expected);
  });

  it('nothing is read out of an unfinished quote but what forbids', () => {
    const directives = parseCacheControl(['extension="unfinished, s-maxage=60, public, no-store']);
    expect([directives.has('public'), directives.seconds('s-maxage'), directives.has('no-store'), directives.malformed]).toEqual([false, 0, true, true]);
  });

  it.each(['max-age=60; no-store', 'no-store;', 'max-age=60 no-store', '(no-store)', 'No-Store', '"no-store'])('%j forbids to store', (text) => {
    expect(parseCacheControl([text]).has('no-store')).toBe(true);
  });

  it.each(['public;', 'public max-age', 'a b public', '=public'])('%j does not permit', (text) => {
    expect(parseCacheControl([text]).has('public')).toBe(false);
  });

  it.each<[string, readonly string[] | true | undefined]>([
    ['no-cache', true],
    ['no-cache="Set-Cookie"', ['set-cookie']],
    ['no-cache="a, B ,c"', ['a', 'b', 'c']],
    ['no-cache=set-cookie', ['set-cookie']],
    ['no-cache="a", no-cache="b"', ['a', 'b']],
    ['no-cache="a", no-cache', true],
    ['no-cache=""', true],
    ['no-cache="a b"', true],
    // Without these the cache could not work: it holds for all.
    ['no-cache="x-a, Vary"', true],
    ['no-cache="cache-control"', true],
    ['private="a"', undefined],
  ])('fields of no-cache in %j are %j', (text, expected) => {
    expect(parseCacheControl([text]).fields('no-cache')).toEqual(expected);
  });

  it('joins lines', () => {
    const directives = parseCacheControl(['public', 'max-age=5', 'max-age=6']);
    expect([directives.has('public'), directives.seconds('max-age'), directives.malformed]).toEqual([true, 0, false]);
  });

  it('reads the same text once, and does not keep ever more of them', () => {
    expect(parseCacheControl(['max-age=4711'])).toBe(parseCacheControl(['max-age=4711']));
    for (let i = 0; i < 2000; i += 1) parseCacheControl([`max-age=${i}`]);
    expect(parseCacheControl(['max-age=1']).seconds('max-age')).toBe(1);
  });

  it('hostile texts cost no time', () => {
    expect(cpuTime(() => {
      for (const text of [' '.repeat(60_000) + '(', ','.repeat(60_000) + '"', 'a='.repeat(30_000), '"\\'.repeat(30_000), 'a,('.repeat(20_000)]) parseCacheControl([text]);
    })).toBeLessThan(1000);
  });
});
