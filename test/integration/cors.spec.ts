import { echoService } from '#libs/testing';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { raw } from '../support/raw.js';

const ORIGIN = 'https://app.example.org';
const FILE = `
${USERS}
requestId: { answer: X-Request-ID }
defaults:
  cors: { origins: [${ORIGIN}, "https://*.dev.example.org"], credentials: true, maxAge: 5m }
  securityHeaders: { Strict-Transport-Security: max-age=31536000, X-Frame-Options: SAMEORIGIN, Referrer-Policy: null }
services:
  echo: { targets: "\${ECHO}" }
  dead: { targets: "http://127.0.0.1:1" }
routes:
  open: { match: { path: /open/** }, to: echo, authenticate: none, body: { limit: 1kB, types: [application/json] } }
  guarded: { match: { path: /guarded/** }, to: echo, authorize: { roles: [admin] } }
  reads: { match: { path: /reads, methods: [GET] }, to: echo, authenticate: none }
  dead: { match: { path: /dead }, to: dead, authenticate: none }
  anyone: { match: { path: /anyone }, to: echo, authenticate: none, cors: { origins: "*", credentials: false } }
  listed: { match: { path: /listed }, to: echo, authenticate: none, cors: { origins: [${ORIGIN}], headers: [X-One, X-Two], methods: [GET, PUT], expose: [X-Total] } }
  keep: { match: { path: /keep }, to: echo, authenticate: none, cors: { origins: [${ORIGIN}], upstream: keep } }
  off: { match: { path: /off }, to: echo, authenticate: none, cors: off, securityHeaders: off }
endpoints:
  health: { at: [/health, /healthz] }
`;

const vary = ({ headers }: Reply): string[] => String(headers['vary'] ?? '').split(',').map((name) => name.trim().toLowerCase());

describe('X7: CORS and security headers', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    const echo = await echoService((request, response) => {
      response.writeHead(request.url === '/open/500' ? 500 : 200, { 'content-type': 'text/plain', 'access-control-allow-origin': 'https://service.example', 'x-frame-options': 'DENY', 'x-content-type-options': 'custom' }).end('ok');
    });
    gw = await gateway(`version: 1\nlog: { level: silent, access: off }\n${FILE}`, { echo });
  });
  afterAll(() => gw[Symbol.asyncDispose]());
  const ask = (path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) => gw.fetch(path, { ...init, headers: { origin: ORIGIN, ...init.headers } });
  const preflight = (path: string, method: string, headers: Record<string, string> = {}) => ask(path, { method: 'OPTIONS', headers: { 'access-control-request-method': method, ...headers } });

  it.each<[number, string, { method?: string; headers?: Record<string, string>; body?: string }]>([
    [200, '/open/1', {}],
    [500, '/open/500', {}],
    [401, '/guarded/1', {}],
    [401, '/guarded/1', { headers: { authorization: 'Bearer nonsense' } }],
    [404, '/nowhere', {}],
    [405, '/reads', { method: 'DELETE' }],
    [413, '/open/1', { method: 'POST', body: 'x'.repeat(2_000), headers: { 'content-type': 'application/json' } }],
    [415, '/open/1', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }],
    [502, '/dead', {}],
    [200, '/health', {}],
    [200, '/healthz', {}],
    [404, '/health/services/nobody', {}],
    [414, `/open/${'x'.repeat(9_000)}`, {}],
    [400, '/open/%00', {}],
    [431, '/open/1', { headers: Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x-${i}`, '1'])) }],
  ])('stand on a %i of %s', async (status, path, init) => {
    const reply = await ask(path, init);
    expect(reply.status).toBe(status);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true', 'x-content-type-options': expect.any(String) as string,
      'strict-transport-security': 'max-age=31536000', 'x-frame-options': 'SAMEORIGIN', 'x-request-id': expect.any(String) as string,
    });
    expect(String(reply.headers['access-control-expose-headers'])).toContain('X-Request-ID');
    expect(reply.headers).not.toHaveProperty('referrer-policy');
    expect(vary(reply)).toContain('origin');
  });

  it('stand on a 403, and a 200 with a credential', async () => {
    const as = async (role: string) => ask('/guarded/1', { headers: { authorization: `Bearer ${await token({ sub: '7', role })}` } });
    for (const [role, status] of [['guest', 403], ['admin', 200]] as const) {
      const reply = await as(role);
      expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([status, ORIGIN]);
    }
  });

  it('stand on an answer to bytes that are no HTTP, as far as they can', async () => {
    const { text } = await raw(gw.port, 'this is not HTTP\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each<[string, string | undefined]>([
    [ORIGIN, ORIGIN],
    ['https://a.dev.example.org', 'https://a.dev.example.org'],
    ['https://evil.example', undefined],
    ['http://app.example.org', undefined],
    ['https://app.example.org.evil.net', undefined],
    ['null', undefined],
  ])('let %s in or not', async (origin, allowed) => {
    const reply = await gw.fetch('/open/1', { headers: { origin } });
    expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([200, allowed]);
    expect(vary(reply)).toContain('origin');
  });

  it.each<[string, string, string, Record<string, string>]>([
    ['a public route', '/open/1', 'POST', {}],
    ['a guarded route, without credentials', '/guarded/1', 'DELETE', { 'access-control-request-headers': 'authorization, x-custom' }],
    ['an endpoint', '/health', 'GET', {}],
    ['a path that does not exist, so that a script may read the 404', '/nowhere', 'PUT', { 'access-control-request-headers': 'authorization' }],
    ['a method that is not there, so that a script may read the 405', '/reads', 'DELETE', {}],
  ])('answer a preflight for %s', async (_what, path, method, headers) => {
    const reply = await preflight(path, method, headers);
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true', 'access-control-max-age': '300' });
    expect(String(reply.headers['access-control-allow-methods'])).toContain(method);
    expect(reply.headers['access-control-allow-headers']).toBe(headers['access-control-request-headers']);
    expect(vary(reply)).toEqual(expect.arrayContaining(['origin', 'access-control-request-method', 'access-control-request-headers']));
    expect(gw.echo.requests.filter(({ method: seen, url }) => seen === 'OPTIONS' && url === path)).toHaveLength(0);
  });

  it('answer a preflight of a stranger without letting it in', async () => {
    const reply = await gw.fetch('/open/1', { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
    expect(reply.headers).not.toHaveProperty('access-control-allow-methods');
  });

  it('say what a route’s own list says', async () => {
    const reply = await preflight('/listed', 'PUT', { 'access-control-request-headers': 'x-three' });
    expect(reply.headers).toMatchObject({ 'access-control-allow-methods': 'GET, PUT', 'access-control-allow-headers': 'X-One, X-Two' });
    expect((await ask('/listed')).headers['access-control-expose-headers']).toBe('X-Total');
  });

  it('never let any origin in with credentials', async () => {
    await using echo = await echoService();
    const file = 'defaults: { cors: { origins: ["*"], credentials: true } }\nroutes: { a: { match: { path: /a }, to: echo, authenticate: none } }';
    await expect(gateway(file, { echo })).rejects.toThrow(/routes\.a\.cors\.credentials: credentials need origins by name/);
    const { headers } = await ask('/anyone');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('strip what the service says of CORS, keep it, or leave all alone', async () => {
    expect((await ask('/open/1')).headers['access-control-allow-origin']).toBe(ORIGIN);
    expect((await ask('/keep')).headers['access-control-allow-origin']).toBe('https://service.example');
    const off = await ask('/off');
    expect(off.headers).toMatchObject({ 'access-control-allow-origin': 'https://service.example', 'x-frame-options': 'DENY', 'x-content-type-options': 'custom' });
    expect(off.headers).not.toHaveProperty('strict-transport-security');
    const options = await preflight('/off', 'GET');
    expect([options.status, options.text]).toEqual([200, 'ok']);
  });
});
