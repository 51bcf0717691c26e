import { SECRET, token } from '../support/jwt.js';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

const KEY = 'a-raw-key-that-nobody-may-see-0123456789';
const YAML = `info: { name: api-gateway, version: "2.0" }
versions: { names: [v1, v2], default: v1 }
authenticate:
  users: { use: jwt, secret: "${SECRET}", algorithms: [HS256], claims: { id: sub, role: role } }
  keys: { use: api-key, keys: { mobile: "${KEY}" } }
services: { echo: { targets: "\${ECHO}" }, dead: { targets: "http://127.0.0.1:1" } }
policies: { staff: { authenticate: [users], authorize: { roles: [admin] } } }
endpoints:
  analytics: { at: [/stats, /stats.csv], use: [staff] }
  meetinity:
    serve: analytics
    at: /internal/analytics
    use: [staff]
    format: csv
    answer: { total_requests: "{totalRequests}", per_endpoint: "{perEndpoint}", per_method: "{perMethod}", per_status_code: "{perStatusCode}", per_version: "{perVersion}", average_latency_ms: "{averageLatencyMs}", api_key_usage: "{apiKeyUsage}" }
routes:
  users: { match: { path: "/api/users/:id" }, to: echo, authenticate: { any: [users, keys], optional: true } }
  gone: { match: { path: /api/gone }, to: dead, authenticate: none }`;

describe('34: analytics', () => {
  let gw: TestGateway;
  let admin: Record<string, string>;
  beforeAll(async () => {
    gw = await gateway(YAML);
    admin = { authorization: `Bearer ${await token({ sub: 'root', role: 'admin' })}` };
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  const told = (path: string, headers: Record<string, string> = {}): Promise<Reply> => gw.fetch(path, { headers: { ...admin, ...headers } });

  it('counts calls by what they were and who made them, never by a path or a key of a client', async () => {
    await gw.fetch('/api/users/secret-1');
    await gw.fetch('/v2/api/users/secret-2', { method: 'POST', body: 'abc', headers: { 'x-api-key': KEY } });
    await gw.fetch('/api/users/secret-3', { headers: { authorization: `Bearer ${await token({ sub: '42' })}` } });
    await gw.fetch('/api/gone');
    const { json, text } = await told('/stats');
    expect(text).not.toMatch(/secret-|a-raw-key/);
    expect(json()).toEqual({
      since: expect.stringMatching(/^\d{4}-/), totalRequests: 4, totalErrors: 1, bytesIn: 3, bytesOut: expect.any(Number),
      perEndpoint: { '/api/users/:id': 3, '/api/gone': 1 }, perMethod: { GET: 3, POST: 1 }, perStatusCode: { 200: 3, 502: 1 }, perVersion: { v1: 3, v2: 1 },
      averageLatencyMs: { 'GET /api/users/:id': expect.any(Number), 'POST /api/users/:id': expect.any(Number), 'GET /api/gone': expect.any(Number) },
      apiKeyUsage: { mobile: 1 },
      perConsumer: { '(anonymous)': expect.objectContaining({ requests: 2, errors: 1 }), 'keys:mobile': expect.objectContaining({ requests: 1, bytesIn: 3 }), 'users:42': expect.objectContaining({ requests: 1 }) },
      perService: { echo: { requests: 3, errors: 0, averageLatencyMs: expect.any(Number) }, dead: { requests: 1, errors: 1, averageLatencyMs: expect.any(Number) } },
    });
  });

  it('folds all but the first names together', async () => {
    expect((await told('/stats?top=1')).json()).toMatchObject({ perService: { echo: { requests: 3 }, '(others)': { requests: 1 } } });
    for (const wrong of ['0', '1001', 'x', '-1']) expect((await told(`/stats?top=${wrong}`)).status).toBe(422);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['/stats', {}, false], ['/stats?format=csv', {}, true], ['/stats', { accept: 'text/csv' }, true], ['/stats.csv', { accept: 'application/json' }, true],
    ['/internal/analytics', {}, true], ['/internal/analytics', { accept: 'application/json' }, false], ['/internal/analytics?format=json', {}, false],
  ])('%s with %j', async (path, headers, csv) => {
    const { headers: head, text } = await told(path, headers);
    expect(head['content-type']).toBe(csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8');
    if (csv) expect(text).toMatch(/^name,value\r\n/);
    else expect(JSON.parse(text)).toBeInstanceOf(Object);
  });

  it('M2: in the platform’s own shape', async () => {
    expect((await told('/internal/analytics?format=json')).json()).toMatchObject({ per_endpoint: { '/api/users/:id': 3 }, per_version: { v2: 1 }, api_key_usage: { mobile: 1 }, average_latency_ms: { 'GET /api/users/:id': expect.any(Number) } });
    expect((await told('/internal/analytics')).text.split('\r\n')).toEqual(expect.arrayContaining(['per_endpoint::/api/users/:id,3', 'api_key_usage::mobile,1', 'per_version::v2,1']));
  });

  it('is for those whom the file names, and begins anew for them alone', async () => {
    const somebody = { authorization: `Bearer ${await token({ sub: '42' })}` };
    for (const path of ['/stats', '/internal/analytics']) expect([(await gw.fetch(path)).status, (await gw.fetch(path, { headers: somebody })).status]).toEqual([401, 403]);
    expect((await gw.fetch('/stats/reset', { method: 'POST', headers: somebody })).status).toBe(403);
    expect((await gw.fetch('/stats/nothing', { headers: admin })).status).toBe(404);
    const reset = await gw.fetch('/stats/reset', { method: 'POST', headers: admin });
    expect(reset.status).toBe(200);
    // Its own end is the first thing that is counted again.
    expect((await told('/stats')).json()).toMatchObject({ since: reset.json()['since'], perEndpoint: { '/stats': 1 }, perService: {} });
  });

  it.each([
    ['endpoints: { analytics: { at: /stats } }', 'this must say by itself who may call it'],
    ['endpoints: { analytics: { at: /stats, authenticate: none } }', 'this must say by itself who may call it'],
    ['endpoints: { analytics: { at: /stats, authorize: { roles: [a] }, answer: "{nothing}" } }\nauthenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] } }', 'endpoints.analytics.answer: "{nothing}"'],
  ])('refuses %s', async (yaml, message) => {
    await expect(gateway(yaml, { env: { SECRET } })).rejects.toThrow(message);
  });
});
