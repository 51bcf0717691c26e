import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { echoService, FakeClock } from '#libs/testing';
import type { ServiceConfig } from '../config/index.js';
import { CircuitBreaker } from '#libs/resilience';
import { liveService } from '../services/live-service.fixture.js';
import { ServiceReports } from './service-reports.js';
import { stateOf } from './state.js';
import { TargetProbe, type TargetReport } from './target-probe.js';

const HEALTH: ServiceConfig['health'] = { path: '/health', timeout: 4_000, status: [200], json: {}, degraded: [], show: [] };
const config = (health: Partial<ServiceConfig['health']> = {}) => ({ health: { ...HEALTH, ...health }, protocol: 'http1', networks: ['loopback'], targets: [{}] }) as unknown as ServiceConfig;
const service = (...urls: string[]) => liveService('s', urls, config());

describe('stateOf', () => {
  it.each([
    [[], 'up'], [['up', 'up'], 'up'], [['up', 'down'], 'degraded'], [['up', 'degraded'], 'degraded'], [['degraded', 'down'], 'degraded'], [['down', 'down'], 'down'],
  ] as const)('%j is %s', (parts, expected) => expect(stateOf(parts)).toBe(expected));
});

describe('TargetProbe', () => {
  const probe = new TargetProbe(() => Promise.resolve(new HttpService(axios.create())));

  it.each<[string, readonly [status: number, body: string], Partial<ServiceConfig['health']>, string | null]>([
    ['200', [200, ''], {}, null],
    ['503', [503, ''], {}, 'answered 503'],
    ['204 where it is expected', [204, ''], { status: [200, 204] }, null],
    ['a redirect', [302, ''], {}, 'answered 302'],
    ['a field as expected', [200, '{"status":"healthy"}'], { json: { status: 'healthy' } }, null],
    ['a field of another value', [200, '{"status":"unhealthy"}'], { json: { status: 'healthy' } }, 'says of itself that status is not healthy'],
    ['a nested field', [200, '{"checks":{"db":true}}'], { json: { 'checks.db': true } }, null],
    ['a missing field', [200, '{"checks":null}'], { json: { 'checks.db': true } }, 'says of itself that checks.db is not true'],
    ['text where JSON is expected', [200, 'ok'], { json: { status: 'healthy' } }, 'answered something other than JSON'],
    ['a large document nobody looks into', [200, 'x'.repeat(1_000_000)], {}, null],
    ['a large document that must be read', [200, `{"a":"${'x'.repeat(1_000_000)}"}`], { json: { status: 'healthy' } }, 'could not be asked (ERR_BAD_RESPONSE)'],
  ])('judges %s', async (_what, [status, body], health, message) => {
    await using target = await echoService((_request, response) => void response.writeHead(status, { location: '/elsewhere', 'content-type': 'application/json' }).end(body));
    const report = await probe.ask(`${target.url}/base/`, config(health));
    expect(report).toEqual({ healthy: message === null, degraded: false, message, statusCode: message?.startsWith('could not') === true ? null : status, said: {}, latency: expect.any(Number) as number });
    expect(target.requests.map(({ url }) => url)).toEqual(['/base/health']);
  });

  it('shows what the file names of the answer, and knows shades', async () => {
    await using target = await echoService((_request, response) => void response.writeHead(429).end('{"version":"2.1","checks":{"db":"slow"},"uptime":null}'));
    expect(await probe.ask(target.url, config({ degraded: [200, 429], show: ['version', 'checks.db', 'uptime', 'nothing'] }))).toMatchObject({ healthy: true, degraded: true, message: 'answered 429', statusCode: 429, said: { version: '2.1', 'checks.db': 'slow', uptime: null } });
    expect(await probe.ask(target.url, config({ show: ['version'] }))).toMatchObject({ healthy: false, degraded: false, said: { version: '2.1' } });
  });

  it('waits no longer than the time-out', async () => {
    await using target = await echoService(() => undefined);
    expect(await probe.ask(target.url, config({ timeout: 300 }))).toMatchObject({ healthy: false, message: 'did not answer in time' });
  });

  it.each([
    ['nobody listens', 'http://127.0.0.1:1', 'refused the connection'],
    ['a connection breaks', null, 'closed the connection'],
  ])('says so when %s, without the address', async (_what, url, message) => {
    await using target = await echoService((request) => void request.socket.destroy());
    expect(await probe.ask(url ?? target.url, config())).toMatchObject({ healthy: false, message });
  });
});

describe('ServiceReports', () => {
  const clock = new FakeClock();
  function setup(answers: Record<string, boolean>) {
    const asked: string[] = [];
    const ask = (url: string): Promise<TargetReport> => {
      asked.push(url);
      const healthy = answers[url] === true;
      return Promise.resolve({ healthy, degraded: false, message: healthy ? null : 'refused the connection', latency: 3, statusCode: healthy ? 200 : null, said: {} });
    };
    return { reports: new ServiceReports({ ask }, clock), asked };
  }

  it.each([
    [{}, 'down', 'has no target'],
    [{ 'http://a/': true }, 'up', null],
    [{ 'http://a/': false }, 'down', 'refused the connection'],
    [{ 'http://a/': true, 'http://b/': false }, 'degraded', '1 of 2 targets are down; the first refused the connection'],
    [{ 'http://a/': false, 'http://b/': false }, 'down', '2 of 2 targets are down; the first refused the connection'],
  ])('%j is %s', async (answers, state, message) => {
    const { reports } = setup(answers);
    expect(await reports.of(service(...Object.keys(answers)))).toMatchObject({ name: 's', state, message, url: Object.keys(answers)[0]?.slice(0, -1) ?? '', latency: Object.keys(answers).length > 0 ? 3 : 0 });
  });

  it('asks once for callers at the same time, and again when the answer is a second old', async () => {
    const { reports, asked } = setup({ 'http://a/': true });
    const one = service('http://a');
    await Promise.all([reports.of(one), reports.of(one)]);
    await reports.of(one);
    clock.advance(999);
    await reports.of(one);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await reports.of(one);
    expect(asked).toHaveLength(2);
  });

  it('asks anew when the configuration changed', async () => {
    const { reports, asked } = setup({});
    await reports.of(service('http://a'));
    await reports.of(service('http://b'));
    expect(asked).toEqual(['http://a/', 'http://b/']);
  });

  it('asks anew when the targets changed', async () => {
    const { reports, asked } = setup({});
    const one = service('http://a');
    await reports.of(one);
    one.targets = service('http://b').targets;
    await reports.of(one);
    expect(asked).toEqual(['http://a/', 'http://b/']);
  });

  it('tells the state of the circuit breaker: a service that gets nothing is not entirely up', async () => {
    const { reports } = setup({ 'http://a/': true });
    const one = service('http://a');
    const breaker = new CircuitBreaker({ service: 's', route: null }, { errorRate: 0, failures: 1, over: 1_000, minRequests: 1, open: 1_000, trials: 1, slow: null }, clock);
    one.breakers.set('', breaker);
    expect(await reports.of(one)).toMatchObject({ state: 'up', breaker: { state: 'closed', failures: 0 }, message: null });
    breaker.report(breaker.enter(), 'failure', 1);
    expect(await reports.of(one)).toMatchObject({ state: 'degraded', breaker: { state: 'open', failures: 1, failedAt: clock.now() }, message: 'the circuit breaker is open' });
  });

  it('tells which targets get requests, and what may be out of date', async () => {
    const { reports } = setup({ 'http://a/': true, 'http://b/': true });
    const one = service('http://a', 'http://b');
    one.targets[1]?.eject();
    one.stale = 'refused the connection';
    expect(await reports.of(one)).toMatchObject({ state: 'up', stale: 'refused the connection', targets: [{ available: true }, { available: false }] });
  });

  it('a service that does not run here is not down', async () => {
    const { asked, reports } = setup({});
    expect(await reports.of(liveService('s', [], { ...config(), targets: [] }))).toMatchObject({ state: 'degraded', message: 'is not configured', statusCode: null });
    expect(asked).toEqual([]);
  });

  it('keeps passwords out of the address', async () => {
    const { reports } = setup({});
    expect((await reports.of(service('https://user:word@a:8001/base'))).url).toBe('https://a:8001/base');
  });
});
