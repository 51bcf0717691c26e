import { parse } from 'yaml';
import { token } from '../support/jwt.js';
import { onBothWays } from './both-ways.js';
import { clients } from './meetinity.clients.js';
import { CLAIMS, Meetinity } from './meetinity.fixture.js';
import { MeetinityServices } from './stand-ins/meetinity.js';

const refusal = (code: number, message: string): object => ({ error: { code, message } });
/** What a page of the app sends of itself. */
const PAGE = { origin: 'http://localhost:5173' };

onBothWays((open) => {
  let services: MeetinityServices;
  let platform: Meetinity;
  let bearer: string;
  beforeAll(async () => {
    services = await MeetinityServices.start();
    platform = await Meetinity.open({ open, env: { ...services.env, TRUSTED_PROXIES: 'loopback', API_VERSION_DEPRECATIONS: 'v1=2025-01-31', API_VERSION_SUNSETS: 'v1=2027-01-31', API_VERSION_DEPRECATION_LINKS: 'v1=https://docs.example.org/v1', API_VERSION_WARNINGS: 'v1=Version v1 ends in 2027' }, services });
    bearer = await token(CLAIMS);
  });
  afterAll(() => platform[Symbol.asyncDispose]());
  beforeEach(() => { for (const service of [services.user, services.event, services.matching, services.messaging, services.analytics]) service.forget(); });

  describe('Meetinity: the checks of its own test suite', () => {
    it('O1: health with every dependency, at its paths', async () => {
      const { json, status, text } = await platform.fetch('/health');
      const up = (name: string): object => ({ status: 'up', details: { target: `/health/${name}`, status_code: 200, service: name, message: null } });
      expect([status, json()]).toEqual([200, {
        service: 'api-gateway', status: 'ok',
        dependencies: {
          gateway: expect.objectContaining({ status: 'up' }), ...Object.fromEntries(['user', 'event', 'matching', 'messaging', 'analytics', 'payment'].map((name) => [`${name}-service`, up(`${name}-service`)])),
          'service-registry': expect.objectContaining({ status: 'up' }), oidc: expect.objectContaining({ status: 'skipped' }), observability: expect.objectContaining({ status: 'up' }),
        },
        upstreams: { user_service: 'up', event_service: 'up', matching_service: 'up', messaging_service: 'up', analytics_service: 'up', payment_service: 'up' },
      }]);
      expect(text).not.toContain('127.0.0.1');
      for (const name of ['gateway', 'user-service', 'service-registry', 'observability']) expect((await platform.fetch(`/health/${name}`)).json()).toMatchObject({ service: name, status: 'up', details: {} });
      expect((await platform.fetch('/health/oidc')).json()).toMatchObject({ status: 'skipped' });
      expect([(await platform.fetch('/health/zzz')).status, (await platform.fetch('/health/zzz')).json()]).toEqual([404, { service: 'zzz', status: 'unknown', details: { message: 'No such dependency' } }]);
      for (const probe of ['/healthz', '/ready']) expect((await platform.fetch(probe)).status).toBe(200);
    });

    it.each(['/api/users/123', '/api/events/list', '/api/matching/find', '/api/conversations', '/v1/api/users/123', '/v2/api/profile/me'])('A1: %s without a token is 401, in its words; OPTIONS is not', async (path) => {
      const refused = await platform.fetch(path);
      expect([refused.status, refused.json()]).toEqual([401, refusal(401, 'Unauthorized')]);
      for (const headers of [{}, PAGE, { ...PAGE, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization,x-client-version,x-client-platform' }]) expect((await platform.fetch(path, { method: 'OPTIONS', headers })).status).toBe(204);
    });

    it('T1: a query arrives in its order, repeated or not', async () => {
      await platform.fetch('/api/users?tag=b&tag=a&page=2&tag=c%20d&empty=', { bearer });
      expect([...services.user.last.query]).toEqual([['tag', 'b'], ['tag', 'a'], ['page', '2'], ['tag', 'c d'], ['empty', '']]);
    });

    it('T1: several cookies stay apart, both ways; Authorization arrives, CORS of services does not leave', async () => {
      const { headers, json } = await platform.fetch('/api/auth/google', { json: {}, headers: { ...PAGE, authorization: 'Bearer whatever', cookie: 'session=abc; locale=fr' } });
      expect([json()['auth_url'], headers['set-cookie']]).toEqual(['https://accounts.example.org/google?state=abc', ['session=abc; HttpOnly; Path=/', 'locale=fr; Path=/']]);
      expect(services.user.last.headers).toMatchObject({ authorization: 'Bearer whatever', cookie: 'session=abc; locale=fr' });
      expect([headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers['server']]).toEqual(['*', undefined, undefined]);
    });

    it('O3: request ids, and what services hear of the client', async () => {
      const made = await platform.fetch('/api/users/1', { bearer, headers: { 'x-forwarded-for': '203.0.113.7' } });
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
      expect(services.user.last.headers).toMatchObject({ 'x-request-id': made.headers['x-request-id'], 'x-forwarded-for': '203.0.113.7, 127.0.0.1', 'x-forwarded-proto': 'http' });
      expect((await platform.fetch('/api/users/2', { bearer, headers: { 'x-request-id': 'from-the-client' } })).headers['x-request-id']).toBe('from-the-client');
      expect(services.user.last.headers['x-request-id']).toBe('from-the-client');
    });

    it.each<[path: string, service: 'user' | 'event' | 'matching' | 'messaging' | 'analytics', to: string]>([
      ['/api/users/123', 'user', '/users/123'], ['/api/profile/me', 'user', '/profile/me'], ['/api/events/list', 'event', '/events/list'], ['/api/matching/find', 'matching', '/matching/find'],
      ['/api/events/events/500', 'event', '/events/500'], ['/api/matching/matches/7', 'matching', '/matches/7'], ['/api/conversations', 'messaging', '/conversations'], ['/api/analytics/reports/daily', 'analytics', '/reports/daily'],
    ])('T2: %s goes to %s as %s, bare and below both versions', async (path, service, to) => {
      for (const mount of ['', '/v1', '/v2']) await platform.fetch(`${mount}${path}?mount=${mount}`, { bearer });
      expect(services[service].heard.map((heard) => heard.path)).toEqual([to, to, to]);
      expect((await platform.fetch(`/v3${path}`, { bearer })).json()).toEqual(refusal(404, 'Not Found'));
    });

    it('T2: a version that goes away says so, the other one does not', async () => {
      for (const path of ['/v1/api/users/1', '/api/users/1']) {
        expect((await platform.fetch(path, { bearer })).headers).toMatchObject({ deprecation: '@1738281600', sunset: 'Sun, 31 Jan 2027 00:00:00 GMT', link: '<https://docs.example.org/v1>; rel="deprecation"', warning: '299 - "Version v1 ends in 2027"' });
      }
      for (const name of ['deprecation', 'sunset', 'warning']) expect((await platform.fetch('/v2/api/users/1', { bearer })).headers).not.toHaveProperty(name);
    });

    it('O7: the document as YAML, and as JSON where that is asked', async () => {
      const { headers, text } = await platform.fetch('/docs');
      const document = parse(text) as { openapi: string; info: { title: string }; paths: object };
      expect([headers['content-type'], document.openapi, document.info.title]).toEqual([expect.stringContaining('yaml'), '3.0.3', 'Meetinity API Gateway']);
      expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/health', '/api/auth/{rest}', '/v2/api/users/{rest}']));
      expect((await platform.fetch('/docs?format=json')).json()).toMatchObject({ openapi: '3.0.3' });
    });

    it('C1: what is read twice is asked once, by each caller for himself; no error is kept', async () => {
      const other = await token({ ...CLAIMS, sub: 9001 });
      for (const who of [bearer, bearer, other]) await platform.fetch('/api/users/77', { bearer: who });
      expect(services.user.heard).toHaveLength(2);
      for (let i = 0; i < 2; i++) expect((await platform.fetch('/api/events/404', { bearer })).status).toBe(404);
      expect(services.event.heard).toHaveLength(2);
      await platform.fetch('/api/users/77', { method: 'PUT', json: { name: 'Zoë' }, bearer });
      await platform.fetch('/api/users/77', { bearer });
      expect(services.user.heard).toHaveLength(4);
    });

    it('T5: compressed when asked', async () => {
      const restore = services.user.on('GET /users/:id', () => ({ json: { text: 'a'.repeat(2_000) } }));
      const encoded = async (path: string, encoding: string): Promise<unknown> => (await platform.fetch(path, { bearer, headers: { 'accept-encoding': encoding } })).headers['content-encoding'];
      expect([await encoded('/api/users/5', 'gzip'), await encoded('/api/users/6', 'br, gzip'), await encoded('/api/users/8', 'identity'), await encoded('/api/auth/session', 'gzip')]).toEqual(['gzip', 'br', undefined, undefined]);
      restore();
    });

    it('O2: metrics under its names, by the pattern of the route', async () => {
      await platform.fetch('/api/users/9', { bearer });
      const { headers, text } = await platform.fetch('/metrics');
      expect(headers['content-type']).toMatch(/^text\/plain/);
      for (const line of [
        /^api_gateway_http_requests_total\{method="GET",endpoint="\/api\/users\/\*\*",status="200"\} \d+$/m, /^api_gateway_http_request_duration_seconds_bucket\{method="GET",endpoint="\/api\/users\/\*\*",le="0\.25"\} \d+$/m,
        /^api_gateway_upstream_request_duration_seconds_count\{service="user-service",status="200"\} \d+$/m, /^# TYPE api_gateway_upstream_failures_total counter$/m, /^http_requests_total\{service="api-gateway",method="GET",endpoint="\/api\/users\/\*\*",status="200"\} \d+$/m,
      ]) expect(text).toMatch(line);
    });

    it.each(['/graphql', '/graphql/schema', '/graphql/metadata', '/graphql/operations'])('%s is off unless the operator has a router', async (path) => {
      const { json, status } = await platform.fetch(path);
      expect([status, json()]).toEqual([404, refusal(404, 'GraphQL federation disabled')]);
    });
  });

  describe('Meetinity: the suite across its services', () => {
    it('a token of user-service is verified, a registration made, listed and cancelled, a swipe makes a match', async () => {
      const verified = await platform.fetch('/api/auth/verify', { json: { token: bearer } });
      expect([verified.status, verified.json()]).toEqual([200, { valid: true, user: expect.objectContaining({ id: 9000 }) }]);
      const at = '/api/events/events/500';
      const joined = await platform.fetch(`${at}/join`, { json: { user_id: 9000 }, bearer });
      expect([joined.status, joined.json()]).toEqual([201, { registration: { event_id: 500, status: 'confirmed' } }]);
      expect((await platform.fetch(`${at}/registrations`, { bearer })).json()).toEqual({ registrations: [{ user_id: 9000 }] });
      expect((await platform.fetch(`${at}/join`, { method: 'DELETE', bearer })).status).toBe(204);
      const swiped = await platform.fetch('/api/matching/swipe', { json: { user_id: 9000, target_id: 2, action: 'like' }, bearer });
      expect([swiped.status, swiped.json()]).toEqual([200, { match: true, users: [9000, 2] }]);
    });

    it('the shapes of five services arrive as they are', async () => {
      const told = async (path: string): Promise<unknown> => {
        const { headers, status, text } = await platform.fetch(path, { bearer });
        return [status, headers['content-type']?.includes('html') ? text.slice(0, 15) : JSON.parse(text)];
      };
      expect(await Promise.all(['/api/profile/x', '/api/events/events/404', '/api/conversations/9', '/api/matching/find', '/api/analytics/none'].map(told))).toEqual([
        [404, { error: { code: 'NOT_FOUND', message: 'Resource not found', details: {} } }], [404, { error: { code: 404, message: 'Event not found' } }],
        [404, { error: 404, message: 'Ressource introuvable' }], [404, '<!doctype html>'], [404, { error: 'NOT_FOUND', message: 'No such report' }],
      ]);
    });
  });

  clients(() => ({ platform, services, bearer }));
});
