import { echoService, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';

/** What the platforms promise of their own endpoints (knob 22 of their list), each said in the file alone. */
const HEAD = 'version: 1\nlog: { level: silent, access: off }\ndefaults: { authenticate: none }\n';
const NOW = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
const NUMBER = expect.any(Number) as number;

function service(status: number, health: Record<string, unknown> = {}): Promise<EchoService> {
  return echoService((_request, response) => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(health)); });
}

const body = async (gw: TestGateway, path: string): Promise<[number, unknown]> => {
  const { json, status } = await gw.fetch(path);
  return [status, json()];
};

describe('22: SuperSmartMatch', () => {
  let services: EchoService[];
  let gw: TestGateway;
  beforeAll(async () => {
    services = [await service(200, { status: 'ok', version: '2.1.0', uptime: 12 }), await service(503)];
    const [cv, job] = services as [EchoService, EchoService];
    gw = await gateway(`${HEAD}
info: { name: SuperSmartMatch V2 Gateway, version: "2.1.0", environment: production }
services:
  cv_parser: { targets: "${cv.url}", health: { show: [version, uptime] }, breaker: {} }
  job_parser: { targets: "${job.url}", health: { show: [version] }, breaker: { failures: 2, open: 1m } }
routes: { job: { match: { path: /job }, to: job_parser }, cv: { match: { path: /cv }, to: cv_parser } }
endpoints:
  root: { serve: static, at: /api/gateway, answer: { service: "{service}", version: "{version}", status: operational, endpoints: { health: /api/gateway/health, match: /api/gateway/match } } }
  status: { serve: static, at: /api/gateway/status, answer: { status: ok, service: "{service}", version: "{version}", timestamp: "{timestamp}" } }
  health:
    serve: services
    at: /api/gateway/health
    answer:
      status: "{status}"
      timestamp: "{timestamp}"
      services: { "{service}": { service_name: "{service}", status: "{status}", response_time: "{latency.seconds}", last_check: "{checkedAt}", error: "{message}", version: "{said.version}", uptime: "{said.uptime}" } }
      gateway_info: { name: "{service}", version: "{version}", environment: "{environment}", debug_mode: false, services_managed: "{totalServices}" }
      performance_metrics: { health_check_duration: "{duration.seconds}", healthy_services_ratio: "{healthyRatio}", gateway_uptime: "{uptime}", cache_hit_ratio: "{cacheHitRatio}" }
  service: { at: "/api/gateway/health/:service", answer: { service: "{service}", timestamp: "{timestamp}", health: { "{target}": { status: "{status}", status_code: "{statusCode}", response_time: "{latency.seconds}", circuit_breaker: "{breaker}" } } } }
  detailed:
    serve: services
    at: /api/gateway/health/detailed/all
    answer:
      status: "{status}"
      detailed_metrics: { circuit_breakers: { "{service}": { "{target}": { state: "{breaker}", failure_count: "{breaker.failures}", success_count: "{breaker.successes}", last_failure: "{breaker.failedAt}" } } } }
  # What is told is at most a second old: there is nothing to reset, and whoever asks for it is told so.
  reset: { serve: static, at: /api/gateway/health/reset-cache, methods: [POST], answer: { message: Cache de santé réinitialisé, timestamp: "{timestamp}" } }
`);
  });
  afterAll(async () => {
    await gw[Symbol.asyncDispose]();
    await Promise.all(services.map((each) => each.close()));
  });

  it('its root and its status, with and without a slash', async () => {
    const root = [200, { service: 'SuperSmartMatch V2 Gateway', version: '2.1.0', status: 'operational', endpoints: { health: '/api/gateway/health', match: '/api/gateway/match' } }];
    expect(await body(gw, '/api/gateway')).toEqual(root);
    expect(await body(gw, '/api/gateway/')).toEqual(root);
    expect(await body(gw, '/api/gateway/status')).toEqual([200, { status: 'ok', service: 'SuperSmartMatch V2 Gateway', version: '2.1.0', timestamp: NOW }]);
  });

  it('its health, with what services say of themselves', async () => {
    const common = { response_time: NUMBER, last_check: NOW };
    expect(await body(gw, '/api/gateway/health')).toEqual([200, {
      status: 'degraded', timestamp: NOW,
      services: {
        cv_parser: { ...common, service_name: 'cv_parser', status: 'healthy', error: null, version: '2.1.0', uptime: 12 },
        job_parser: { ...common, service_name: 'job_parser', status: 'unhealthy', error: 'answered 503', version: null, uptime: null },
      },
      gateway_info: { name: 'SuperSmartMatch V2 Gateway', version: '2.1.0', environment: 'production', debug_mode: false, services_managed: 2 },
      performance_metrics: { health_check_duration: NUMBER, healthy_services_ratio: 0.5, gateway_uptime: NUMBER, cache_hit_ratio: null },
    }]);
  });

  it('one service by its addresses, and the breakers of all', async () => {
    const [cv, job] = services as [EchoService, EchoService];
    expect(await body(gw, '/api/gateway/health/cv_parser')).toEqual([200, { service: 'cv_parser', timestamp: NOW, health: { [cv.url]: { status: 'healthy', status_code: 200, response_time: NUMBER, circuit_breaker: 'closed' } } }]);
    const breakers = async (): Promise<unknown> => (await gw.fetch('/api/gateway/health/detailed/all')).json<{ detailed_metrics: { circuit_breakers: unknown } }>().detailed_metrics.circuit_breakers;
    expect(await breakers()).toMatchObject({ job_parser: { [job.url]: { state: 'closed', failure_count: 0, success_count: 0, last_failure: null } } });
    for (let i = 0; i < 2; i++) await gw.fetch('/job');
    expect(await breakers()).toMatchObject({ cv_parser: { [cv.url]: { state: 'closed' } }, job_parser: { [job.url]: { state: 'open', failure_count: 2, last_failure: NOW } } });
  });

  it('a cache of health answers that there is not', async () => {
    const reset = await gw.fetch('/api/gateway/health/reset-cache', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    expect([reset.status, reset.json()]).toEqual([200, { message: 'Cache de santé réinitialisé', timestamp: NOW }]);
    expect((await gw.fetch('/api/gateway/health/reset-cache')).json()).toMatchObject({ code: 'unknown-service' });
  });
});

describe('22: Meetinity', () => {
  const file = (users: string, events: string): string => `${HEAD}
info: { name: api-gateway }
services:
  user-service: { targets: "${users}", health: { degraded: [404] } }
  event-service: { targets: "${events}" }
  internal-service: { targets: "http://127.0.0.1:1" }
routes: { internal: { match: { path: /internal }, to: internal-service } }
policies: { unknown: { errors: { only: { unknown-service: { body: { service: "{service}", status: unknown, details: { message: No such dependency } } } } } } }
endpoints:
  health:
    serve: services
    at: /health
    services: [user-service, event-service]
    status: { down: 503 }
    words: { up: ok, down: error }
    someDown: down
    answer:
      service: "{service}"
      status: "{status}"
      dependencies:
        gateway: { status: up, details: { message: Running } }
        "{service}": { status: "{state}", details: { target: "{url}", status_code: "{statusCode}", service: "{service}" } }
        service-registry: { status: up, details: { backend: static } }
        oidc: { status: skipped, details: { message: OIDC provider not configured } }
        observability: { status: skipped, details: { message: No exporter configured } }
      upstreams: { "{service.snake}": "{state}" }
  service: { at: "/health/:service", services: [user-service, event-service], use: [unknown], status: { down: 503 }, answer: { service: "{service}", status: "{state}", details: { target: "{url}", status_code: "{statusCode}" } } }
  oidc: { serve: static, at: /health/oidc, answer: { service: oidc, status: skipped, details: { message: OIDC provider not configured } } }
  live: { at: [/health/live, /healthz] }
  ready: { at: [/health/ready, /ready] }
  services: off
`;

  it('its dependencies by name, words of its own for the whole and the parts', async () => {
    await using users = await service(404);
    await using events = await service(200);
    await using gw = await gateway(file(users.url, events.url));
    const part = (name: string, url: string, state: string, code: number) => ({ [name]: { status: state, details: { target: url, status_code: code, service: name } } });
    const [status, answer] = await body(gw, '/health');
    expect([status, answer]).toEqual([200, {
      service: 'api-gateway', status: 'degraded',
      dependencies: {
        gateway: { status: 'up', details: { message: 'Running' } }, ...part('user-service', users.url, 'degraded', 404), ...part('event-service', events.url, 'up', 200),
        'service-registry': { status: 'up', details: { backend: 'static' } }, oidc: { status: 'skipped', details: { message: 'OIDC provider not configured' } }, observability: { status: 'skipped', details: { message: 'No exporter configured' } },
      },
      upstreams: { user_service: 'degraded', event_service: 'up' },
    }]);
    expect(Object.keys((answer as { dependencies: object }).dependencies)).toEqual(['gateway', 'user-service', 'event-service', 'service-registry', 'oidc', 'observability']);
    expect(await body(gw, '/health/user-service')).toMatchObject([200, { status: 'degraded' }]);
    expect(await body(gw, '/health/oidc')).toMatchObject([200, { status: 'skipped' }]);
    for (const unknown of ['zzz', 'internal-service']) expect(await body(gw, `/health/${unknown}`)).toEqual([404, { service: unknown, status: 'unknown', details: { message: 'No such dependency' } }]);
    expect(await body(gw, '/healthz')).toEqual([200, { status: 'healthy' }]);
    expect((await gw.fetch('/ready')).status).toBe(200);
  });

  it('one that is down makes the whole an error, with 503', async () => {
    await using users = await service(200);
    await using gw = await gateway(file(users.url, 'http://127.0.0.1:1'));
    expect(await body(gw, '/health')).toMatchObject([503, { status: 'error', upstreams: { user_service: 'up', event_service: 'down' } }]);
    expect(await body(gw, '/health/event-service')).toMatchObject([503, { status: 'down', details: { status_code: null } }]);
    expect((await gw.fetch('/health/user-service')).status).toBe(200);
  });
});

it('22: the root of dhatu’s API and its status, which no service answers', async () => {
  await using gw = await gateway('info: { name: dhatu-gateway, version: "1.0" }\nendpoints: { status: { serve: static, at: /api/v1/status, answer: { status: ok, name: "{service}", version: "{version}", uptime: "{uptime}", services: "{services}" } }, health: { at: [/health, /api/v1/health] } }');
  expect(await body(gw, '/api/v1/status')).toEqual([200, { status: 'ok', name: 'dhatu-gateway', version: '1.0', uptime: NUMBER, services: ['echo'] }]);
  expect((await gw.fetch('/api/v1/health')).status).toBe(200);
});
