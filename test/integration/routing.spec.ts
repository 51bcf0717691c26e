import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { raw } from '../support/raw.js';

/** Each route says its name in a header, so that a test sees which one took the request. */
const routes = (lines: Readonly<Record<string, string>>): string =>
  `defaults: { authenticate: none }\nroutes:\n${Object.entries(lines).map(([name, match]) => `  ${name}: { ${match}, to: echo, headers: { response: { set: { X-Route: ${name} } } } }\n`).join('')}`;

const FILE = `versions: { names: [v1, v2], header: X-Api-Version, mediaType: version, default: v1 }
${routes({
    exact: 'match: { path: /users/me }',
    param: 'match: { path: /users/:id }',
    rest: 'match: { path: /users/** }',
    two: 'match: { path: [/one, /two] }',
    host: 'match: { path: /where, hosts: shop.example.org }',
    wildcard: 'match: { path: /where, hosts: "*.example.org" }',
    anywhere: 'match: { path: /where }',
    reads: 'match: { path: /things, methods: [GET] }',
    writes: 'match: { path: /things, methods: [POST, PUT] }',
    headless: 'match: { path: /headless, methods: [GET] }, head: off',
    plain: 'match: { path: /beta }',
    beta: 'match: { path: /beta, headers: { X-Beta: true } }',
    blue: 'match: { path: /beta, headers: { X-Beta: true, X-Colour: { matches: "bl.*" } } }',
    dry: 'match: { path: /search, query: { dry: "1" } }',
    search: 'match: { path: /search }',
    old: 'match: { path: /report, version: v1 }',
    fresh: 'match: { path: /report, version: v2 }',
    loose: 'match: { path: /pre/**, prefix: string }',
    strict: 'match: { path: /slash/, trailingSlash: strict }',
    unicode: 'match: { path: "/élèves/:nom" }',
  })}`;

describe('T1: which route takes a request', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(FILE); });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, string, Record<string, string>, string | number]>([
    ['GET', '/users/me', {}, 'exact'],
    ['GET', '/users/7', {}, 'param'],
    ['GET', '/users/7/posts', {}, 'rest'],
    ['GET', '/users', {}, 'rest'],
    ['GET', '/users/', {}, 'rest'],
    ['GET', '/usersx', {}, 404],
    ['GET', '/Users/me', {}, 404],
    ['GET', '/%75sers/me', {}, 'exact'],
    ['GET', '//users//me', {}, 'exact'],
    ['GET', '/one', {}, 'two'],
    ['GET', '/two', {}, 'two'],
    ['GET', '/where', { host: 'shop.example.org' }, 'host'],
    ['GET', '/where', { host: 'SHOP.example.org:8000' }, 'host'],
    ['GET', '/where', { host: 'a.b.example.org' }, 'wildcard'],
    ['GET', '/where', { host: 'example.org' }, 'anywhere'],
    ['GET', '/where', { host: 'shop.example.org.evil.net' }, 'anywhere'],
    ['GET', '/things', {}, 'reads'],
    ['HEAD', '/things', {}, 'reads'],
    ['POST', '/things', {}, 'writes'],
    ['DELETE', '/things', {}, 405],
    ['HEAD', '/headless', {}, 405],
    ['GET', '/beta', {}, 'plain'],
    ['GET', '/beta', { 'x-beta': '' }, 'beta'],
    ['GET', '/beta', { 'x-beta': '1', 'x-colour': 'blue' }, 'blue'],
    ['GET', '/beta', { 'x-beta': '1', 'x-colour': 'a blue one' }, 'beta'],
    ['GET', '/search?dry=1', {}, 'dry'],
    ['GET', '/search?dry=%31', {}, 'dry'],
    ['GET', '/search?dry=2', {}, 'search'],
    ['GET', '/search?x=dry=1', {}, 'search'],
    ['GET', '/v1/report', {}, 'old'],
    ['GET', '/v2/report', {}, 'fresh'],
    ['GET', '/report', {}, 'old'],
    ['GET', '/report', { 'x-api-version': 'v2' }, 'fresh'],
    ['GET', '/report', { accept: 'application/json; version=v2' }, 'fresh'],
    ['GET', '/v1/report', { 'x-api-version': 'v2' }, 'old'],
    ['GET', '/report', { 'x-api-version': 'v9' }, 404],
    ['GET', '/prefixed', {}, 'loose'],
    ['GET', '/pre/fixed', {}, 'loose'],
    ['GET', '/prXYZ', {}, 404],
    ['GET', '/slash/', {}, 'strict'],
    ['GET', '/slash', {}, 404],
    ['GET', '/%C3%A9l%C3%A8ves/zo%C3%A9', {}, 'unicode'],
  ])('%s %s with %j goes to %s', async (method, path, headers, expected) => {
    const reply = await gw.fetch(path, { method, headers });
    expect(reply.headers['x-route'] ?? reply.status).toBe(expected);
  });

  it('cuts the version prefix off before the service gets the path', async () => {
    expect((await gw.fetch('/v2/report?a=1')).seen.url).toBe('/report?a=1');
  });

  it('405 names every method that would do', async () => {
    const { headers, json } = await gw.fetch('/things', { method: 'DELETE' });
    expect(String(headers['allow']).split(', ').toSorted()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
    expect(json()).toMatchObject({ code: 'method-not-allowed' });
    expect((await gw.fetch('/headless', { method: 'HEAD' })).headers['allow']).toBe('GET, OPTIONS');
  });

  it('takes an OPTIONS that is no preflight for an ordinary request where a route takes it', async () => {
    expect((await gw.fetch('/one', { method: 'OPTIONS' })).headers['x-route']).toBe('two');
    expect((await gw.fetch('/nowhere', { method: 'OPTIONS' })).status).toBe(404);
  });

  it('answers an OPTIONS itself where routes take only other methods, as Allow says', async () => {
    const { status, headers, text } = await gw.fetch('/things', { method: 'OPTIONS' });
    expect([status, text]).toEqual([204, '']);
    expect(String(headers['allow']).split(', ').toSorted()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
  });

  it.each([
    ['OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', [400, 404]],
    ['GET ?a=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', [400]],
    ['GET http://shop.example.org/where HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', [200]],
    ['BREW /one HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', [400, 405]],
  ])('answers %j', async (bytes, statuses) => {
    expect(statuses).toContain((await raw(gw.port, bytes)).status);
  });

  it('takes the authority of an absolute target for the host', async () => {
    const { text } = await raw(gw.port, 'GET http://shop.example.org/where HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(/x-route: host\r\n/i);
  });
});

describe('T1: what matches no route', () => {
  const file = `${USERS}\nunmatched: { unauthenticated: 401 }\nroutes: { a: { match: { path: /a, methods: [GET] }, to: echo } }`;

  it.each<[string, string, boolean, number]>([
    ['GET', '/nowhere', false, 401],
    ['GET', '/nowhere', true, 404],
    ['POST', '/a', false, 401],
    ['POST', '/a', true, 405],
    ['OPTIONS', '/a', false, 401],
    ['OPTIONS', '/a', true, 204],
    ['GET', '/a', false, 401],
    ['GET', '/health', false, 200],
  ])('%s %s hides what exists from strangers (known: %s): %i', async (method, path, known, status) => {
    await using gw = await gateway(file);
    const headers: Record<string, string> = known ? { authorization: `Bearer ${await token({ sub: '7' })}` } : {};
    const reply = await gw.fetch(path, { method, headers });
    expect(reply.status).toBe(status);
    expect(reply.headers['www-authenticate'] !== undefined).toBe(status === 401);
  });

  it('tells a stranger the same of a route as of nothing', async () => {
    await using gw = await gateway(file);
    const known = await gw.fetch('/a');
    const unknown = await gw.fetch('/b');
    const shape = ({ status, headers, json }: typeof known) => ({ status, names: Object.keys(headers), body: { ...json(), instance: '', requestId: '' } });
    expect(shape(unknown)).toEqual(shape(known));
  });
});
