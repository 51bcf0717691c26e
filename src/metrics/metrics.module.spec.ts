import { Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { events, Exchange, type Route } from '#libs/kernel';
import { Fleet, SoloFleet } from '../cluster/index.js';
import { ConfigStore } from '../config/index.js';
import { bindExchange } from '../http/exchange-of.js';
import { MetricsModule } from './metrics.module.js';

const METRICS = {
  names: { requests: 'platform_requests_total', duration: 'platform_duration_seconds', active: 'platform_active', 'config-info': 'platform_config' },
  labels: { method: 'verb', endpoint: 'route', status: 'code' },
  aliases: {
    http_requests_total: { series: 'requests', labels: { method: 'how' }, add: { service: 'api-gateway' }, where: { status_code: '200' } },
    none_requests_total: { series: 'requests', labels: {}, add: {}, where: { status_code: '404' } },
    upstream_seconds: { series: 'service-duration-by-status', labels: { status: 'code' }, add: {}, where: {} },
    graph_info: { series: 'up', labels: {}, add: { version: '2' }, where: {} },
    heap_bytes: { series: 'process_resident_memory_bytes', labels: {}, add: {}, where: {} },
  },
  buckets: [0.1, 1],
  exemplars: true,
  targets: 'digest',
};

@Module({ providers: [{ provide: ConfigStore, useValue: { current: { config: { metrics: METRICS, tls: null, services: {} } } } }, { provide: Fleet, useClass: SoloFleet }], exports: [ConfigStore, Fleet] })
class Givens {}

describe('MetricsModule', () => {
  let app: NestFastifyApplication;
  const route = { template: '/users/**', service: { name: 'user-service' }, endpoint: null, guards: [] as readonly object[] } as Route;
  const arrive = () => new Exchange({ method: 'GET', path: '/users/7', query: '', headers: {}, rawHeaders: [], startedAt: performance.now() });

  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [{ module: Givens, global: true }, MetricsModule] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.getHttpAdapter().getInstance().addHook('onRequest', (request, _reply, done) => {
      bindExchange(request.raw, Object.assign(arrive(), { route }));
      done();
    });
    await app.init();
    events.configurationApplied.publish({ file: 'f', version: 'abc', errors: [] });
    events.configurationLoadFailed.publish({ file: 'f', version: '', errors: ['x'] });
    const exchange = arrive();
    events.exchangeOpened.publish(exchange);
    events.exchangeClosed.publish(Object.assign(exchange, { route, status: 200, tries: 1, targetTime: 5 }));
  });
  afterAll(() => app.close());

  const scrape = (accept?: string) => app.inject({ method: 'GET', url: '/~/metrics', ...(accept ? { headers: { accept } } : {}) });

  it('answers under the names and labels of the file', async () => {
    const { statusCode, headers, body } = await scrape();
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', 'no-store']);
    expect(body.split('\n')).toEqual(expect.arrayContaining([
      'platform_requests_total{verb="GET",route="/users/**",code="200"} 1',
      'http_requests_total{service="api-gateway",how="GET",route="/users/**"} 1',
      'upstream_seconds_bucket{service="user-service",code="200",le="0.1"} 1',
      'upstream_seconds_count{service="user-service",code="200"} 1',
      'graph_info{version="2"} 1',
      'gateway_up 1',
      'platform_duration_seconds_bucket{verb="GET",route="/users/**",le="0.1"} 1',
      'platform_duration_seconds_count{verb="GET",route="/users/**"} 1',
      'platform_active 0',
      'gateway_service_requests_total{service="user-service",status="200"} 1',
      'gateway_service_duration_seconds_count{service="user-service"} 1',
      'gateway_service_tries_total{service="user-service"} 1',
      'gateway_config_reloads_total{outcome="applied"} 1',
      'gateway_config_reloads_total{outcome="load-failed"} 1',
      'gateway_config_reloads_total{outcome="apply-failed"} 0',
      'platform_config{hash="abc"} 1',
    ]));
    expect(body).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(body).toMatch(/^heap_bytes \d+$/m);
    expect(body).not.toMatch(/^(?:gateway_requests_total|gateway_config_info|none_requests_total|gateway_service_duration_by_status_seconds)/m);
    expect(body).toMatch(/^gateway_config_last_success_timestamp_seconds \d+/m);
  });

  it('declares every metric once', async () => {
    const declared = [...(await scrape()).body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(declared).size).toBe(declared.length);
  });

  it('answers in OpenMetrics when asked', async () => {
    const { headers, body } = await scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body).toContain('# TYPE platform_requests counter\nplatform_requests_total{');
    expect(body).toContain('# TYPE process_cpu_user_seconds counter\nprocess_cpu_user_seconds_total ');
    expect(body.endsWith('# EOF\n')).toBe(true);
  });

  it('is not mounted where the package puts it', async () => {
    expect((await app.inject({ method: 'GET', url: '/metrics' })).statusCode).toBe(404);
  });
});
