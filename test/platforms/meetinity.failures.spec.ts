import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '#libs/testing';
import { token } from '../support/jwt.js';
import { CLAIMS, Meetinity } from './meetinity.fixture.js';
import { MeetinityServices } from './stand-ins/meetinity.js';
import { standIn } from './stand-ins/service.js';

const refusal = (code: number, message: string): object => ({ error: { code, message } });
const AWAY = 'http://127.0.0.1:1';
/** No test waits as long as the platform does between two tries. */
const QUICK = { RESILIENCE_BACKOFF_FACTOR: '0.01', CACHE_ENABLED: 'false' };

interface Started extends AsyncDisposable {
  readonly services: MeetinityServices;
  readonly platform: Meetinity;
  ask(path: string, json?: unknown): Promise<readonly [status: number, body: unknown]>;
}

async function started(env: Record<string, string> = {}): Promise<Started> {
  const services = await MeetinityServices.start();
  const platform = await Meetinity.open({ env: { ...QUICK, ...services.env, ...env }, services });
  const bearer = await token(CLAIMS);
  return {
    services, platform, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
    async ask(path, json) {
      const reply = await platform.fetch(path, { bearer, ...(json !== undefined && { json }) });
      return [reply.status, JSON.parse(reply.text) as unknown];
    },
  };
}

describe('Meetinity, X4: when a service fails', () => {
  it('T8: away and too slow are 502, not configured 503; three tries of what may be done twice, one of what may not', async () => {
    await using on = await started({ EVENT_SERVICE_URL: AWAY, MATCHING_SERVICE_URL: '', PROXY_TIMEOUT_READ: '1', CIRCUIT_BREAKER_FAILURE_THRESHOLD: '100' });
    on.services.analytics.on('GET /slow', () => 'hang');
    expect(await Promise.all([on.ask('/api/events/list'), on.ask('/api/matching/find'), on.ask('/api/analytics/slow')])).toEqual([[502, refusal(502, 'Bad Gateway')], [503, refusal(503, 'Service Unavailable')], [502, refusal(502, 'Bad Gateway')]]);
    on.services.user.on('GET /users/500', () => ({ status: 500, json: { error: { code: 'BROKEN', message: 'x', details: {} } } }));
    on.services.user.on('GET /users/:id', () => ({ status: 500, json: { error: { code: 'BROKEN', message: 'x', details: {} } } }));
    on.services.user.on('POST /users', () => ({ status: 503, json: { error: { code: 'BUSY', message: 'x', details: {} } } }));
    expect([(await on.ask('/api/users/500'))[0], on.services.user.heard.length]).toEqual([500, 3]);
    on.services.user.forget();
    expect([await on.ask('/api/users', {}), on.services.user.heard.length]).toEqual([[503, { error: { code: 'BUSY', message: 'x', details: {} } }], 1]);
  });

  it('T8: every method is tried again where the operator says so, but no body that has gone', async () => {
    await using on = await started({ RETRY_METHODS: 'GET,POST', RESILIENCE_MAX_RETRIES: '1' });
    on.services.user.on('POST /users', () => ({ status: 503, json: {} }));
    const [bearer, tries] = [await token(CLAIMS), (): number => on.services.user.heard.length];
    expect([(await on.platform.fetch('/api/users', { method: 'POST', bearer })).status, tries()]).toEqual([503, 2]);
    expect([(await on.ask('/api/users', {}))[0], tries()]).toEqual([503, 3]);
  });

  it('T7: failures in a row open the breaker, then nobody is asked; logins have one of their own', async () => {
    await using on = await started({ CIRCUIT_BREAKER_FAILURE_THRESHOLD: '2', RESILIENCE_MAX_RETRIES: '0', CIRCUIT_BREAKER_RESET_TIMEOUT: '3' });
    const restore = [on.services.user.on('POST /auth/:provider', () => ({ status: 500, json: {} })), on.services.user.on('GET /users/:id', () => ({ status: 500, json: {} }))];
    for (let i = 0; i < 2; i++) expect((await on.ask('/api/auth/google', {}))[0]).toBe(500);
    expect(await on.ask('/api/auth/google', {})).toEqual([503, refusal(503, 'Service Unavailable')]);
    for (let i = 0; i < 2; i++) expect((await on.ask('/api/users/7'))[0]).toBe(500);
    on.services.user.forget();
    expect([await on.ask('/api/users'), on.services.user.heard]).toEqual([[503, refusal(503, 'Service Unavailable')], []]);
    for (const back of restore) back();
    // Not too often: requests count.
    await until(async () => {
      await sleep(200);
      return (await on.ask('/api/users'))[0] === 200;
    });
    expect((await on.ask('/api/events/list'))[0]).toBe(200);
  });

  it('T5: one instance that is away costs nobody an answer, and rests; weights part the rest', async () => {
    const numbered = (number: number) => standIn({ 'GET /users': () => ({ json: number }), 'POST /users': () => ({ json: number }) }, () => ({ status: 404 }));
    await using one = await numbered(1);
    await using two = await numbered(2);
    await using on = await started({ USER_SERVICE_STATIC_INSTANCES: `${AWAY},${one.url}|1,${two.url}|3` });
    for (let i = 0; i < 12; i++) expect((await on.ask('/api/users', i % 2 === 0 ? {} : undefined))[0]).toBe(200);
    expect([one.heard.length > 0, two.heard.length > one.heard.length]).toEqual([true, true]);
    for (const LOAD_BALANCER_STRATEGY of ['weighted', 'health']) {
      await using other = await started({ LOAD_BALANCER_STRATEGY, USER_SERVICE_STATIC_INSTANCES: `${one.url}|1,${two.url}|3` });
      for (const service of [one, two]) service.forget();
      for (let i = 0; i < 80; i++) await other.ask('/api/users');
      expect([one.heard.length >= 5, one.heard.length <= 35]).toEqual([true, true]);
    }
  });

  it('O1: a service that is down makes health 503, one that answers 4xx or is not configured degraded', async () => {
    await using on = await started({ EVENT_SERVICE_URL: '', PAYMENT_SERVICE_URL: '' });
    on.services.matching.on('GET /health', () => ({ status: 404 }));
    const told = async (): Promise<unknown> => {
      const { json, status } = await on.platform.fetch('/health');
      const { status: word, upstreams } = json<{ status: string; upstreams: object }>();
      return [status, word, upstreams];
    };
    const upstreams = { user_service: 'up', event_service: 'degraded', matching_service: 'degraded', messaging_service: 'up', analytics_service: 'up', payment_service: 'degraded' };
    expect(await told()).toEqual([200, 'degraded', upstreams]);
    expect(await on.ask('/health/event-service')).toEqual([200, { service: 'event-service', status: 'degraded', details: { target: '/health/event-service', status_code: null, service: 'event-service', message: 'is not configured' } }]);
    await on.services.user[Symbol.asyncDispose]();
    await until(async () => (await on.platform.fetch('/health')).status !== 200);
    expect(await told()).toEqual([503, 'error', { ...upstreams, user_service: 'down' }]);
    expect((await on.platform.fetch('/health/user-service')).status).toBe(503);
  });
});
