import { Problem } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import { compilePath, isBelow, type PathSettings, type TrailingSlash } from './path.js';
import { TemplateError } from './template.js';

function rewritten(path: string, settings: PathSettings, slash: TrailingSlash = 'keep', params: Record<string, string> = {}): string {
  const exchange = exchangeOf({ url: path, params, principal: { id: 'a b/c' } });
  compilePath(settings, slash)?.(exchange);
  return exchange.outgoing.path;
}

describe('strip, prefix and replace', () => {
  it.each<[string, PathSettings, string]>([
    ['/api/users/7', { strip: 1 }, '/users/7'],
    ['/api/users/7', { strip: 2 }, '/7'],
    ['/api', { strip: 1 }, '/'],
    ['/api/', { strip: 1 }, '/'],
    ['/api/users/', { strip: 1 }, '/users/'],
    ['/', { strip: 3 }, '/'],
    ['/api/v1/users', { strip: '/api/v1' }, '/users'],
    ['/api/v1/users', { strip: '/api/v1/' }, '/users'],
    ['/api/v1', { strip: '/api/v1' }, '/'],
    ['/api/v1/', { strip: '/api/v1' }, '/'],
    ['/api/v10/users', { strip: '/api/v1' }, '/api/v10/users'],
    ['/other', { strip: '/api' }, '/other'],
    ['/users', { strip: '/' }, '/users'],
    ['/users', { prefix: '/internal/' }, '/internal/users'],
    ['/', { prefix: '/internal' }, '/internal'],
    ['/users', { prefix: '/' }, '/users'],
    ['/api/users', { strip: 1, prefix: '/v2' }, '/v2/users'],
    ['/a/b/a', { replace: { from: '/a', to: '/x' } }, '/x/b/a'],
    ['/a/b', { replace: { from: 'a/', to: '' } }, '/b'],
    ['/a/b', { replace: { from: '/a', to: '' } }, '/b'],
    ['/a', { replace: { from: '/a', to: '' } }, '/'],
    ['/a/b/c', { replace: { from: 'b', to: '' } }, '/a/c'],
    ['/a', { replace: { from: 'z', to: 'y' } }, '/a'],
    ['/a', { replace: { from: '/a', to: '$&$1' } }, '/$&$1'],
  ])('%s with %j is %s', (path, settings, expected) => {
    expect(rewritten(path, settings)).toBe(expected);
  });

  it.each(['/.a./admin', '/x/a..', '/%a2e%2e/x'])('replace cannot make a dot segment of %s', (path) => {
    expect(() => rewritten(path, { replace: { from: 'a', to: '' } })).toThrow(Problem);
  });

  it.each(['/%252fx', '/%255cx'])('replace cannot unmask %s', (path) => {
    expect(() => rewritten(path, { replace: { from: '25', to: '' } })).toThrow(/not safe/);
  });
});

describe('template', () => {
  it.each([
    ['/users/{id}/card', { id: '7' }, '/users/7/card'],
    ['/users/{params.id}', { id: 'caf%C3%A9' }, '/users/caf%C3%A9'],
    ['/students/{rest}', { rest: 'a/b' }, '/students/a/b'],
    ['/students/{rest}', { rest: '/a' }, '/students/a'],
    ['/students/{rest}', { rest: '' }, '/students'],
    ['/students/{rest}', {}, '/students'],
    ['/students/', {}, '/students/'],
    ['/a/{none}/b', {}, '/a/b'],
    ['/route/{route.name}', {}, '/route/users'],
  ])('%s with %j is %s', (template, params: Record<string, string>, expected) => {
    expect(rewritten('/x', { template }, 'keep', params)).toBe(expected);
  });

  it('is the whole path but for a prefix', () => {
    expect(rewritten('/api/x', { strip: 1, template: '/t', prefix: '/p', replace: { from: 't', to: 'u' } })).toBe('/p/t');
  });

  it('keeps the last slash of the client behind an empty rest', () => {
    expect(rewritten('/x/', { template: '/students/{rest}' })).toBe('/students/');
  });

  it.each([['7', '/users/7'], ['a b?é', '/users/a%20b%3F%C3%A9']])('encodes the principal %s as one segment', (id, expected) => {
    const exchange = exchangeOf({ url: '/me', principal: { id } });
    compilePath({ template: '/users/{principal.id}' }, 'keep')?.(exchange);
    expect(exchange.outgoing.path).toBe(expected);
  });

  it.each(['..', '.', '../admin', 'a\\b', 'a\r\nb'])('refuses the principal %j', (id) => {
    const exchange = exchangeOf({ url: '/me', principal: { id } });
    expect(() => compilePath({ template: '/users/{principal.id}' }, 'keep')?.(exchange)).toThrow(Problem);
  });

  it('refuses a request without the principal it needs', () => {
    expect(() => compilePath({ template: '/users/{principal.id}' }, 'keep')?.(exchangeOf())).toThrow(/needs principal\.id/);
  });

  it('refuses to become a dot segment', () => {
    expect(() => rewritten('/x', { template: '/a/..{rest}' })).toThrow(Problem);
  });
});

describe('trailing slash and method', () => {
  it.each<[string, TrailingSlash, string]>([
    ['/a', 'add', '/a/'], ['/a/', 'add', '/a/'], ['/', 'add', '/'],
    ['/a/', 'strip', '/a'], ['/a', 'strip', '/a'], ['/', 'strip', '/'],
  ])('%s with %s is %s', (path, slash, expected) => {
    expect(rewritten(path, 'keep', slash)).toBe(expected);
  });

  it('comes after the rewrite', () => {
    expect(rewritten('/api/a/', { strip: 1 }, 'strip')).toBe('/a');
  });

  it('sets the method', () => {
    const exchange = exchangeOf({ method: 'PATCH' });
    compilePath('keep', 'keep', 'PUT')?.(exchange);
    expect(exchange.outgoing.method).toBe('PUT');
  });

  it('has nothing to do when everything is kept', () => {
    expect(compilePath('keep', 'keep')).toBeNull();
    expect(compilePath({}, 'keep')).toBeNull();
  });
});

describe('mistakes of the file', () => {
  it.each<[PathSettings]>([
    [{ prefix: '/a?b' }], [{ prefix: '/a/../b' }], [{ prefix: '/é' }], [{ prefix: '/%2e%2e' }], [{ strip: '/a b' }],
    [{ replace: { from: 'a', to: '#' } }], [{ template: '/a\r\n' }], [{ template: '/{user.id}' }], [{ template: '/{a' }],
  ])('%j is refused', (settings) => {
    expect(() => compilePath(settings, 'keep')).toThrow(TemplateError);
  });

  it('names the parameters of the route', () => {
    expect(() => compilePath({ template: '/{idd}' }, 'keep', undefined, ['id', 'rest'])).toThrow(/\{idd\}; allowed: id, rest, /);
    expect(compilePath({ template: '/{id}/{rest}' }, 'keep', undefined, ['id', 'rest'])).not.toBeNull();
  });
});

it.each([['/a', '/a', true], ['/a/b', '/a', true], ['/ab', '/a', false], ['/a', '', true], ['/a', '/a/b', false]])('%s below %s: %s', (path, prefix, expected) => {
  expect(isBelow(path, prefix)).toBe(expected);
});
