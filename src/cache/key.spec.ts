import { fileSchema } from '../config/schema/index.js';
import { ExtensionRegistry } from '#libs/kernel';
import type { CacheConfig, RouteConfig } from '../config/index.js';
import { addressIn, isOf } from './address.js';
import { asked, somebody } from './cache.fixture.js';
import { compileKeys } from './cache-keys.js';
import { compileKey, type KeyOf } from './key.js';

const schema = fileSchema(new ExtensionRegistry([]));

function keyOf(cache: object = {}, route: object = {}, name = 'r'): KeyOf {
  const file = schema.parse({ version: 1, routes: { [name]: { match: { path: '/a/**' }, to: 's', ...route, cache } } });
  const config = file.routes[name] as unknown as RouteConfig;
  return compileKey(name, config, config.cache as CacheConfig);
}

describe('compileKey', () => {
  it.each<[string, object, string, string]>([
    ['the whole query', {}, 'https://A.org:443/a?c=2&b=1', 'https://a.org/a?c=2&b=1'],
    ['no query', { key: { query: 'none' } }, 'https://a.org/a?c=2', 'https://a.org/a?*'],
    ['a list', { key: { query: ['b'] } }, 'https://a.org/a?c=2&b=1', 'https://a.org/a?*'],
    ['no host', { key: { host: false } }, 'https://a.org/a?b', '/a?b'],
    ['what clients need not encode', {}, 'https://a.org/a|b?q=\'x\'&r="y"', new URL('https://a.org/a|b?q=\'x\'&r="y"').href],
  ])('begins with the address: %s', (_what, cache, url, address) => expect(addressIn(keyOf(cache)(asked(url)))).toBe(address));

  it.each<[string, object, [string, object], [string, object], boolean]>([
    ['the order of the query', {}, ['https://a.org/a?b=1&c=2', {}], ['https://a.org/a?c=2&b=1', {}], false],
    ['the order, with a list', { key: { query: ['b', 'c'] } }, ['https://a.org/a?b=1&x=1&c=2', {}], ['https://a.org/a?c=2&x=3&b=1', {}], true],
    ['a listed value', { key: { query: ['b'] } }, ['https://a.org/a?b=1', {}], ['https://a.org/a?b=2', {}], false],
    ['the order of one parameter', { key: { query: ['b'] } }, ['https://a.org/a?b=1&b=2', {}], ['https://a.org/a?b=2&b=1', {}], false],
    ['a parameter that looks like two', { key: { query: ['b', 'c'] } }, ['https://a.org/a?b=1%26c=2', {}], ['https://a.org/a?b=1&c=2', {}], false],
    ['an encoded name', { key: { query: ['b'] } }, ['https://a.org/a?%62=1', {}], ['https://a.org/a?b=1', {}], true],
    ['a parameter in another one', { key: { query: ['b'] } }, ['https://a.org/a?b=1&x=1;b=2', {}], ['https://a.org/a?b=1', {}], false],
    ['a bare character', {}, ['https://a.org/a?b="', {}], ['https://a.org/a?b=%22', {}], false],
    ['a bare byte', {}, ['https://a.org/a?b=\u00e9', {}], ['https://a.org/a?b=%C3%A9', {}], false],
    ['a bare character in the path', { key: { query: ['b'] } }, ['https://a.org/a|?b=1', {}], ['https://a.org/a%7C?b=1', {}], false],
    ['an absent parameter', { key: { query: ['b'] } }, ['https://a.org/a', {}], ['https://a.org/a?b', {}], false],
    ['hosts', {}, ['https://a.org/a', {}], ['https://b.org/a', {}], false],
    ['hosts that do not matter', { key: { host: false } }, ['https://a.org/a', {}], ['https://b.org/a', {}], true],
    ['schemes, where hosts do not matter', { key: { host: false } }, ['https://a.org/a', {}], ['http://a.org/a', {}], false],
    ['a header', { key: { headers: ['X-A'] } }, ['https://a.org/a', { headers: { 'x-a': '1' } }], ['https://a.org/a', { headers: { 'x-a': '2' } }], false],
    ['an empty header', { key: { headers: ['X-A'] } }, ['https://a.org/a', { headers: { 'x-a': '' } }], ['https://a.org/a', {}], false],
    ['a long header', { key: { headers: ['X-A'] } }, ['https://a.org/a', { headers: { 'x-a': `${'x'.repeat(500)}1` } }], ['https://a.org/a', { headers: { 'x-a': `${'x'.repeat(500)}2` } }], false],
    ['another header', {}, ['https://a.org/a', { headers: { 'x-a': '1' } }], ['https://a.org/a', {}], true],
    ['callers', { key: { principal: true } }, ['https://a.org/a', { principal: somebody('1') }], ['https://a.org/a', { principal: somebody('2') }], false],
    ['nobody', { key: { principal: true } }, ['https://a.org/a', { principal: somebody('') }], ['https://a.org/a', {}], false],
    ['the same id of another authenticator', { key: { principal: true } }, ['https://a.org/a', { principal: somebody('1') }], ['https://a.org/a', { principal: somebody('1', 'keys') }], false],
    ['the same caller with fewer scopes', { key: { principal: true } }, ['https://a.org/a', { principal: { ...somebody('1'), scopes: ['read', 'write'] } }], ['https://a.org/a', { principal: { ...somebody('1'), scopes: ['read'] } }], false],
    ['the same caller in another role', { key: { principal: true } }, ['https://a.org/a', { principal: { ...somebody('1'), roles: ['admin'] } }], ['https://a.org/a', { principal: somebody('1') }], false],
    ['the same caller', { key: { principal: true } }, ['https://a.org/a', { principal: { ...somebody('1'), claims: { jti: '1' } } }], ['https://a.org/a', { principal: { ...somebody('1'), claims: { jti: '2' } } }], true],
    ['the same caller with another address', { key: { principal: true } }, ['https://a.org/a', { principal: { ...somebody('1'), email: 'a@example.com' } }], ['https://a.org/a', { principal: somebody('1') }], false],
    ['callers that do not matter', {}, ['https://a.org/a', { principal: somebody('1') }], ['https://a.org/a', {}], true],
  ])('tells apart or not: %s', (_what, cache, [url, parts], [otherUrl, otherParts], same) => {
    const key = keyOf(cache);
    expect(key(asked(url, parts)) === key(asked(otherUrl, otherParts))).toBe(same);
  });

  it.each([
    ['a header', { headers: { request: { set: { 'X-Tenant': 't-{principal.claims.org.tenant}' } } } }],
    ['a query', { query: { set: { tenant: '{principal.claims.org.tenant}' } } }],
    ['a token', { headers: { request: { token: { claims: ['org'] } } } }],
  ])('tells the same caller apart by what %s tells of them', (_what, route) => {
    const key = keyOf({ key: { principal: true } }, route);
    const [north, again, south] = ['north', 'north', 'south'].map((tenant, i) => key(asked('https://a.org/a', { principal: { ...somebody('1'), claims: { jti: String(i), org: { tenant } } } })));
    expect([again === north, south === north]).toEqual([true, false]);
  });

  it('is another one where what is kept under it would be', () => {
    const request = asked('https://a.org/a');
    const keys = [
      keyOf(), keyOf({}, {}, 'other'), keyOf({ respect: false, maxAge: '1s' }), keyOf({ cookies: 'share' }), keyOf({ key: { headers: ['a'] } }),
      keyOf({}, { to: 't' }), keyOf({}, { authenticate: 'none' }), keyOf({}, { path: { strip: 1 } }), keyOf({}, { headers: { response: { set: { a: 'b' } } } }),
    ].map((key) => key(request));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf({ maxAge: '1s' }, { timeout: { total: '1s' } })(request)).toBe(keys[0]);
  });

  it('bounds what clients send', () => {
    const key = keyOf({ key: { headers: ['x-a'], principal: true } });
    const long = key(asked(`https://a.org/a?${'x'.repeat(8_000)}`, { headers: { 'x-a': 'y'.repeat(8_000) }, principal: somebody('z'.repeat(8_000)) }));
    expect(long.length).toBeLessThan(512);
    expect(long.startsWith('https://a.org/a?xxx')).toBe(true);
  });
});

describe('compileKeys', () => {
  const file = schema.parse({ version: 1, routes: { r: { match: { path: '/a' }, to: 's', cache: { methods: ['GET'] } } } });
  const route = file.routes['r'] as unknown as RouteConfig;
  const keys = compileKeys('r', route, route.cache as CacheConfig);

  it('has none for a method that is not answered', () => {
    expect(keys.of(asked('https://a.org/a'))).toMatch(/^https:\/\/a\.org\/a /);
    expect(keys.of(asked('https://a.org/a', { method: 'HEAD' }))).toBeNull();
    expect(compileKeys('r', route, null).of(asked('https://a.org/a'))).toBeNull();
  });

  it('knows what all keys of a URI begin with', () => {
    const request = asked('https://a.org/a');
    expect(keys.of(request)?.startsWith(keys.ofUri(request, 'https://a.org/a') as string)).toBe(true);
    expect(keys.of(asked('https://a.org/ab'))?.startsWith(keys.ofUri(request, 'https://a.org/a') as string)).toBe(false);
  });

  it('knows the origin they are of', () => {
    const request = asked('https://A.org:443/a');
    expect(isOf(keys.originOf(request), keys.of(request) as string)).toBe(true);
    expect(isOf(keys.originOf(asked('http://a.org/a')), keys.of(request) as string)).toBe(false);
  });
});
