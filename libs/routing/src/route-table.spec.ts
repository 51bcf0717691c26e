import { RouteTable } from './route-table.js';
import type { RouteEntry, RouteMatch, RouteRequest } from './types.js';

type Routes = Readonly<Record<string, Partial<RouteMatch> & { head?: boolean }>>;

function table(routes: Routes): RouteTable<string> {
  const entries = Object.entries(routes).map(([name, { head = true, ...match }]): RouteEntry<string> => ({ name, value: `value of ${name}`, head, match: { path: ['/**'], ...match } }));
  const made = new RouteTable(entries);
  expect(made.mistakes).toEqual([]);
  return made;
}

function request(line: string, headers: RouteRequest['headers'] = {}): RouteRequest {
  const [method = '', url = ''] = line.split(' ');
  const [, host = '', target = ''] = /^(?:http:\/\/([^/]+))?(.*)$/.exec(url) ?? [];
  const [path = '', query] = target.split('?');
  return { method, path, query: query === undefined ? '' : `?${query}`, host, headers };
}

describe('path patterns', () => {
  it.each<[string, RouteMatch, string, Record<string, string> | null]>([
    ['a literal', { path: ['/a/b'] }, '/a/b', {}],
    ['a literal, longer path', { path: ['/a/b'] }, '/a/b/c', null],
    ['a literal, shorter path', { path: ['/a/b'] }, '/a', null],
    ['case', { path: ['/a'] }, '/A', null],
    ['the root', { path: ['/'] }, '/', {}],
    ['the root, deeper path', { path: ['/'] }, '/a', null],
    ['a parameter', { path: ['/users/:id'] }, '/users/7', { id: '7' }],
    ['a parameter keeps its escapes', { path: ['/users/:id'] }, '/users/a%20b', { id: 'a%20b' }],
    ['an empty parameter', { path: ['/users/:id'] }, '/users/', null],
    ['two parameters', { path: ['/a/:x/b/:y'] }, '/a/1/b/2', { x: '1', y: '2' }],
    ['a parameter called rest', { path: ['/a/:rest'] }, '/a/1', { rest: '1' }],
    ['the rest', { path: ['/a/**'] }, '/a/b/c/', { rest: 'b/c/' }],
    ['an empty rest', { path: ['/a/**'] }, '/a', { rest: '' }],
    ['an empty rest behind a slash', { path: ['/a/**'] }, '/a/', { rest: '' }],
    ['the rest stops at segments', { path: ['/a/**'] }, '/ab', null],
    ['everything', { path: ['/**'] }, '/', { rest: '' }],
    ['parameter and rest', { path: ['/a/:x/**'] }, '/a/1/b/c', { x: '1', rest: 'b/c' }],
    ['rest needs the parameter', { path: ['/a/:x/**'] }, '/a', null],
    ['string: longer segment', { path: ['/users/**'], prefix: 'string' }, '/usersXYZ/1', { rest: 'XYZ/1' }],
    ['string: segment end', { path: ['/users/**'], prefix: 'string' }, '/users/1', { rest: '1' }],
    ['string: bare', { path: ['/users/**'], prefix: 'string' }, '/users', { rest: '' }],
    ['string: shorter segment', { path: ['/users/**'], prefix: 'string' }, '/user', null],
    ['string: escapes count as one', { path: ['/@a/**'], prefix: 'string' }, '/%40a%40%41/x', { rest: '%40%41/x' }],
    ['string behind a parameter', { path: ['/:x/**'], prefix: 'string' }, '/a/b', { x: 'a', rest: 'b' }],
    ['exact: bare', { path: ['/a/**'], prefix: 'exact' }, '/a', {}],
    ['exact: below', { path: ['/a/**'], prefix: 'exact' }, '/a/b', null],
    ['slash ignored', { path: ['/a'] }, '/a/', {}],
    ['slash ignored the other way', { path: ['/a/'] }, '/a', {}],
    ['slash strict', { path: ['/a'], trailingSlash: 'strict' }, '/a/', null],
    ['slash strict the other way', { path: ['/a/'], trailingSlash: 'strict' }, '/a', null],
    ['slash strict and there', { path: ['/a/'], trailingSlash: 'strict' }, '/a/', {}],
    ['slash strict with a rest', { path: ['/a/**'], trailingSlash: 'strict' }, '/a/', { rest: '' }],
    ['several patterns', { path: ['/a', '/b/:x'] }, '/b/1', { x: '1' }],
    ['normal form of the pattern', { path: ['/%7ea//./b'] }, '/~a/b', {}],
    ['escapes in lower case', { path: ['/caf%c3%a9'] }, '/caf%C3%A9', {}],
    ['plain text beyond ASCII', { path: ['/café'] }, '/caf%C3%A9', {}],
    ['an escaped printable character', { path: ['/@admin/**'] }, '/%40admin/x', { rest: 'x' }],
    ['a percent sign is no escape', { path: ['/%2540'] }, '/%40', null],
    ['a colon inside', { path: ['/a:b'] }, '/a:b', {}],
    ['an escaped colon is no parameter', { path: ['/%3Aid'] }, '/7', null],
    ['names from Object', { path: ['/constructor/:toString'] }, '/constructor/1', { toString: '1' }],
    ['absent names from Object', { path: ['/a'] }, '/constructor', null],
    ['the asterisk-form is no path', { path: ['/**'] }, '*', null],
  ])('%s', (_, match, path, params) => {
    const match_ = table({ r: match }).find(request(`GET ${path}`));
    expect(match_ === null ? null : { ...match_.params }).toEqual(params);
  });

  it('hands back all of a match, and one shared object for no parameters', () => {
    const routes = table({ r: { path: ['/a'] }, s: { path: ['/b/:x'] } });
    expect(routes.find(request('GET /b/1'))).toEqual({ name: 's', value: 'value of s', pattern: '/b/:x', params: { x: '1' }, version: null, named: false, path: '/b/1' });
    const params = routes.find(request('GET /a'))?.params;
    expect(Object.isFrozen(params)).toBe(true);
    expect(routes.find(request('GET /a'))?.params).toBe(params);
  });
});

describe('precedence', () => {
  it.each<[string, Routes, string, string | null]>([
    ['literal before parameter', { p: { path: ['/a/:x'] }, l: { path: ['/a/b'] } }, 'GET /a/b', 'l'],
    ['parameter before rest', { r: { path: ['/a/**'] }, p: { path: ['/a/:x'] } }, 'GET /a/b', 'p'],
    ['literal before string', { s: { path: ['/ab/**'], prefix: 'string' }, l: { path: ['/abc'] } }, 'GET /abc', 'l'],
    ['longer string first', { s: { path: ['/a/**'], prefix: 'string' }, l: { path: ['/ab/**'], prefix: 'string' } }, 'GET /abc', 'l'],
    ['string before parameter', { p: { path: ['/:x'] }, s: { path: ['/a/**'], prefix: 'string' } }, 'GET /abc', 's'],
    ['segment rest before string of the same text', { s: { path: ['/a/**'], prefix: 'string' }, r: { path: ['/a/**'] } }, 'GET /a/b', 'r'],
    ['string where the segment goes on', { s: { path: ['/a/**'], prefix: 'string' }, r: { path: ['/a/**'] } }, 'GET /ab', 's'],
    ['the end before an empty rest', { r: { path: ['/a/**'] }, e: { path: ['/a'] } }, 'GET /a', 'e'],
    ['left before right', { r: { path: ['/a/b/**'] }, p: { path: ['/a/:x/c'] } }, 'GET /a/b/c', 'r'],
    ['back to the parameter', { l: { path: ['/a/b/d'] }, p: { path: ['/a/:x/c'] } }, 'GET /a/b/c', 'p'],
    ['back to the parameter by method', { r: { path: ['/a/b/**'], methods: ['POST'] }, p: { path: ['/a/:x/c'] } }, 'GET /a/b/c', 'p'],
    ['back to the rest', { l: { path: ['/a/b/c/d'] }, p: { path: ['/a/:x/c/e'] }, r: { path: ['/**'] } }, 'GET /a/b/c', 'r'],
    ['strict slash before ignored', { i: { path: ['/a'] }, s: { path: ['/a'], trailingSlash: 'strict' } }, 'GET /a', 's'],
    ['strict slash leaves the other form', { i: { path: ['/a'] }, s: { path: ['/a'], trailingSlash: 'strict' } }, 'GET /a/', 'i'],
    ['both strict forms', { n: { path: ['/a'], trailingSlash: 'strict' }, w: { path: ['/a/'], trailingSlash: 'strict' } }, 'GET /a/', 'w'],
    ['listed methods before any', { a: {}, m: { methods: ['GET'] } }, 'GET /x', 'm'],
    ['any method takes the others', { a: {}, m: { methods: ['GET'] } }, 'POST /x', 'a'],
    ['path before methods', { m: { path: ['/a/:x'], methods: ['GET'] }, a: { path: ['/a/b'] } }, 'GET /a/b', 'a'],
    ['more conditions first', { o: { headers: { 'x-a': true } }, t: { headers: { 'x-a': true }, query: { q: true } } }, 'GET /x?q', 't'],
    ['a failed condition falls through', { o: { path: ['/a'], headers: { 'x-a': '2' } }, r: { path: ['/**'] } }, 'GET /a', 'r'],
    ['methods before conditions', { c: { headers: { 'x-a': true } }, m: { methods: ['GET'] } }, 'GET /x', 'm'],
    ['higher priority', { a: { priority: 1 }, b: { priority: 2 }, c: {} }, 'GET /x', 'b'],
    ['priority never beats the path', { r: { path: ['/**'], priority: 9 }, l: { path: ['/a'] } }, 'GET /a', 'l'],
    ['exact host first', { w: { hosts: ['*.x.org'] }, e: { hosts: ['a.x.org'] }, n: {} }, 'GET http://a.x.org/', 'e'],
    ['longer wildcard first', { s: { hosts: ['*.org'] }, l: { hosts: ['*.x.org'] }, n: {} }, 'GET http://a.b.x.org/', 'l'],
    ['shorter wildcard for others', { s: { hosts: ['*.org'] }, l: { hosts: ['*.x.org'] }, n: {} }, 'GET http://x.org/', 's'],
    ['any host last', { w: { hosts: ['*.x.org'] }, n: {} }, 'GET http://x.org/', 'n'],
    ['host before path', { h: { hosts: ['x.org'], path: ['/**'] }, l: { path: ['/a'] } }, 'GET http://x.org/a', 'h'],
    ['back to a wider host', { h: { hosts: ['x.org'], path: ['/b'] }, l: { path: ['/a'] } }, 'GET http://x.org/a', 'l'],
    ['host without port, case and dot', { h: { hosts: ['X.org.'] } }, 'GET http://x.ORG.:8080/', 'h'],
    ['an IPv6 host', { h: { hosts: ['[::1]'] } }, 'GET http://[::1]:8080/', 'h'],
    ['a host beyond ASCII', { h: { hosts: ['bücher.example'] } }, 'GET http://xn--bcher-kva.example/', 'h'],
    ['any host, written', { h: { hosts: ['*'] } }, 'GET /', 'h'],
    ['no host at all', { h: { hosts: ['x.org'] } }, 'GET /', null],
  ])('%s', (_, routes, line, name) => {
    const reversed = Object.fromEntries(Object.entries(routes).reverse());
    const headers = { 'x-a': '1' };
    expect(table(routes).find(request(line, headers))?.name ?? null).toBe(name);
    expect(table(reversed).find(request(line, headers))?.name ?? null).toBe(name);
  });
});

describe('methods', () => {
  const routes = table({
    get: { path: ['/a'], methods: ['GET'] },
    post: { path: ['/a'], methods: ['POST'] },
    below: { path: ['/a/**'], methods: ['DELETE'] },
    headless: { path: ['/b'], methods: ['GET'], head: false },
    conditional: { path: ['/c'], methods: ['PUT'], headers: { 'x-a': true } },
    any: { path: ['/d'] },
    hosted: { path: ['/e'], methods: ['GET'], hosts: ['x.org'] },
  });

  it.each<[string, string | null, readonly string[]]>([
    ['GET /a', 'get', []],
    ['HEAD /a', 'get', []],
    ['DELETE /a', 'below', []],
    ['PUT /a', null, ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']],
    ['OPTIONS /a', null, ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']],
    ['HEAD /b', null, ['GET', 'OPTIONS']],
    ['GET /c', null, []],
    ['BREW /d', 'any', []],
    ['POST http://x.org/e', null, ['GET', 'HEAD', 'OPTIONS']],
    ['POST http://y.org/e', null, []],
    ['GET /nowhere', null, []],
    ['OPTIONS *', null, []],
  ])('%s finds %j, else Allow is %j', (line, name, allow) => {
    const match = routes.find(request(line));
    expect(match?.name ?? null).toBe(name);
    if (match === null) expect(routes.allow(request(line))).toEqual(allow);
  });

  it('leave out of Allow what conditions exclude', () => {
    expect(routes.allow(request('GET /c', { 'x-a': '1' }))).toEqual(['PUT', 'OPTIONS']);
  });
});
