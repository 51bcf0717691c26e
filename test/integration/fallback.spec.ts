import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Exchange } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { open, socketService } from '../support/websocket.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';

/** A service that answers a status; 0 cuts the connection. */
async function moody(mood: number): Promise<EchoService & { mood: number }> {
  const listener: RequestListener = (request, response) => {
    request.resume();
    if (service.mood === 0) request.socket.destroy();
    else response.writeHead(service.mood, { 'content-type': 'text/plain' }).end(`status ${service.mood}`);
  };
  const service = Object.assign(await echoService(listener), { mood });
  return service;
}

/** An address where nobody listens, nor ever will. */
const NOBODY = 'http://127.0.0.1:1';

/** `main` is at the first address, `other` at the second. */
const file = (main: string, fallback: string, { other = 'http://127.0.0.1:9', route = '', service = '' } = {}): string =>
  `${HEAD}services: { main: { targets: "${main}"${service} }, other: { targets: "${other}/base" } }\n`
  + `routes: { all: { match: { path: "/a/**" }, to: main, authenticate: none, path: { strip: 1 }, headers: { response: { set: { x-route: "yes" } } }, fallback: ${fallback}${route} } }`;

/** The last exchange that was closed. */
async function closed(run: () => Promise<unknown>): Promise<Exchange> {
  const seen: Exchange[] = [];
  const stop = events.exchangeClosed.subscribe((exchange) => seen.push(exchange));
  await run();
  await until(() => seen.length > 0);
  stop();
  return seen.at(-1) as Exchange;
}

const label = async (gw: TestGateway, path = '/a/1'): Promise<[number, unknown, string]> => {
  const { headers, status, text } = await gw.fetch(path);
  return [status, headers['x-degraded'], text];
};

describe('T10: an answer of the file', () => {
  it.each<[string, string, [number, string | undefined, string]]>([
    ['JSON', '[{ body: { algorithms: [a, b] } }]', [200, 'application/json; charset=utf-8', '{"algorithms":["a","b"]}']],
    ['text', '[{ status: 503, body: "down for now" }]', [503, 'text/plain; charset=utf-8', 'down for now']],
    ['another type', '[{ status: 200, body: "<p/>", contentType: text/html }]', [200, 'text/html', '<p/>']],
    ['nothing', '[{ status: 204 }]', [204, undefined, '']],
    ['whatever stands first', '[stale, { service: other }, { body: one }, { body: two }]', [200, 'text/plain; charset=utf-8', 'one']],
  ])('is given when the service cannot be reached: %s', async (_name, fallback, expected) => {
    await using gw = await gateway(file(NOBODY, fallback));
    const { headers, status, text } = await gw.fetch('/a/1');
    expect([status, headers['content-type'], text]).toEqual(expected);
    expect(headers).toMatchObject({ 'x-degraded': 'static', 'cache-control': 'no-store' });
  });

  it('may have headers of its own', async () => {
    await using gw = await gateway(file(NOBODY, '[{ body: x, headers: { Retry-After: "30", Cache-Control: max-age=5 } }]'));
    expect((await gw.fetch('/a/1')).headers).toMatchObject({ 'retry-after': '30', 'cache-control': 'max-age=5' });
  });

  it.each([502, 503, 504])('is given for the service’s own %i', async (status) => {
    await using service = await moody(status);
    await using gw = await gateway(file(service.url, '[{ body: x }]'));
    expect(await label(gw)).toEqual([200, 'static', 'x']);
  });

  it.each([200, 404, 429, 500])('is not given for its %i', async (status) => {
    await using service = await moody(status);
    await using gw = await gateway(file(service.url, '[{ body: x }]'));
    expect(await label(gw)).toEqual([status, undefined, `status ${status}`]);
  });

  it('is given for what the file says, and nothing else', async () => {
    await using service = await moody(500);
    await using gw = await gateway(file(service.url, '{ when: { status: [500], problems: [] }, chain: [{ body: x }] }'));
    expect(await label(gw)).toEqual([200, 'static', 'x']);
    service.mood = 0;
    expect((await gw.fetch('/a/1')).status).toBe(502);
  });

  it('is given while the circuit is open, without asking', async () => {
    await using service = await moody(500);
    await using gw = await gateway(file(service.url, '{ when: { status: [] }, chain: [{ body: x }] }', { service: ', breaker: { failures: 1, open: 1m }' }));
    expect((await gw.fetch('/a/1')).status).toBe(500);
    expect(await label(gw)).toEqual([200, 'static', 'x']);
    expect(service.requests).toHaveLength(1);
  });

  it('has no body for HEAD, but its length', async () => {
    await using gw = await gateway(file(NOBODY, '[{ body: { a: 1 } }]'));
    const { headers, status, text } = await gw.fetch('/a/1', { method: 'HEAD' });
    expect([status, headers['content-length'], headers['x-degraded'], text]).toEqual([200, '7', 'static', '']);
  });

  it('is given after the total time only when the file says so', async () => {
    await using service = await echoService(() => {});
    const slow = { route: ', timeout: { total: 80ms }' };
    await using strict = await gateway(file(service.url, '[{ body: x }]', slow));
    expect((await strict.fetch('/a/1')).status).toBe(504);
    await using kind = await gateway(file(service.url, '{ when: { problems: [total-timeout] }, chain: [{ service: other }, { body: x }] }', slow));
    expect(await label(kind)).toEqual([200, 'static', 'x']);
  });

  it('comes out of a file, which is read again when it changes', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file(service.url, '[{ body: x }]'));
    const page = join(dirname(gw.file), 'down.html');
    await writeFile(page, '<h1>down</h1>');
    await gw.rewrite(file(service.url, '[{ status: 503, file: down.html }]').replace('version: 1', 'version: 1\nserver: { watch: 20ms }'));
    const { headers, status, text } = await gw.fetch('/a/1');
    expect([status, headers['content-type'], text]).toEqual([503, 'text/html; charset=utf-8', '<h1>down</h1>']);
    await writeFile(page, '<h1>still down</h1>');
    await gw.gateway.reload();
    expect((await gw.fetch('/a/1')).text).toBe('<h1>still down</h1>');
  });
});

describe('T10: another service', () => {
  it('gets the request as the first one got it, and its answer is edited alike', async () => {
    await using gw = await gateway(file(NOBODY, '[{ service: other }]', { other: '${ECHO}' }));
    const { headers, seen } = await gw.fetch('/a/x/y?q=1', { headers: { 'x-mine': 'v' } });
    expect(headers).toMatchObject({ 'x-degraded': 'service', 'x-route': 'yes' });
    expect(seen).toMatchObject({ method: 'GET', url: '/base/x/y?q=1', headers: { 'x-mine': 'v' } });
    expect(seen.headers['x-request-id']).toBe(headers['x-request-id']);
  });

  it('gets a body that nobody has begun to read', async () => {
    await using gw = await gateway(file(NOBODY, '[{ service: other }]', { other: '${ECHO}', service: ', breaker: { failures: 1, open: 1m }' }));
    await gw.fetch('/a/1');
    const { headers, seen } = await gw.fetch('/a/1', { method: 'POST', body: 'all of it' });
    expect([headers['x-degraded'], seen.method, seen.body]).toEqual(['service', 'POST', 'all of it']);
  });

  it('gets a body for which there was no connection', async () => {
    await using gw = await gateway(file(NOBODY, '[{ service: other }, { body: static }]', { other: '${ECHO}' }));
    const { headers, seen } = await gw.fetch('/a/1', { method: 'POST', body: 'all of it' });
    expect([headers['x-degraded'], seen.body]).toEqual(['service', 'all of it']);
  });

  it('is passed over when the body is gone', async () => {
    await using service = await moody(503);
    await using gw = await gateway(file(service.url, '[{ service: other }, { body: static }]', { other: '${ECHO}' }));
    expect((await gw.fetch('/a/1', { method: 'POST', body: 'x'.repeat(200_000) })).headers['x-degraded']).toBe('static');
    expect(gw.echo.requests).toHaveLength(0);
    expect((await gw.fetch('/a/1', { method: 'POST' })).headers['x-degraded']).toBe('service');
  });

  it('that fails as well passes on, and at last the first failure is told', async () => {
    await using service = await moody(503);
    await using other = await moody(502);
    await using gw = await gateway(file(service.url, '[stale, { service: other }]', { other: other.url }));
    expect(await label(gw)).toEqual([503, undefined, 'status 503']);
    other.mood = 0;
    expect(await label(gw)).toEqual([503, undefined, 'status 503']);
    service.mood = 0;
    const exchange = await closed(async () => expect((await gw.fetch('/a/1')).json()).toMatchObject({ code: 'bad-target-response' }));
    expect(exchange).toMatchObject({ degraded: null, failure: null, tries: 2, service: { name: 'main' } });
    other.mood = 404;
    expect(await label(gw)).toEqual([404, 'service', 'status 404']);
  });

  it('keeps connections usable when answers are dropped', async () => {
    await using service = await echoService((_request, response) => void response.writeHead(503).end('x'.repeat(500_000)));
    await using gw = await gateway(file(service.url, '[{ body: x }]', { service: ', connections: { max: 2 }' }));
    for (let i = 0; i < 8; i++) expect(await label(gw)).toEqual([200, 'static', 'x']);
  });

  it('is told in the slots of the exchange', async () => {
    await using gw = await gateway(file(NOBODY, '[{ service: other }]', { other: '${ECHO}' }));
    const exchange = await closed(() => gw.fetch('/a/1'));
    expect(exchange).toMatchObject({ degraded: 'service', problem: null, service: { name: 'other' }, route: { service: { name: 'main' } }, tries: 2, status: 200 });
    expect(exchange.failure?.type.code).toBe('target-unreachable');
  });

  it('is not asked once the client has left', async () => {
    await using service = await echoService(() => {});
    await using gw = await gateway(file(service.url, '[{ service: other }]', { other: '${ECHO}' }));
    const leaving = new AbortController();
    const exchange = await closed(async () => {
      const left = fetch(`${gw.url}/a/1`, { signal: leaving.signal }).catch(() => null);
      await until(() => service.requests.length === 1);
      leaving.abort();
      await left;
    });
    expect(exchange.status).toBe(499);
    service.server.closeAllConnections();
    await sleep(200);
    expect(gw.echo.requests).toHaveLength(0);
  });

  it('is left when the client leaves half-way through its answer', async () => {
    let gone: () => void = () => {};
    const left = new Promise<void>((resolve) => { gone = resolve; });
    await using other = await echoService((_request, response) => { response.on('close', gone); response.writeHead(200).write('begun'); });
    await using gw = await gateway(file(NOBODY, '[{ service: other }]', { other: other.url }));
    const exchange = await closed(async () => {
      const controller = new AbortController();
      const response = await fetch(`${gw.url}/a/1`, { signal: controller.signal });
      expect(response.headers.get('x-degraded')).toBe('service');
      controller.abort();
      await left;
    });
    expect(exchange.status).toBe(499);
  });

  it('is not to blame for a client that is slow to send its body', async () => {
    const services = 's: { targets: "http://127.0.0.1:1" }, o: { targets: "${ECHO}", breaker: { failures: 1, open: 1m }, health: { passive: { failures: 1 } } }';
    await using gw = await gateway(`version: 1\nlog: { level: silent, access: off }\nservices: { ${services} }\nroutes: { r: { match: { path: /** }, to: s, authenticate: none, timeout: { total: 2s }, fallback: [{ service: o }] } }`);
    const client = connect(gw.port, '127.0.0.1').on('error', () => {});
    client.write('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nslow');
    const [said] = await once(client, 'data') as [Buffer];
    expect(said.toString()).toMatch(/^HTTP\/1.1 502/);
    client.destroy();
    expect((await gw.fetch('/a')).status).toBe(200);
  });

  it('takes WebSockets over', async () => {
    await using sockets = await socketService();
    await using gw = await gateway(file(NOBODY, '[{ service: other }]', { other: sockets.url }));
    const socket = await open(`${gw.url}/a/ws`);
    const echoed = new Promise((resolve) => { socket.on('message', (data: Buffer) => resolve(data.toString())); });
    socket.send('hello');
    expect(await echoed).toBe('hello');
    socket.terminate();
  });
});

it('O2: counts answers that something stood in for, by what it was', async () => {
  await using gw = await gateway(file(NOBODY, '[{ service: other }]', { other: '${ECHO}' }));
  for (let i = 0; i < 3; i++) await gw.fetch('/a/1');
  const { text } = await gw.fetch('/metrics');
  expect(text).toContain('gateway_degraded_total{service="main",fallback="service"} 3');
  expect(text).toContain('gateway_service_requests_total{service="other",status="200"} 3');
});
