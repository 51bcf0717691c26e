import { gateway, type TestGateway } from '../support/gateway.js';

const YAML = `info: { name: town, version: "3.2" }
defaults: { headers: { response: { set: { X-Made-By: "{route.name}" } } } }
endpoints:
  root: { serve: static, at: /, answer: { service: "{service}", version: "{version}", count: "{routes}", fixed: [1, null, { a: "{{b}}" }] } }
  ping: { serve: static, at: [/ping, /api/ping], answer: pong }
  robots: { serve: static, at: /robots.txt, answer: "User-agent: *\\nDisallow: /\\n", headers: { response: { set: { Content-Type: text/plain, Cache-Control: max-age=60 } } } }
  moved: { serve: static, at: "/old/:page", status: 308, methods: [GET, POST], headers: { response: { set: { Location: "/new/{params.page}" } } } }
  down: { serve: static, at: /maintenance, status: 503, methods: [GET, PUT], answer: { detail: Maintenance }, headers: { response: { set: { Retry-After: "120" } } } }
  empty: { serve: static, at: /empty, status: 204 }
  page: { serve: static, at: /page, answer: "<h1>{service}</h1>", headers: { response: { set: { Content-Type: text/html } } } }
routes: { all: { match: { path: /api/:id }, to: echo, authenticate: none } }`;

describe('O1: answers that stand in the file', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(YAML); });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, string, number, Record<string, string | undefined>, string]>([
    ['GET', '/', 200, { 'content-type': 'application/json; charset=utf-8', 'x-made-by': 'endpoint:root', 'x-content-type-options': 'nosniff' }, '{"service":"town","version":"3.2","count":1,"fixed":[1,null,{"a":"{b}"}]}'],
    ['GET', '/ping', 200, { 'content-type': 'text/plain; charset=utf-8' }, 'pong'],
    ['GET', '/api/ping', 200, {}, 'pong'],
    ['GET', '/robots.txt', 200, { 'content-type': 'text/plain', 'cache-control': 'max-age=60' }, 'User-agent: *\nDisallow: /\n'],
    ['GET', '/old/a%20b', 308, { location: '/new/a b' }, ''],
    ['POST', '/old/x', 308, { location: '/new/x' }, ''],
    ['PUT', '/maintenance', 503, { 'retry-after': '120' }, '{"detail":"Maintenance"}'],
    ['GET', '/empty', 204, { 'content-type': undefined }, ''],
    ['GET', '/page', 200, { 'content-type': 'text/html' }, '<h1>town</h1>'],
    ['HEAD', '/ping', 200, { 'content-type': 'text/plain; charset=utf-8' }, ''],
  ])('%s %s', async (method, path, status, headers, text) => {
    const reply = await gw.fetch(path, { method, ...(method === 'POST' || method === 'PUT' ? { body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}) });
    expect([reply.status, reply.text]).toEqual([status, text]);
    for (const [name, value] of Object.entries(headers)) expect([name, reply.headers[name]]).toEqual([name, value]);
  });

  it.each([['POST', '/ping', 'GET, HEAD, OPTIONS'], ['GET', '/nothing', undefined], ['DELETE', '/maintenance', 'GET, HEAD, PUT, OPTIONS']])('nothing else: %s %s', async (method, path, allow) => {
    const { status, headers } = await gw.fetch(path, { method });
    expect([status, headers['allow']]).toEqual([allow === undefined ? 404 : 405, allow]);
  });

  it('stands in the document with its methods and its status', async () => {
    const { paths } = (await gw.fetch('/openapi.json')).json<{ paths: Record<string, Record<string, { responses: object; operationId: string }>> }>();
    expect(Object.keys(paths['/maintenance'] ?? {})).toEqual(['get', 'put']);
    expect(paths['/maintenance']?.['put']).toMatchObject({ operationId: 'put_down', responses: { 503: {} } });
    expect(paths['/old/{page}']?.['get']?.responses).toEqual({ 308: { description: 'The answer.' } });
  });

  it.each([
    ['answer: "{nothing}"', 'endpoints.e.answer: "{nothing}" has the unknown placeholder {nothing}'],
    ['answer: { a: "{nothing}" }', 'endpoints.e.answer: "{nothing}" has the unknown placeholder {nothing}'],
    ['headers: { response: { set: { X-A: "{uptime}" } } }', 'endpoints.e.headers.response.set.X-A: "{uptime}" has the unknown placeholder {uptime}'],
    ['status: 99', 'endpoints.e.status'],
  ])('a file with a mistake is refused: %s', async (wrong, message) => {
    await expect(gateway(`endpoints: { e: { serve: static, at: /e, ${wrong} } }`)).rejects.toThrow(message);
  });
});
