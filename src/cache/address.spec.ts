import { ALL_KINDS, addressesOf, addressIn, asAddress, compilePrefix, isOf, originIn, originOf } from './address.js';

describe('originOf', () => {
  it.each<['http' | 'https', string, string]>([
    ['https', 'Example.org', 'https://example.org'],
    ['https', 'example.org:443', 'https://example.org'],
    ['http', 'example.org:80', 'http://example.org'],
    ['http', 'example.org:', 'http://example.org'],
    ['http', 'example.org:443', 'http://example.org:443'],
    ['http', '[::1]:8080', 'http://[::1]:8080'],
    ['https', '[::443]', 'https://[::443]'],
    ['http', '', 'http://'],
  ])('%s and "%s" is %s', (scheme, host, expected) => expect(originOf({ scheme, host })).toBe(expected));
});

it.each<[string, string, boolean]>([
  ['https://a.org', 'https://a.org/b x', true],
  ['https://a.org', 'http://a.org/b x', false],
  ['https://a.org', 'https://a.org:8443/b x', false],
  ['https://a.org', 'https://a.org.evil/ x', false],
  ['https://a.org', '/b x', true],
  ['http://', 'http:///b x', true],
  ['http://', 'http://a/b x', false],
])('an invalidation of %s reaches %s: %s', (origin, key, reached) => {
  expect(isOf(origin, key)).toBe(reached);
  expect(['', origin].includes(originIn(key))).toBe(reached);
});

describe('an address', () => {
  it('is what a key begins with', () => {
    expect(addressIn('https://a/b?c=1 x y')).toBe('https://a/b?c=1');
    expect(addressIn('https://a/b')).toBe('https://a/b');
  });

  it('keeps its beginning when it is long, and is still another one for another text', () => {
    const long = `https://a/${'x'.repeat(1_000)}`;
    expect(asAddress(long)).toHaveLength(344);
    expect(long.startsWith(asAddress(long).slice(0, 300))).toBe(true);
    expect(asAddress(`${long}y`)).not.toBe(asAddress(long));
    expect(asAddress(long.slice(0, 400))).toBe(long.slice(0, 400));
  });
});

it.each<[string, readonly string[]]>([
  ['https://a/b?c=1#d', ['https://a/b?c=1', 'https://a/b?*', '/b?c=1', '/b?*']],
  ['https://a/b', ['https://a/b', 'https://a/b?*', '/b', '/b?*']],
  ['/b?c', ['/b?c', '/b?*']],
  ['http://a', ['http://a', 'http://a?*']],
])('what %s may be under', (url, expected) => expect(addressesOf(url, ALL_KINDS)).toEqual(expected));

it('looks only for kinds of addresses that there are', () => {
  expect(addressesOf('https://a/b?c', { anyHost: false, anyQuery: false })).toEqual(['https://a/b?c']);
  expect(addressesOf('https://a/b?c', { anyHost: true, anyQuery: false })).toEqual(['https://a/b?c', '/b?c']);
});

describe('compilePrefix', () => {
  it.each<[string, string, boolean]>([
    ['https://a.org/b', 'https://a.org/b/c x', true],
    ['https://a.org/b', 'http://a.org/b/c x', false],
    ['https://a.org', 'https://a.org/b x', true],
    ['a.org/b', 'http://a.org/b x', true],
    ['a.org/b', 'https://a.org/bc x', true],
    ['a.org/b', 'https://other.org/a.org/b x', false],
    ['a.org', 'https://a.org.evil/ x', true],
    ['a.org/', 'https://a.org.evil/ x', false],
    ['/b/', 'https://a.org/b/c x', true],
    ['/b/', 'https://a.org/c/b/ x', false],
    ['/', 'https://a.org/anything x', true],
    ['/b/', '/b/c x', true],
    ['https://a.org/b/', '/b/c x', true],
    ['https://a.org/b/', '/c/b/ x', false],
    ['https://a.org', '/b x', true],
  ])('%s of %s: %s', (prefix, key, expected) => expect(compilePrefix(prefix)(key)).toBe(expected));
});
