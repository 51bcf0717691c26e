import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const OPEN = 'routes: { all: { match: { path: /api/:id }, to: echo, authenticate: none } }';
const LEAKS = /127\.0\.0\.1|localhost|ECONN|node_modules|\bat \w+ \(/;

describe('O1: built-in endpoints at their usual places', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    const echo = await echoService((request, response) => { response.writeHead(request.url === '/health' ? 204 : 200).end(); });
    gw = await gateway(`version: 1
log: { level: silent, access: off }
info: { title: Town Hall, name: town, version: "3.2", environment: test }
defaults: { cors: { origins: [https://app.example.org] } }
services: { echo: { targets: "\${ECHO}", health: { status: 204 } }, dead: { targets: "http://127.0.0.1:1" } }
${OPEN}`, { echo });
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, string | RegExp, unknown]>([
    ['/health', 'application/json; charset=utf-8', { status: 'healthy', service: 'town', version: '3.2', environment: 'test', uptime: expect.any(Number) as number }],
    ['/health/live', 'application/json; charset=utf-8', { status: 'healthy' }],
    ['/health/ready', 'application/json; charset=utf-8', { status: 'healthy', configuration: expect.stringMatching(/^[0-9a-f]{8,}$/) as string }],
    ['/health/services', 'application/json; charset=utf-8', { status: 'degraded', healthyServices: 1, totalServices: 2, services: { echo: { status: 'healthy' }, dead: { status: 'unhealthy', message: expect.any(String) as string } } }],
    ['/health/services/echo', 'application/json; charset=utf-8', { service: 'echo', status: 'healthy' }],
    ['/health/services/dead', 'application/json; charset=utf-8', { service: 'dead', status: 'unhealthy' }],
    ['/gateway/info', 'application/json; charset=utf-8', { service: 'town', version: '3.2', routes: 1, services: ['echo', 'dead'] }],
    ['/openapi.json', /^application\/(?:vnd\.oai\.openapi\+)?json/, { openapi: expect.stringMatching(/^3\.1/) as string, info: { title: 'Town Hall' }, paths: { '/health': {}, '/health/services/{service}': {} } }],
  ])('%s', async (path, type, body) => {
    const { status, headers, json, text } = await gw.fetch(path, { headers: { origin: 'https://app.example.org', 'x-request-id': 'mine' } });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(type);
    expect(json()).toMatchObject(body as Record<string, unknown>);
    expect(text).not.toMatch(LEAKS);
    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example.org', 'x-request-id': 'mine', 'x-content-type-options': 'nosniff', 'content-length': String(Buffer.byteLength(text)) });
    expect(String(headers['vary'])).toContain('Origin');
  });

  it.each(['/health', '/health/live', '/health/ready', '/health/services', '/metrics', '/gateway/info', '/docs', '/openapi.json', '/openapi.yaml'])('HEAD %s has the head alone', async (path) => {
    const get = await gw.fetch(path);
    const head = await gw.fetch(path, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    if (!['/metrics', '/health', '/health/services', '/gateway/info'].includes(path)) expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it.each(['POST', 'PUT', 'DELETE'])('405 for %s', async (method) => {
    const reply = await gw.fetch('/health', { method, body: '{}', headers: { 'content-type': 'application/json' } });
    expect(reply.status).toBe(405);
    expect(String(reply.headers['allow'])).toContain('GET');
  });

  it('404 with the names there are, for a service nobody knows', async () => {
    const { status, json } = await gw.fetch('/health/services/nobody');
    expect([status, json()]).toEqual([404, expect.objectContaining({ code: 'unknown-service', services: ['echo', 'dead'] })]);
    expect((await gw.fetch('/health/services/__proto__')).status).toBe(404);
  });

  it('YAML where the path asks for it', async () => {
    const { headers, text } = await gw.fetch('/openapi.yaml');
    expect(headers['content-type']).toMatch(/yaml/);
    expect(text).toMatch(/^openapi: ["']?3\.1/);
  });
});

describe('O2: metrics', () => {
  it('count by pattern: no path of a client is ever a label', async () => {
    await using gw = await gateway(OPEN);
    for (let i = 0; i < 30; i++) {
      await gw.fetch(`/api/secret-${i}`, { method: i % 2 === 0 ? 'GET' : 'QUERY' });
      await gw.fetch(`/nowhere/secret-${i}`);
      await gw.fetch(`/docs/secret-${i}`);
    }
    const { text, headers } = await gw.fetch('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).not.toContain('secret');
    const series = (start: string): string[] => text.split('\n').filter((line) => line.startsWith(start)).toSorted();
    expect(series('gateway_requests_total{')).toEqual([
      'gateway_requests_total{method="GET",endpoint="(unmatched)",status_code="404"} 30',
      'gateway_requests_total{method="GET",endpoint="/api/:id",status_code="200"} 15',
      expect.stringMatching(/^gateway_requests_total\{method="GET",endpoint="\/docs[^"]*",status_code="404"\} 30$/),
      'gateway_requests_total{method="OTHER",endpoint="/api/:id",status_code="200"} 15',
    ]);
    expect(series('gateway_service_requests_total{')).toEqual(['gateway_service_requests_total{service="echo",status="200"} 30']);
    expect(text).toMatch(/^gateway_active_connections 1$/m);
  });

  it('in OpenMetrics where Accept asks for it, and under other names', async () => {
    await using gw = await gateway(`metrics: { names: { requests: http_requests_total }, labels: { endpoint: route }, aliases: { my_requests_total: requests } }\n${OPEN}`);
    await gw.fetch('/api/1');
    const { text, headers } = await gw.fetch('/metrics', { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
    expect(headers['content-type']).toMatch(/^application\/openmetrics-text/);
    expect(text).toMatch(/# EOF\n$/);
    expect(text).toContain('http_requests_total{method="GET",route="/api/:id",status_code="200"} 1');
    expect(text).toContain('my_requests_total{method="GET",route="/api/:id",status_code="200"} 1');
  });
});

describe('O7: the documentation page', () => {
  const POLICY = "default-src 'none'";

  it('and all it needs come from the gateway itself, under a policy that allows just that', async () => {
    await using gw = await gateway(`info: { title: "<Town> & Hall" }\ndefaults: { securityHeaders: { Content-Security-Policy: "${POLICY}" } }\n${OPEN}`);
    const page = await gw.fetch('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/);
    expect(page.text).toContain('<title>&lt;Town&gt; &amp; Hall</title>');
    expect(page.text).not.toMatch(/https?:\/\//);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => new URL(link, `${gw.url}/docs`).pathname);
    expect(links.length).toBeGreaterThan(4);
    for (const link of [...links, '/docs/openapi.json']) {
      const { status, headers, text } = await gw.fetch(link);
      expect([link, status]).toEqual([link, 200]);
      expect(text.length).toBeGreaterThan(0);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await gw.fetch('/api/1')).headers['content-security-policy']).toBe(POLICY);
    expect((await gw.fetch('/docs/../package.json')).status).toBe(404);
    expect((await gw.fetch('/docs/package.json')).status).toBe(404);
  });

  it('is not sent twice', async () => {
    await using gw = await gateway(OPEN);
    const { headers } = await gw.fetch('/docs/swagger-ui.css');
    const again = await gw.fetch('/docs/swagger-ui.css', { headers: { 'if-none-match': String(headers['etag']) } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('O1: endpoints as the file wants them', () => {
  it('elsewhere, twice, off, and in the platform’s shape', async () => {
    await using gw = await gateway(`endpoints:
  docs: off
  openapi: off
  health: { at: [/healthz, /api/health], answer: { ok: true, state: "{status}", up: "{uptime}" }, words: { up: UP } }
  probe: { serve: ready, at: /ready }
  services: { at: /status, status: { down: 503 }, answer: { services: { "{service}": { alive: "{healthy}" } } } }
  metrics: { at: /internal/metrics }
services: { echo: { targets: "\${ECHO}" }, dead: { targets: "http://127.0.0.1:1" } }
${OPEN}`);
    const bodyOf = async (path: string) => { const { status, text } = await gw.fetch(path); return [status, status === 404 ? null : JSON.parse(text) as unknown]; };
    expect(await bodyOf('/healthz')).toEqual([200, { ok: true, state: 'UP', up: expect.any(Number) as number }]);
    expect(await bodyOf('/api/health')).toEqual([200, { ok: true, state: 'UP', up: expect.any(Number) as number }]);
    expect(await bodyOf('/ready')).toMatchObject([200, { status: 'healthy' }]);
    expect(await bodyOf('/health/ready')).toMatchObject([200, { status: 'healthy' }]);
    expect(await bodyOf('/status')).toEqual([503, { services: { echo: { alive: true }, dead: { alive: false } } }]);
    for (const path of ['/health', '/docs', '/docs/swagger-ui.css', '/openapi.json', '/metrics', '/health/services']) expect(await bodyOf(path)).toEqual([404, null]);
    expect((await gw.fetch('/internal/metrics')).status).toBe(200);
    expect((await gw.fetch('/api/7')).seen.url).toBe('/api/7');
  });

  it('guarded like routes, and open where nothing else is said', async () => {
    await using gw = await gateway(`${USERS}
endpoints: { metrics: { authorize: { roles: [admin] } }, info: { authenticate: [users] }, docs: { authorize: deny } }
${OPEN.replace(', authenticate: none', '')}`);
    const as = async (path: string, role?: string) => (await gw.fetch(path, { headers: role === undefined ? {} : { authorization: `Bearer ${await token({ sub: '7', role })}` } })).status;
    expect([await as('/metrics'), await as('/metrics', 'guest'), await as('/metrics', 'admin')]).toEqual([401, 403, 200]);
    expect([await as('/gateway/info'), await as('/gateway/info', 'guest')]).toEqual([401, 200]);
    expect([await as('/docs'), await as('/docs/swagger-ui.css', 'guest')]).toEqual([401, 403]);
    expect([await as('/health'), await as('/openapi.json'), await as('/api/7')]).toEqual([200, 200, 401]);
  });

  it('change with a reload', async () => {
    await using gw = await gateway(OPEN);
    await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\nendpoints: { health: { at: /up, answer: { up: true } } }\n${OPEN}`);
    expect((await gw.fetch('/health')).status).toBe(404);
    expect((await gw.fetch('/up')).text).toBe('{"up":true}');
  });
});
