import { SignJWT } from 'jose';
import { echoService, until } from '#libs/testing';
import { LogDestination } from '../../src/telemetry/log-destination.js';
import { token } from '../support/jwt.js';
import { open, refused, socketService } from '../support/websocket.js';
import { CLAIMS, Meetinity, meetinity } from './meetinity.fixture.js';
import { MeetinityServices } from './stand-ins/meetinity.js';

const refusal = (code: number, message: string): object => ({ error: { code, message } });

describe('Meetinity: what its variables change', () => {
  it('L1: ten a minute, whichever way a caller comes; when to come back is the one thing that is said of it', async () => {
    await using platform = await meetinity({ RATE_LIMIT_AUTH: '10/minute', RATE_LIMIT_EVENTS: '3 per minute', API_KEYS: 'web:web-key,partner:partner-key', RATE_LIMIT_MATCHING: '1/minute' });
    const keys = { 'x-api-key': 'web-key' };
    const paths = ['/api/auth', '/api/auth/google', '/v1/api/auth/google', '/v2/api/auth/linkedin', '/auth/refresh'];
    for (let i = 0; i < 10; i++) expect((await platform.fetch(paths[i % 5] as string, { method: 'POST', headers: keys })).status).toBe(200);
    const limited = await platform.fetch('/api/auth/google', { headers: { ...keys, origin: 'http://localhost:5173' } });
    expect([limited.status, limited.json(), limited.headers['access-control-allow-origin']]).toEqual([429, refusal(429, 'Too Many Requests'), '*']);
    expect(Object.keys(limited.headers).filter((name) => /ratelimit|retry/.test(name))).toEqual(['retry-after']);
    expect((await platform.fetch('/api/auth/google', { headers: { 'x-api-key': 'partner-key' } })).status).toBe(200);
    expect((await platform.fetch('/api/auth/google', { headers: { 'x-api-key': 'made-up' } })).status).toBe(403);
    const [ada, bob] = await Promise.all([token(CLAIMS), token({ ...CLAIMS, sub: 2 })]);
    const statuses = [];
    for (const [path, bearer] of [['/api/events', ada], ['/events/7', ada], ['/v2/api/events/events/7', ada], ['/api/events/list', ada], ['/api/events', bob], ['/api/matching/find', ada], ['/matches', ada], ['/api/users', ada]] as const) statuses.push((await platform.fetch(path, { bearer, headers: keys })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 200, 200, 429, 200]);
  });

  it('C1, T5: no cache, or one that goes by its own clock; no compression', async () => {
    const service = await echoService((_request, response) => { response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify('a'.repeat(1_000))); });
    const bearer = await token(CLAIMS);
    for (const [env, asked, encoding] of [[{ COMPRESSION_ENABLED: 'false' }, 2, undefined], [{ CACHE_RESPECT: 'off' }, 3, 'gzip'], [{ CACHE_ENABLED: 'false', COMPRESSION_MIN_SIZE: '2000' }, 5, undefined]] as const) {
      await using platform = await Meetinity.open({ env: { USER_SERVICE_URL: service.url, ...env } });
      for (let i = 0; i < 2; i++) expect((await platform.fetch('/api/users', { bearer, headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding']).toBe(encoding);
      expect(service.requests).toHaveLength(asked);
    }
    await service.close();
  });

  it('M3: GraphQL with a router, which gets four headers and no other', async () => {
    const router = await echoService();
    await using platform = await meetinity({ GRAPHQL_ENABLED: 'true', GRAPHQL_ROUTER_URL: router.url, GRAPHQL_SUPERGRAPH_VERSION: '7' });
    const { seen } = await platform.fetch('/graphql', { json: { query: '{me}' }, headers: { authorization: 'Bearer t', cookie: 'a=b', 'x-secret': 's' } });
    expect(seen).toMatchObject({ method: 'POST', url: '/graphql', body: '{"query":"{me}"}', headers: { authorization: 'Bearer t', 'content-type': 'application/json', 'x-request-id': expect.any(String) } });
    for (const name of ['cookie', 'x-secret']) expect(seen.headers).not.toHaveProperty(name);
    expect((await platform.fetch('/graphql/metadata')).json()).toMatchObject({ version: '7', operations: {}, subgraphs: [] });
    expect((await platform.fetch('/metrics')).text).toMatch(/^api_gateway_graphql_supergraph_info\{version="7"\} 1$/m);
    await router.close();
    await using without = await meetinity({ GRAPHQL_ENABLED: 'true' });
    expect([(await without.fetch('/graphql')).status, (await without.fetch('/graphql')).json()]).toEqual([503, refusal(503, 'Service Unavailable')]);
  });

  it('O14: analytics and the operator’s door are for operators, and for nobody where there are none', async () => {
    const keys = { 'x-operator-key': 'let-me-in-please' };
    await using platform = await meetinity({ OPERATOR_KEYS: 'ops:let-me-in-please', API_KEYS: 'web:web-key' });
    await platform.fetch('/v2/api/auth/google', { headers: { 'x-api-key': 'web-key' } });
    const analytics = await platform.fetch('/internal/analytics', { headers: keys });
    expect(analytics.json()).toMatchObject({ total_requests: 1, per_endpoint: { '/api/auth/**': 1 }, per_method: { GET: 1 }, per_status_code: { 200: 1 }, per_version: { v2: 1 }, average_latency_ms: { 'GET /api/auth/**': expect.any(Number) }, api_key_usage: { web: 1 } });
    expect((await platform.fetch('/internal/analytics?format=csv', { headers: keys })).text).toContain('per_endpoint::/api/auth/**,1');
    expect((await platform.fetch('/internal/admin/services', { headers: keys })).status).toBe(200);
    await using closed = await meetinity();
    const bearer = await token(CLAIMS);
    for (const [door, headers] of [[platform, { 'x-api-key': 'web-key', authorization: `Bearer ${bearer}` }], [closed, { ...keys, authorization: `Bearer ${bearer}` }]] as const) {
      for (const path of ['/internal/analytics', '/internal/admin/services']) expect((await door.fetch(path, { headers })).status).toBe(401);
    }
  });

  it('O4: its log line is JSON in a message, with the query and without what is secret in it', async () => {
    await using platform = await meetinity({ PASSERELLE__LOG__LEVEL: 'info', PASSERELLE__LOG__ACCESS: 'on', TRUSTED_PROXIES: 'loopback' });
    const written: string[] = [];
    platform.platform.gateway.app.get(LogDestination).write = (line: string) => { written.push(line); };
    const bearer = await token(CLAIMS);
    const { headers } = await platform.fetch(`/api/users/7?page=2&token=${bearer}`, { bearer, headers: { 'x-forwarded-for': '203.0.113.7', referer: 'http://localhost:5173/', 'user-agent': 'tests', host: 'api.example.org' } });
    const find = () => written.map((each) => JSON.parse(each) as Record<string, string>).find((each) => each['message']?.includes('"method"'));
    await until(() => find() !== undefined);
    const line = find() as Record<string, string>;
    expect(line).toEqual({ timestamp: expect.stringMatching(/Z$/), level: 'info', logger: 'api-gateway', message: expect.any(String) });
    expect(JSON.parse(line['message'] as string)).toMatchObject({
      method: 'GET', path: expect.stringMatching(/^\/api\/users\/7\?page=2/), status: 200, duration_ms: expect.any(Number), ip: '203.0.113.7', request_id: headers['x-request-id'], route: 'users',
      user_agent: 'tests', referer: 'http://localhost:5173/', host: 'api.example.org', user_id: '9000', trace_id: expect.stringMatching(/^[0-9a-f]{32}$/), span_id: null,
    });
    expect(written.join('')).not.toContain(bearer);
  });
});

describe('Meetinity, T13: sockets of messaging', () => {
  it('Socket.IO becomes a WebSocket with the token in the query, also where there are API keys; a page without one is told', async () => {
    const messaging = await socketService();
    await using platform = await meetinity({ MESSAGING_SERVICE_URL: messaging.url, API_KEYS: 'web:web-key' });
    const next = messaging.next();
    const socket = await open(`${platform.url}/socket.io/?EIO=4&transport=websocket&token=${await token(CLAIMS)}`, { origin: 'http://localhost:5173' });
    const { request } = await next;
    expect([request.url, request.headers.authorization]).toEqual(['/socket.io/?EIO=4&transport=websocket', 'Bearer user:9000']);
    const echoed = new Promise((resolve) => { socket.once('message', (data: Buffer) => resolve(data.toString())); });
    socket.send('42["join_conversation",{"id":1}]');
    expect(await echoed).toBe('42["join_conversation",{"id":1}]');
    socket.terminate();
    expect([(await refused(`${platform.url}/socket.io/?EIO=4`)).status, (await refused(`${platform.url}/api/conversations?token=${await token(CLAIMS)}`)).status]).toEqual([401, 401]);
    await messaging.close();
  });
});

it('Meetinity: the secret its services begin with is short, and still checks their tokens', async () => {
  await using platform = await meetinity({ JWT_SECRET: 'change_me' });
  const signed = await new SignJWT(CLAIMS as Record<string, unknown>).setProtectedHeader({ alg: 'HS256' }).setIssuedAt().setExpirationTime('1h').sign(new TextEncoder().encode('change_me'));
  expect((await platform.fetch('/api/events/events/500/join', { json: {}, bearer: signed })).seen).toMatchObject({ url: '/events/500/join', headers: { 'x-user-id': '9000' } });
});

describe('M1: the first gateway', () => {
  const file = 'deploy/platforms/meetinity/gateway.v1.yaml';

  it('X4: three prefixes, errors that are a text, a health that is always 200', async () => {
    const services = await MeetinityServices.start();
    await using first = await Meetinity.open({ file, env: { USER_SERVICE_URL: services.user.url, RATE_LIMIT_AUTH: '2/minute', CORS_ORIGINS: 'http://localhost:5173' }, services });
    const bearer = await token(CLAIMS);
    const told = async (path: string, signedIn = false): Promise<unknown> => {
      const { status, text } = await first.fetch(path, signedIn ? { bearer } : {});
      return [status, JSON.parse(text) as unknown];
    };
    expect([await told('/api/users/7'), (await told('/api/users/7', true)), await told('/api/nothing'), await told('/v1/api/users/7', true)]).toEqual([
      [401, { error: 'Unauthorized' }], [200, expect.objectContaining({ id: 7 })], [404, { error: 'Not Found' }], [404, { error: 'Not Found' }],
    ]);
    expect(await told('/health')).toEqual([200, { status: 'ok', service: 'api-gateway', upstreams: { user_service: 'up' } }]);
    for (let i = 0; i < 2; i++) expect((await first.fetch('/api/auth/google', { json: {} })).headers['set-cookie']).toHaveLength(2);
    expect(await told('/api/auth/profile')).toEqual([429, { error: 'Too Many Requests' }]);
    const page = await first.fetch('/api/users', { bearer, headers: { origin: 'http://localhost:5173' } });
    expect([page.headers['access-control-allow-origin'], (await first.fetch('/api/users', { bearer, headers: { origin: 'https://evil.example.org' } })).headers['access-control-allow-origin']]).toEqual(['http://localhost:5173', undefined]);
  });

  it('X4: a service that is away is 502, and health says down, with 200', async () => {
    await using first = await Meetinity.open({ file, env: { USER_SERVICE_URL: 'http://127.0.0.1:1' } });
    const [users, health] = [await first.fetch('/api/users', { bearer: await token(CLAIMS) }), await first.fetch('/health')];
    expect([users.status, users.json(), health.status, health.json()]).toEqual([502, { error: 'Bad gateway' }, 200, { status: 'ok', service: 'api-gateway', upstreams: { user_service: 'down' } }]);
  });
});
