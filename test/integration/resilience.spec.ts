import type { RequestListener } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type BreakerChange, type Retry } from '#libs/kernel';
import { echoService, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';

const ROUTE = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none } }';
const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';

/** A service that answers a status the test may change; 0 cuts the connection. */
async function moody(status: number): Promise<EchoService & { mood: number }> {
  const listener: RequestListener = (request, response) => {
    request.resume();
    if (service.mood === 0) request.socket.destroy();
    else response.writeHead(service.mood).end(String(service.mood));
  };
  const service = Object.assign(await echoService(listener), { mood: status });
  return service;
}

/** An address where nobody listens, nor ever will. */
const NOBODY = 'http://127.0.0.1:1';

const file = (targets: readonly string[], settings: string, routes = ROUTE): string =>
  `${HEAD}services: { echo: { balance: { use: round-robin }, targets: [${targets.map((url) => `"${url}"`).join(', ')}], ${settings} } }\n${routes}`;

async function statuses(gw: TestGateway, count: number, path = '/a'): Promise<number[]> {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await gw.fetch(path)).status);
  return seen;
}

describe('T7: the circuit breaker', () => {
  const BREAKER = 'breaker: { failures: 3, open: 2s, trials: 1 }';

  it('opens, spares the service, and closes when it has recovered', async () => {
    await using service = await moody(500);
    await using gw = await gateway(file([service.url], BREAKER));
    const changes: BreakerChange[] = [];
    const stop = events.breakerChanged.subscribe((change) => changes.push(change));
    expect(await statuses(gw, 6)).toEqual([500, 500, 500, 503, 503, 503]);
    expect(service.requests).toHaveLength(3);
    const refused = await gw.fetch('/a');
    expect(refused.json()).toMatchObject({ code: 'circuit-open' });
    expect(refused.headers).toMatchObject({ 'retry-after': expect.stringMatching(/^[12]$/) as unknown, 'proxy-status': expect.stringContaining('destination_unavailable') as unknown });
    await sleep(2_050);
    expect(await statuses(gw, 2)).toEqual([500, 503]);
    service.mood = 200;
    await sleep(2_050);
    expect(await statuses(gw, 3)).toEqual([200, 200, 200]);
    stop();
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
    expect(changes[0]).toEqual({ service: 'echo', route: null, from: 'closed', to: 'open' });
  });

  it('opens for slowness', async () => {
    await using service = await echoService((_request, response) => void setTimeout(() => response.end('late'), 60));
    await using gw = await gateway(file([service.url], 'breaker: { minRequests: 3, slow: { over: 30ms, rate: 100% } }'));
    expect(await statuses(gw, 4)).toEqual([200, 200, 200, 503]);
  });

  it('counts requests and not their tries', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], `${BREAKER}, retry: { attempts: 2, backoff: { base: 1ms } }`));
    expect(await statuses(gw, 4)).toEqual([503, 503, 503, 503]);
    expect(service.requests).toHaveLength(6);
  });

  it('counts no client that leaves', async () => {
    await using service = await echoService(() => {});
    await using gw = await gateway(file([service.url], 'breaker: { failures: 1 }'));
    for (let i = 0; i < 3; i++) {
      const leaving = new AbortController();
      const asked = fetch(`${gw.url}/a`, { signal: leaving.signal }).catch(() => null);
      while (service.requests.length === i) await sleep(5);
      leaving.abort();
      await asked;
    }
    expect(service.requests).toHaveLength(3);
  });

  it('is a route’s own where the route says so, and off where it says that', async () => {
    await using service = await moody(500);
    const route = (name: string, rest = ''): string => `${name}: { match: { path: /${name} }, to: echo, authenticate: none${rest} }`;
    const routes = `routes: { ${route('common')}, ${route('own', ', breaker: { failures: 1 }')}, ${route('without', ', breaker: off')} }`;
    await using gw = await gateway(file([service.url], BREAKER, routes));
    expect(await statuses(gw, 2, '/own')).toEqual([500, 503]);
    expect(await statuses(gw, 4, '/common')).toEqual([500, 500, 500, 503]);
    expect(await statuses(gw, 4, '/without')).toEqual([500, 500, 500, 500]);
  });

  it('counts only what the file says', async () => {
    await using service = await moody(500);
    await using gw = await gateway(file([service.url], 'breaker: { failures: 1, counts: { status: [503], methods: [GET] } }'));
    expect(await statuses(gw, 2)).toEqual([500, 500]);
    service.mood = 503;
    await gw.fetch('/a', { method: 'POST' });
    expect(await statuses(gw, 2)).toEqual([503, 503]);
    expect(service.requests).toHaveLength(4);
  });

  it('stays open over a reload that leaves it as it is, and starts anew with other settings', async () => {
    await using service = await moody(500);
    const lasting = 'breaker: { failures: 3, open: 1m }';
    await using gw = await gateway(file([service.url], lasting));
    await statuses(gw, 3);
    service.mood = 200;
    await gw.rewrite(file([service.url], lasting, ROUTE.replace('}', ' }').replace('/**', '/a/**')));
    expect(await statuses(gw, 1)).toEqual([503]);
    await gw.rewrite(file([service.url], lasting.replace('3', '4')));
    expect(await statuses(gw, 1)).toEqual([200]);
  });
});

describe('T8: retries', () => {
  const RETRY = 'retry: { backoff: { base: 1ms } }';

  it.each([['answers 503', 503], ['breaks', 0]])('go to another target when one %s', async (_how, mood) => {
    await using bad = await moody(mood);
    await using good = await moody(200);
    await using gw = await gateway(file([bad.url, good.url], RETRY));
    const retries: Retry[] = [];
    const stop = events.retryScheduled.subscribe((retry) => retries.push(retry));
    expect(await statuses(gw, 6)).toEqual([200, 200, 200, 200, 200, 200]);
    stop();
    expect([bad.requests.length, good.requests.length]).toEqual([retries.length, 6]);
    expect(retries.length).toBeGreaterThan(1);
  });

  it('do not repeat a POST that was sent, answered or not', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], RETRY));
    expect((await gw.fetch('/a', { method: 'POST' })).status).toBe(503);
    service.mood = 0;
    expect((await gw.fetch('/a', { method: 'POST' })).status).toBe(502);
    expect((await gw.fetch('/a', { method: 'POST', body: 'once' })).status).toBe(502);
    expect(service.requests).toHaveLength(3);
  });

  it('repeat a POST that never left', async () => {
    await using service = await moody(200);
    await using gw = await gateway(file([NOBODY, service.url], RETRY));
    for (let i = 0; i < 4; i++) expect((await gw.fetch('/a', { method: 'POST' })).status).toBe(200);
    expect(service.requests).toHaveLength(4);
  });

  it.each([['on', 3], ['off', 1]])('repeat a POST with a key when idempotencyKey is %s', async (word, tries) => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], `retry: { idempotencyKey: ${word}, backoff: { base: 1ms } }`));
    await gw.fetch('/a', { method: 'POST', headers: { 'idempotency-key': '1' } });
    expect(service.requests).toHaveLength(tries);
  });

  it('do not repeat a request whose body streams', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], RETRY));
    expect((await gw.fetch('/a', { method: 'PUT', body: 'x' })).status).toBe(503);
    expect(service.requests).toHaveLength(1);
    expect((await gw.fetch('/a', { method: 'DELETE' })).status).toBe(503);
    expect(service.requests).toHaveLength(4);
  });

  it.each([['of a known length', () => 'x'.repeat(300_000)], ['of an unknown length', () => Readable.from(['x'.repeat(100_000), 'x'.repeat(200_000)])]])('repeat an upload %s that nobody has begun to read', async (_what, body) => {
    await using service = await echoService();
    await using gw = await gateway(file([NOBODY, service.url], RETRY));
    const retries: Retry[] = [];
    const stop = events.retryScheduled.subscribe((retry) => retries.push(retry));
    for (let i = 0; i < 4; i++) expect((await gw.fetch('/a', { method: 'POST', body: body() })).seen.body).toHaveLength(300_000);
    stop();
    expect([service.requests.length, retries.length > 0]).toEqual([4, true]);
  });

  it('repeat an upload that waited in vain for a connection, and leave it alone when one is free at last', async () => {
    let release = (): void => {};
    await using busy = await echoService((_request, response) => { release = () => response.end('late'); });
    await using good = await echoService();
    await using gw = await gateway(file([busy.url, good.url], `${RETRY}, connections: { max: 1 }`, ROUTE.replace('none', 'none, timeout: { connect: 1s }')));
    const blockers = [gw.fetch('/1'), gw.fetch('/2')];
    while (busy.requests.length === 0) await sleep(5);
    const retries: Retry[] = [];
    const stop = events.retryScheduled.subscribe((retry) => retries.push(retry));
    for (let i = 0; i < 4 && retries.length === 0; i++) {
      const before = good.requests.length;
      const body = new PassThrough();
      const upload = gw.fetch('/a', { method: 'PUT', body });
      body.write('slow');
      while (good.requests.length === before) await sleep(5);
      // What waited for this connection must not touch the body, which is on its way on another one.
      if (retries.length > 0) release();
      await sleep(100);
      body.end('ly');
      expect((await upload).seen.body).toBe('slowly');
    }
    stop();
    expect([retries.length, busy.requests.length]).toEqual([1, 1]);
    expect((await Promise.all(blockers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('do not give an upload up that takes longer than the time of one try', async () => {
    await using service = await echoService();
    await using gw = await gateway(file([service.url], 'retry: { timeout: 500ms, backoff: { base: 1ms } }'));
    const body = new PassThrough();
    const reply = gw.fetch('/a', { method: 'PUT', body });
    body.write('a');
    await sleep(800);
    body.end('b');
    expect((await reply).seen.body).toBe('ab');
  });

  it('make no storm: the budget holds', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], 'retry: { attempts: 3, backoff: { base: 1ms }, budget: { share: 20%, minimum: 0 } }'));
    await Promise.all(Array.from({ length: 10 }, () => statuses(gw, 10)));
    expect(service.requests.length).toBeGreaterThan(110);
    expect(service.requests.length).toBeLessThanOrEqual(120);
  });

  it('give a slow try up after its own time', async () => {
    await using slow = await echoService(() => {});
    await using good = await moody(200);
    await using gw = await gateway(file([slow.url, good.url], 'retry: { timeout: 500ms, backoff: { base: 1ms } }'));
    const startedAt = performance.now();
    expect(await statuses(gw, 4)).toEqual([200, 200, 200, 200]);
    // And not when no byte has come for 10 s.
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    expect(slow.requests.length).toBeGreaterThan(0);
  });

  it('wait as long as Retry-After says, or leave it', async () => {
    let asked = 0;
    let after = '1';
    await using service = await echoService((_request, response) => void (++asked % 2 === 1 ? response.writeHead(503, { 'retry-after': after }).end() : response.end('well')));
    await using gw = await gateway(file([service.url], 'retry: { backoff: { base: 1ms }, retryAfter: 1s }'));
    const startedAt = performance.now();
    expect(await statuses(gw, 1)).toEqual([200]);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    after = '2';
    const { headers, status } = await gw.fetch('/a');
    expect([status, headers['retry-after'], asked]).toEqual([503, '2', 3]);
  });

  it('end when the client leaves', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], 'retry: { attempts: 10, backoff: { base: 1s, max: 1s }, budget: off }'));
    const over = new Promise<void>((resolve) => { const stop = events.exchangeClosed.subscribe(() => { stop(); resolve(); }); });
    const leaving = new AbortController();
    const asked = fetch(`${gw.url}/a`, { signal: leaving.signal }).catch(() => null);
    while (service.requests.length === 0) await sleep(5);
    leaving.abort();
    await Promise.all([asked, over]);
    // What was sent in this very moment may still arrive.
    await sleep(100);
    const before = service.requests.length;
    await sleep(1_100);
    expect(service.requests).toHaveLength(before);
  });

  it('are off on a route that says so', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file([service.url], RETRY, ROUTE.replace('none', 'none, retry: off')));
    await gw.fetch('/a');
    expect(service.requests).toHaveLength(1);
  });
});

describe('T6: passive ejection', () => {
  it('takes out a target whose answers take long', async () => {
    await using slow = await echoService((_request, response) => void setTimeout(() => response.end('slow'), 600));
    await using good = await echoService();
    await using gw = await gateway(file([slow.url, good.url], 'health: { passive: { slow: { over: 400ms }, minRequests: 3, eject: 1m } }'));
    for (let i = 0; i < 6; i++) await gw.fetch('/a');
    expect(slow.requests).toHaveLength(3);
    for (let i = 0; i < 6; i++) await gw.fetch('/a');
    expect(slow.requests).toHaveLength(3);
  });

  it('takes a failing target out and lets it back in', async () => {
    await using bad = await moody(503);
    await using good = await moody(200);
    await using gw = await gateway(file([bad.url, good.url], 'health: { passive: { failures: 2, eject: 2s } }'));
    await statuses(gw, 4);
    expect(bad.requests).toHaveLength(2);
    bad.mood = 200;
    expect(await statuses(gw, 6)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(bad.requests).toHaveLength(2);
    await sleep(2_050);
    await statuses(gw, 4);
    expect(bad.requests.length).toBeGreaterThanOrEqual(4 - 1);
  });

  it('counts refused connections', async () => {
    await using good = await moody(200);
    await using gw = await gateway(file([NOBODY, good.url], 'health: { passive: { failures: 1 } }'));
    expect((await statuses(gw, 8)).filter((status) => status === 502)).toHaveLength(1);
  });

  it('uses all targets again when too few are left', async () => {
    const targets = await Promise.all([503, 503, 503, 200].map(moody));
    await using gw = await gateway(file(targets.map(({ url }) => url), 'health: { passive: { failures: 1, eject: 1m, maxShare: 100%, panic: 40% } }'));
    await statuses(gw, 20);
    expect(targets.map(({ requests }) => requests.length > 2)).toEqual([true, true, true, true]);
    await Promise.all(targets.map((target) => target.close()));
  });

  it('keeps a target out over a reload that leaves the settings as they are', async () => {
    await using bad = await moody(503);
    await using good = await moody(200);
    const passive = 'health: { passive: { failures: 1, eject: 1m } }';
    await using gw = await gateway(file([bad.url, good.url], passive));
    await statuses(gw, 4);
    await gw.rewrite(file([bad.url, good.url], passive, ROUTE.replace('/**', '/a/**')));
    await statuses(gw, 4);
    expect(bad.requests).toHaveLength(1);
    await gw.rewrite(file([bad.url, good.url], passive.replace('1m', '2m'), ROUTE.replace('/**', '/a/**')));
    await statuses(gw, 4);
    expect(bad.requests).toHaveLength(2);
  });
});

describe('mistakes of the file', () => {
  it.each([
    ['breaker: { errorRate: 150% }', 'a percentage such as 50%'],
    ['breaker: { counts: { status: [599-500] } }', 'a range such as 500-599'],
    ['retry: { attempts: 0 }', 'retry.attempts'],
    ['health: { passive: { eject: 30 } }', 'a duration such as'],
  ])('%s', async (settings, message) => {
    await expect(gateway(file(['http://localhost:1'], settings))).rejects.toThrow(message);
  });
});

describe('O2: what services go through, in numbers', () => {
  it('tells of retries, ejections, breakers and targets that are out', async () => {
    await using well = await moody(200);
    await using ill = await moody(503);
    const settings = 'retry: { backoff: { base: 1ms }, budget: off }, breaker: { failures: 1, counts: { status: [418] } }, health: { passive: { failures: 2, eject: 1m } }';
    await using gw = await gateway(file([well.url, ill.url], settings));
    const metrics = async (): Promise<string> => (await gw.fetch('/metrics')).text;
    expect(await metrics()).toContain('gateway_targets{service="echo",state="available"} 2');
    expect(await statuses(gw, 6)).toEqual([200, 200, 200, 200, 200, 200]);
    well.mood = 418;
    expect(await statuses(gw, 2)).toEqual([418, 503]);
    const text = await metrics();
    for (const line of [
      'gateway_retries_total{service="echo"} 2', 'gateway_target_ejections_total{service="echo"} 1',
      'gateway_targets{service="echo",state="out"} 1', 'gateway_breaker_state{service="echo",route="",state="open"} 1',
      'gateway_breaker_state{service="echo",route="",state="closed"} 0',
    ]) expect(text).toContain(line);
    expect(text).not.toContain(new URL(ill.url).host);
  });
});
