import { Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { APP_FILTER } from '@nestjs/core';
import { Answer, events, Exchange, type Route } from '#libs/kernel';
import { echoService, type EchoService } from '#libs/testing';
import { Fleet, SoloFleet } from '../cluster/index.js';
import { ConfigStore, type EndpointConfig, type ServiceConfig } from '../config/index.js';
import { bindExchange } from '../http/exchange-of.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { ServiceDirectory, type Services } from '../services/index.js';
import { liveService } from '../services/live-service.fixture.js';
import { checkAnswers } from './check-answers.js';
import { HealthModule } from './health.module.js';
import { Readiness } from './readiness.js';

const WORDS = { up: 'healthy', degraded: 'degraded', down: 'unhealthy' };
const endpoint = (serve: string, more: Partial<EndpointConfig> = {}) => ({ serve, at: [`/${serve}`], authenticate: 'none', words: WORDS, status: { down: 200 }, ...more });
const directory: { services: Services } = { services: new Map() };
const store = { current: { config: {} as Record<string, unknown> } };

@Module({ providers: [{ provide: ConfigStore, useValue: store }, { provide: Fleet, useClass: SoloFleet }, { provide: APP_FILTER, useClass: ProblemFilter }], exports: [ConfigStore, Fleet] })
class Givens {}

let app: NestFastifyApplication;
let up: EchoService;

function configure(endpoints: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const service = (url: string) => ({ targets: [{ url, weight: 1 }], health: { path: '/health', timeout: 10_000, status: [200], json: {}, degraded: [], show: [] }, protocol: 'http1', networks: ['loopback'] });
  const services = { 'auth-service': service(up.url), 'user-service': service('http://127.0.0.1:1') };
  directory.services = new Map(Object.entries(services).map(([name, config]) => [name, liveService(name, config.targets.map(({ url }) => url), config as unknown as ServiceConfig)]));
  store.current.config = { info: { title: 'T', name: 'gateway-service', version: '1.0.0', environment: 'test' }, hash: 'abc', routes: {}, roles: { alias: {}, implies: {} }, services, endpoints, ...more };
}

async function get(name: string, serve = name, params: Record<string, string> = {}) {
  exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
  const problems = { render: (problem: { status: number; type: { code: string }; extras: object }) => Answer.json(problem.status, { code: problem.type.code, ...problem.extras }) };
  Object.assign(exchange, { params, route: { name: `endpoint:${name}`, guards: [] as readonly object[], head: { apply: () => undefined }, problems } as unknown as Route });
  const { statusCode, body, headers } = await app.inject({ method: 'GET', url: `/~/${serve}` });
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown>, headers };
}
let exchange: Exchange;

beforeAll(async () => {
  up = await echoService();
  const testing = await Test.createTestingModule({ imports: [{ module: Givens, global: true }, HealthModule] }).overrideProvider(ServiceDirectory).useValue(directory).compile();
  app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.getHttpAdapter().getInstance().addHook('onRequest', (request, _reply, done) => {
    bindExchange(request.raw, exchange);
    done();
  });
  await app.init();
});
afterAll(async () => {
  await app.close();
  await up.close();
});

describe('health, live, ready', () => {
  it('health is about the gateway, whatever its services do', async () => {
    configure({ health: endpoint('health') });
    const before = up.requests.length;
    const { status, body, headers } = await get('health');
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({ status: 'healthy', service: 'gateway-service', version: '1.0.0', environment: 'test', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string, uptime: expect.any(Number) as number });
    expect(up.requests.length).toBe(before);
  });

  it('one built-in has as many shapes as entries', async () => {
    configure({ a: endpoint('health', { answer: { status: '{status}', service: 'api-gateway' }, words: { ...WORDS, up: 'ok' } }), b: endpoint('health', { answer: { up: true } }) });
    expect([(await get('a', 'health')).body, (await get('b', 'health')).body]).toEqual([{ status: 'ok', service: 'api-gateway' }, { up: true }]);
  });

  it('an endpoint that a reload took away is not found', async () => {
    configure({});
    expect(await get('health')).toMatchObject({ status: 404, body: { code: 'route-not-found' } });
  });

  it('ready follows the configuration and the end', async () => {
    configure({ ready: endpoint('ready'), live: endpoint('live') });
    const report = { file: 'f', version: 'abc', errors: [] };
    expect(await get('ready')).toMatchObject({ status: 503, body: { code: 'draining' } });
    events.configurationApplied.publish(report);
    expect(await get('ready')).toMatchObject({ status: 200, body: { status: 'healthy', configuration: 'abc' } });
    events.configurationLoadFailed.publish({ ...report, errors: ['secret detail', 'x'] });
    const failed = await get('ready');
    expect(failed).toMatchObject({ status: 200, body: { configuration: 'abc', failedReload: { outcome: 'load-failed', errors: 2, at: expect.any(String) as string } } });
    expect(JSON.stringify(failed.body)).not.toContain('secret detail');
    events.configurationApplied.publish(report);
    expect((await get('ready')).body).not.toHaveProperty('failedReload');
    app.get(Readiness).drain();
    expect(await get('ready')).toMatchObject({ status: 503, body: { code: 'draining' } });
    expect(await get('live')).toMatchObject({ status: 200, body: { status: 'healthy' } });
  });
});

describe('services, service', () => {
  it('tell every service without its address', async () => {
    configure({ services: endpoint('services') });
    const { status, body } = await get('services');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'degraded', healthyServices: 1, totalServices: 2, timestamp: expect.any(String) as string,
      services: {
        'auth-service': { status: 'healthy', message: null, latency: expect.any(Number) as number, targets: [{ status: 'healthy', available: true, message: null, latency: expect.any(Number) as number }] },
        'user-service': { status: 'unhealthy', message: 'refused the connection', latency: expect.any(Number) as number, targets: [{ status: 'unhealthy', available: true, message: 'refused the connection', latency: expect.any(Number) as number }] },
      },
    });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('can be said as another gateway said it', async () => {
    configure({
      services: endpoint('services', {
        answer: {
          status: '{status}', healthy_services: '{healthyServices}', total_services: '{totalServices}',
          services: { '{service}': { healthy: '{healthy}', message: '{message}', url: '{url}' } }, timestamp: '{timestamp}',
        },
      }),
    });
    expect((await get('services')).body).toEqual({
      status: 'degraded', healthy_services: 1, total_services: 2, timestamp: expect.any(String) as string,
      services: { 'auth-service': { healthy: true, message: null, url: up.url }, 'user-service': { healthy: false, message: 'refused the connection', url: 'http://127.0.0.1:1' } },
    });
  });

  it('have the status and the words of the file', async () => {
    configure({ all: endpoint('services', { status: { down: 503 }, words: { up: 'ok', degraded: 'limping', down: 'error' }, answer: { s: '{status}', upstreams: { '{service}': ['{status}', '{state}'] } } }) });
    expect(await get('all', 'services')).toMatchObject({ status: 503, body: { s: 'limping', upstreams: { 'auth-service': ['ok', 'up'], 'user-service': ['error', 'down'] } } });
  });

  it.each([
    ['auth-service', 200, { service: 'auth-service', status: 'healthy', message: null }],
    ['user%2Dservice', 503, { service: 'user-service', status: 'unhealthy', message: 'refused the connection' }],
    ['zzz', 404, { code: 'unknown-service', members: { service: 'zzz', services: ['auth-service', 'user-service'] } }],
    ['__proto__', 404, { code: 'unknown-service' }],
    ['%', 404, { code: 'unknown-service' }],
  ])('service %s answers %i', async (service, status, body) => {
    configure({ service: endpoint('service', { status: { down: 503 } }) });
    expect(await get('service', 'service', { service })).toMatchObject({ status, body });
  });
});

describe('info', () => {
  const route = (path: string, authenticate: 'none' | string[], authorize: unknown = 'any') => ({ match: { path: [path] }, authenticate, authorize });
  const routes = {
    login: route('/api/v1/auth/login', 'none'),
    auth: route('/api/v1/auth/**', ['users']),
    users: route('/api/v1/users/**', ['users'], { roles: ['admin'] }),
    attendance: route('/api/v1/attendance/**', ['users'], { roles: { any: ['teacher', 'admin'] } }),
    both: route('/api/v1/both/**', ['users'], { roles: { all: ['teacher', 'admin'] } }),
  };

  it('is short by itself', async () => {
    configure({ info: endpoint('info') }, { routes });
    expect((await get('info')).body).toEqual({ service: 'gateway-service', version: '1.0.0', environment: 'test', routes: 5, services: ['auth-service', 'user-service'], hash: 'abc', uptime: expect.any(Number) as number });
  });

  it('can list who may use what', async () => {
    const answer = { services: '{prefixes}', public_routes: '{publicRoutes}', admin_routes: '{routesByRole.admin}', teacher_routes: '{routesByRole.teacher}', none: '{routesByRole.parent}' };
    configure({ info: endpoint('info', { answer }), metrics: endpoint('metrics', { authenticate: ['users'] }) }, { routes });
    expect((await get('info')).body).toEqual({
      services: ['/api/v1/auth/login', '/api/v1/auth', '/api/v1/users', '/api/v1/attendance', '/api/v1/both'],
      public_routes: ['/api/v1/auth/login', '/info'],
      admin_routes: ['/api/v1/users', '/api/v1/attendance'],
      teacher_routes: ['/api/v1/attendance'],
      none: [],
    });
  });

  it.each([
    [{ implies: { admin: ['teacher'] }, alias: {} }, ['/api/v1/users', '/api/v1/attendance', '/api/v1/both']],
    [{ superuser: 'admin', implies: {}, alias: {} }, ['/api/v1/users', '/api/v1/attendance', '/api/v1/both']],
  ])('reads roles as the guards do: %j', async (roles, expected) => {
    configure({ info: endpoint('info', { answer: '{routesByRole.admin}' }) }, { routes, roles });
    expect((await get('info')).body).toEqual(expected);
  });
});

describe('checkAnswers', () => {
  it('names the endpoint whose template is wrong', () => {
    expect(() => checkAnswers({ endpoints: { fine: endpoint('info'), docs: endpoint('docs'), bad: endpoint('services', { answer: { a: '{nope}' } }) } as never })).toThrow(/endpoints\.bad\.answer: .*\{nope\}.*healthyServices/);
  });
});
