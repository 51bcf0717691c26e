import { spawnSync } from 'node:child_process';
import { jest } from '@jest/globals';
import { Agent, request } from 'undici';
import { events } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { SERIES } from '../../src/config/index.js';
import { ensureCommand } from '../support/apt.js';
import { Authority } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { Scrape } from '../support/scrape.js';
import { Files } from '../support/tls.js';

jest.setTimeout(20_000);

type Answering = NonNullable<Parameters<typeof echoService>[0]>;

const DEAD = 'http://127.0.0.1:1';

const FILE = (more = '', extra = ''): string => `version: 1
log: { level: silent, access: off }
${more}
services:
  echo: { targets: "\${ECHO}", health: { path: /health, active: { every: 50ms } } }
  bad: { targets: "\${BAD}", breaker: { failures: 3, open: 1h }, retry: { attempts: 2, backoff: { base: 1ms, max: 1ms }, budget: { share: 1%, minimum: 0.1 } } }
  half: { targets: ["\${ECHO}/base", "${DEAD}"], balance: { use: round-robin }, health: { passive: { failures: 2, eject: 1h } } }
${extra}
routes:
  echo: { match: { path: /echo/:id }, to: echo, authenticate: none }
  bad: { match: { path: /bad }, to: bad, authenticate: none }
  half: { match: { path: /half }, to: half, authenticate: none }
`;

let bad: EchoService;
beforeAll(async () => { bad = await echoService((_request, response) => void response.writeHead(503).end()); });
afterAll(() => bad[Symbol.asyncDispose]());

/** A gateway that everything happened to. */
async function loaded(more = '', extra = ''): Promise<TestGateway> {
  const gw = await gateway(FILE(more, extra), { env: { BAD: bad.url } });
  for (let i = 0; i < 3; i++) await gw.fetch(`/echo/${i}`);
  for (let i = 0; i < 4; i++) await gw.fetch('/bad');
  for (let i = 0; i < 6; i++) await gw.fetch('/half');
  return gw;
}

describe('O2: the series of a gateway', () => {
  let gw: TestGateway;
  let scrape: Scrape;
  beforeAll(async () => {
    gw = await loaded('metrics: { targets: address }');
    await until(async () => (await Scrape.of(gw)).value('gateway_service_response_time_seconds', { service: 'echo' }));
    scrape = await Scrape.of(gw);
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it('have the labels they are said to have', () => {
    const own = scrape.lines.filter(({ name }) => name.startsWith('gateway_'));
    expect(own.length).toBeGreaterThan(100);
    for (const { labels, name } of own) {
      const kind = SERIES[name] ?? SERIES[name.replace(/_(?:bucket|sum|count)$/, '')];
      expect([name, Object.keys(labels).filter((label) => label !== 'le')]).toEqual([name, kind?.labels]);
    }
  });

  it.each<[name: string, labels: Record<string, string>, value: number]>([
    ['gateway_up', {}, 1],
    ['gateway_service_up', { service: 'echo' }, 1],
    ['gateway_services_up_ratio', {}, 1],
    ['gateway_requests_total', { endpoint: '/echo/:id', status_code: '200' }, 3],
    ['gateway_service_failures_total', { service: 'bad', reason: 'status-503' }, 4],
    ['gateway_service_failures_total', { service: 'half', reason: 'target-unreachable' }, 2],
    ['gateway_service_failures_total', { service: 'echo', reason: 'target-unreachable' }, 0],
    ['gateway_breaker_transitions_total', { service: 'bad', route: '', to: 'open' }, 1],
    ['gateway_breaker_transitions_total', { service: 'bad', route: '', to: 'closed' }, 0],
    ['gateway_retries_total', { service: 'bad' }, 1],
    ['gateway_retry_budget_exhausted_total', { service: 'bad' }, 2],
    ['gateway_retry_budget_exhausted_total', { service: 'echo' }, 0],
    ['gateway_target_up', { service: 'half', target: DEAD }, 0],
    ['gateway_target_answers_total', { target: DEAD, outcome: 'failed' }, 2],
    ['gateway_target_answers_total', { target: DEAD, outcome: 'ok' }, 0],
    ['gateway_target_answers_total', { service: 'bad', outcome: 'failed' }, 4],
    ['gateway_config_reload_duration_seconds', {}, 0],
    ['gateway_log_lines_dropped_total', {}, 0],
  ])('%s %j is %d', (name, labels, value) => expect(scrape.value(name, labels)).toBe(value));

  it('tell targets apart by path, and what they answered', () => {
    const base = { service: 'half', target: `${gw.echo.url}/base` };
    expect([scrape.value('gateway_target_up', base), scrape.value('gateway_target_answers_total', { ...base, outcome: 'ok' })]).toEqual([1, 4]);
  });

  it('tell how busy the event loop is, and how late it comes', async () => {
    // Whether it is ever idle here is the test runner's business; see the workers.
    expect(scrape.value('gateway_event_loop_seconds_total', { state: 'active' })).toBeGreaterThan(0);
    // Each scrape begins it anew: one that comes at once has nothing to tell.
    await until(async () => {
      const now = await Scrape.of(gw);
      return ['p50', 'p90', 'p99'].every((quantile) => (now.value(`nodejs_eventloop_lag_${quantile}_seconds`) ?? 0) > 0) || undefined;
    });
  });

  it('are what promtool likes, in both formats', async () => {
    const promtool = await ensureCommand('promtool', 'prometheus');
    if (promtool === null) {
      if (process.env['CI']) throw new Error('There is no promtool');
      process.stderr.write('There is no promtool: nobody else looks at the series.\n');
      return;
    }
    const { status, stderr, stdout } = spawnSync(promtool, ['check', 'metrics'], { input: scrape.text, encoding: 'utf8' });
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !line.startsWith('nodejs_'));
    expect([ours, status === 0 || status === 3]).toEqual([[], true]);
  });
});

describe('O2: tries are counted once, when it is known how they end', () => {
  const ROUTE = 'routes: { a: { match: { path: /** }, to: echo, authenticate: none } }';

  it.each<[what: string, answer: Answering, ok: number, failed: number, reasons: readonly string[], leaves: boolean]>([
    ['an answer', (_request, response) => response.end('x'), 1, 0, [], false],
    ['an event stream, while it lasts', (_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'), 1, 0, [], false],
    ['an answer that its client leaves', (_request, response) => response.writeHead(200, { 'content-length': 9 }).write('x'), 1, 0, [], true],
    ['an answer that its service breaks off', (_request, response) => response.writeHead(200, { 'content-length': 9 }).write('x', () => setTimeout(() => response.destroy(), 20)), 0, 1, ['bad-target-response'], false],
    ['no answer, which its client did not wait for', () => {}, 0, 0, [], true],
    ['none, for the connection is closed', (request) => request.socket.destroy(), 0, 1, ['bad-target-response'], false],
  ])('%s', async (_what, answer, ok, failed, reasons, leaves) => {
    await using echo = await echoService(answer);
    await using gw = await gateway(ROUTE, { echo });
    const asking = new AbortController();
    const asked = fetch(`${gw.url}/a`, { signal: asking.signal }).then((reply) => reply.body?.getReader().read()).catch(() => {});
    const counted = (scrape: Scrape): number => ['ok', 'failed'].reduce((sum, outcome) => sum + (scrape.value('gateway_target_answers_total', { outcome }) ?? 0), 0);
    if (leaves) {
      await until(() => Promise.resolve(echo.requests[0]));
      if (ok > 0) await asked;
      asking.abort();
    }
    // The try is over, and all but the scrape is; a stream lasts.
    const scrape = await until(async () => {
      const now = await Scrape.of(gw);
      return (leaves || counted(now) > 0) && ((ok > 0 && !leaves) || now.value('gateway_active_connections') === 1) ? now : undefined;
    });
    asking.abort();
    const seen = scrape.lines.filter(({ name, value }) => name === 'gateway_service_failures_total' && value > 0).map(({ labels }) => labels['reason']);
    expect([...['ok', 'failed'].map((outcome) => scrape.value('gateway_target_answers_total', { outcome })), seen]).toEqual([ok, failed, reasons]);
  });

  it('with the trace of the latest that is exported, in OpenMetrics', async () => {
    const stop = events.exchangeOpened.subscribe((exchange) => { exchange.sampled = true; });
    await using gw = await gateway(`metrics: { exemplars: on }\n${ROUTE}`);
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await gw.fetch('/a', { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
    stop();
    const accept = 'application/openmetrics-text';
    const pattern = new RegExp(`^gateway_(?:request|service)_duration_seconds_bucket\\{.*\\} 1 # \\{trace_id="${trace}"\\} \\d+\\.\\d+ \\d{10}\\.\\d{3}$`, 'gm');
    const found = await until(async () => (await gw.fetch('/metrics', { headers: { accept } })).text.match(pattern) ?? undefined);
    const plain = (await gw.fetch('/metrics')).text;
    expect(found).toHaveLength(2);
    expect(plain).not.toContain(trace);
  });
});

describe('O2: series come and go', () => {
  it('with the targets in force', async () => {
    await using gw = await loaded('metrics: { targets: address }');
    await gw.rewrite(FILE('metrics: { targets: address }').replace(`, "${DEAD}"`, ''));
    const scrape = await Scrape.of(gw);
    expect(scrape.text).not.toContain(DEAD);
    expect(scrape.value('gateway_target_answers_total', { service: 'half', outcome: 'ok' })).toBe(4);
    expect(scrape.value('gateway_config_reload_duration_seconds')).toBeGreaterThan(0);
    await gw.rewrite(FILE('metrics: { targets: off }'));
    expect((await Scrape.of(gw)).text).not.toMatch(/gateway_target_(?:up|answers)/);
  });

  it('without saying where targets are, unless the file wants it', async () => {
    await using gw = await loaded();
    const scrape = await Scrape.of(gw);
    expect(scrape.text).not.toContain('127.0.0.1');
    const names = scrape.lines.filter(({ labels, name }) => name === 'gateway_target_up' && labels['service'] === 'half').map(({ labels }) => labels['target']);
    expect([new Set(names).size, names.every((name) => /^[0-9a-f]{6}$/.test(name ?? ''))]).toEqual([2, true]);
  });

  it('with a probe that fails', async () => {
    await using gw = await loaded('', `  gone: { targets: "${DEAD}", health: { active: { every: 20ms, unhealthyAfter: 1 } } }`);
    await until(async () => ((await Scrape.of(gw)).value('gateway_service_up', { service: 'gone' }) === 0 ? true : undefined));
    const scrape = await Scrape.of(gw);
    expect(scrape.value('gateway_target_up', { service: 'gone' })).toBe(0);
    expect(scrape.value('gateway_services_up_ratio')).toBe(0.75);
    expect(scrape.value('gateway_health_check_duration_seconds')).toBeGreaterThanOrEqual(scrape.value('gateway_service_response_time_seconds', { service: 'gone' }) as number);
  });

  it('with the certificates in force', async () => {
    await using ca = await Authority.create();
    await using files = await Files.create();
    const [first, second, client] = [await ca.issue({ names: 'DNS:shop.example,DNS:www.shop.example', days: 2 }), await ca.issue({ names: 'DNS:shop.example', days: 9 }), await ca.issue({ cn: 'gateway', names: 'IP:10.0.0.9', days: 5 })];
    await files.pair('shop', first);
    await files.pair('client', client);
    const file = `server: { watch: off, tls: { certificates: { cert: ${files.path('shop.pem')}, key: ${files.path('shop.key')} } } }
services: { s: { targets: "https://127.0.0.1:1", tls: { cert: "\${file:${files.path('client.pem')}}", key: "\${file:${files.path('client.key')}}" } } }`;
    await using gw = await gateway(`version: 1\nlog: { level: silent }\n${file}`);
    const inDays = (certificate: string, scrape: Scrape): number => Math.round(((scrape.value('gateway_certificate_expiry_timestamp_seconds', { certificate }) ?? 0) - Date.now() / 1_000) / 86_400);
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    const look = async (): Promise<Scrape> => new Scrape(await (await request(`${gw.url}/metrics`, { dispatcher: agent })).body.text());
    let scrape = await look();
    expect([inDays('shop.example', scrape), inDays('10.0.0.9', scrape)]).toEqual([2, 5]);
    await files.pair('shop', second);
    await gw.gateway.reload();
    scrape = await look();
    expect([inDays('shop.example', scrape), inDays('10.0.0.9', scrape)]).toEqual([9, 5]);
    await agent.destroy();
  });
});
