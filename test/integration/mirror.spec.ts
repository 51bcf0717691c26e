import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Mirrored } from '#libs/kernel';
import { echoService, type EchoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';
import { open, socketService } from '../support/websocket.js';

const HEAD = 'version: 1\nlog: { level: silent, access: off }\n';

const file = (shadow: string, mirror = '', { live = '${ECHO}', service = '', route = '' } = {}): string =>
  `${HEAD}services: { live: { targets: "${live}"${service} }, shadow: { targets: "${shadow}", breaker: { failures: 3, open: 1m } } }\n`
  + `routes: { all: { match: { path: "/a/**" }, to: live, authenticate: none, path: { strip: 1 }, mirror: { to: shadow${mirror} }${route} } }`;

/** What becomes of the copies. */
class Outcomes implements Disposable {
  readonly all: Mirrored[] = [];
  readonly #stop = events.requestMirrored.subscribe((each) => this.all.push(each));

  async first(count: number): Promise<string[]> {
    for (const end = performance.now() + 15_000; performance.now() < end && this.all.length < count;) await sleep(5);
    return this.all.map(({ outcome }) => outcome);
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

interface Shadow extends EchoService {
  readonly bodies: Promise<string>[];
}

/** A service that remembers what it gets. */
async function shadowService(listener: RequestListener = (_request, response) => void response.end('shadow')): Promise<Shadow> {
  const bodies: Promise<string>[] = [];
  const service = await echoService((request, response) => {
    const chunks: Buffer[] = [];
    bodies.push(new Promise((resolve) => {
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString())).on('error', () => resolve('broken'));
    }));
    listener(request, response);
  });
  return { ...service, bodies, get requests() { return service.requests; } };
}

describe('T15: mirroring', () => {
  it('sends the other service what the live one gets, and says that it is a copy', async () => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url));
    using outcomes = new Outcomes();
    const { headers, seen, status } = await gw.fetch('/a/x?q=1', { headers: { 'x-mine': 'v', 'x-mirrored': '1', x_mirrored: '1' } });
    expect([status, seen.url, seen.headers['x-mirrored'], seen.headers['x_mirrored']]).toEqual([200, '/x?q=1', undefined, undefined]);
    expect(await outcomes.first(1)).toEqual(['sent']);
    const [copy] = shadow.requests;
    expect(copy).toMatchObject({ method: 'GET', url: '/x?q=1', headers: { 'x-mine': 'v', 'x-mirrored': '1', 'x-request-id': headers['x-request-id'] } });
  });

  it.each([['with a length', 'body'.repeat(1_000)], ['of nothing', ''], ['just small enough', 'x'.repeat(65_536)]])('copies a body %s', async (_name, body) => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url));
    using outcomes = new Outcomes();
    expect((await gw.fetch('/a/1', { method: 'POST', body })).seen.body).toBe(body);
    expect(await outcomes.first(1)).toEqual(['sent']);
    expect(await shadow.bodies[0]).toBe(body);
  });

  it('copies a body that comes in pieces', async () => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url));
    using outcomes = new Outcomes();
    async function* pieces(): AsyncGenerator<Buffer> { for (const piece of ['one ', 'two ', 'three']) { await sleep(10); yield Buffer.from(piece); } }
    const response = await fetch(`${gw.url}/a/1`, { method: 'PUT', body: ReadableStream.from(pieces()), duplex: 'half' } as RequestInit);
    expect(await response.json()).toMatchObject({ body: 'one two three' });
    expect(await outcomes.first(1)).toEqual(['sent']);
    expect([shadow.requests[0]?.method, await shadow.bodies[0]]).toEqual(['PUT', 'one two three']);
  });

  it.each([['with a length', false], ['without', true]])('lets a body that is too large pass, and copies nothing: %s', async (_name, chunked) => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url, ', maxBody: 1kB'));
    using outcomes = new Outcomes();
    const body = 'x'.repeat(2_000_000);
    const sent = chunked ? { body: ReadableStream.from([Buffer.from(body)]), duplex: 'half' } : { body };
    const response = await fetch(`${gw.url}/a/1`, { method: 'POST', ...sent } as RequestInit);
    expect(((await response.json()) as { body: string }).body.length).toBe(body.length);
    expect(await outcomes.first(1)).toEqual(['skipped']);
    expect(shadow.requests).toHaveLength(0);
  });

  it('copies only the methods and the share it is told', async () => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url, ', methods: [GET], sample: 25%'));
    using outcomes = new Outcomes();
    for (let i = 0; i < 20; i++) await gw.fetch('/a/1', { method: 'POST' });
    await Promise.all(Array.from({ length: 400 }, () => gw.fetch('/a/1')));
    await outcomes.first(51);
    await sleep(100);
    expect(outcomes.all.length).toBeGreaterThan(50);
    expect(outcomes.all.length).toBeLessThan(150);
    expect(new Set(shadow.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it.each<[string, () => Promise<Shadow>]>([
    ['hangs', () => shadowService(() => {})],
    ['never ends', () => shadowService((_request, response) => { response.writeHead(200).write('x'); })],
    ['breaks off', () => shadowService((_request, response) => { response.writeHead(200, { 'content-length': 9 }).write('x'); setTimeout(() => response.destroy(), 5); })],
    ['cuts the connection', () => shadowService((request) => { request.socket.destroy(); })],
    ['is an event stream', () => shadowService((_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: x\n\n'); })],
    ['is dead', async () => { const shadow = await shadowService(); await shadow.close(); return shadow; }],
  ])('the live answer is as fast and right when the other service %s', async (_name, start) => {
    await using shadow = await start();
    await using gw = await gateway(file(shadow.url, ', timeout: 4s'));
    using outcomes = new Outcomes();
    const startedAt = performance.now();
    for (let i = 0; i < 3; i++) {
      const { seen, status } = await gw.fetch('/a/1', { method: 'POST', body: `body ${i}` });
      expect([status, seen.body]).toEqual([200, `body ${i}`]);
    }
    expect(performance.now() - startedAt).toBeLessThan(3_900);
    expect(await outcomes.first(3)).toEqual(['failed', 'failed', 'failed']);
  });

  it('has at most so many copies under way', async () => {
    await using shadow = await shadowService(() => {});
    await using gw = await gateway(file(shadow.url, ', maxInFlight: 2, timeout: 2s'));
    using outcomes = new Outcomes();
    for (let i = 0; i < 5; i++) expect((await gw.fetch('/a/1')).status).toBe(200);
    expect((await outcomes.first(5)).toSorted()).toEqual(['failed', 'failed', 'skipped', 'skipped', 'skipped']);
    await gw.fetch('/a/1');
    expect(await outcomes.first(6)).toHaveLength(6);
    expect(shadow.requests).toHaveLength(3);
  });

  it('is kept away by the breaker of the other service, and asks once', async () => {
    await using shadow = await shadowService((_request, response) => void response.writeHead(503).end());
    await using gw = await gateway(file(shadow.url, '', { route: ', retry: { backoff: { base: 1ms } }, breaker: { failures: 1, open: 1m }' }));
    using outcomes = new Outcomes();
    for (let i = 0; i < 5; i++) {
      expect((await gw.fetch('/a/1')).status).toBe(200);
      await outcomes.first(i + 1);
    }
    expect(outcomes.all.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent', 'failed', 'failed']);
    expect(shadow.requests).toHaveLength(3);
  });

  it('copies what a live service that fails got, too', async () => {
    await using shadow = await shadowService();
    await using live = await echoService((request, response) => { request.resume().on('end', () => response.writeHead(500).end('live')); });
    await using gw = await gateway(file(shadow.url, '', { live: live.url }));
    using outcomes = new Outcomes();
    expect((await gw.fetch('/a/1', { method: 'POST', body: 'x' })).text).toBe('live');
    expect(await outcomes.first(1)).toEqual(['sent']);
  });

  it('copies nothing of a body that never came through', async () => {
    await using shadow = await shadowService();
    const live = await echoService();
    await live.close();
    await using gw = await gateway(file(shadow.url, '', { live: live.url }));
    using outcomes = new Outcomes();
    expect((await gw.fetch('/a/1', { method: 'POST', body: 'x' })).status).toBe(502);
    expect(await outcomes.first(1)).toEqual(['skipped']);
    expect(shadow.requests).toHaveLength(0);
  });

  it('has nothing to do with a client that leaves half-way', async () => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url));
    using outcomes = new Outcomes();
    const client = connect(gw.port, '127.0.0.1').on('error', () => {});
    client.write('POST /a/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    while (gw.echo.requests.length === 0) await sleep(5);
    client.destroy();
    const startedAt = performance.now();
    expect(await outcomes.first(1)).toEqual(['skipped']);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(shadow.requests).toHaveLength(0);
    expect((await gw.fetch('/a/1')).status).toBe(200);
  });

  it('leaves WebSockets alone', async () => {
    await using sockets = await socketService();
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url, '', { live: sockets.url }));
    using outcomes = new Outcomes();
    const socket = await open(`${gw.url}/a/ws`);
    await sleep(50);
    socket.terminate();
    expect([outcomes.all, shadow.requests.length]).toEqual([[], 0]);
  });

  it('copies HEAD as HEAD', async () => {
    await using shadow = await shadowService();
    await using gw = await gateway(file(shadow.url));
    using outcomes = new Outcomes();
    expect((await gw.fetch('/a/1', { method: 'HEAD' })).status).toBe(200);
    expect(await outcomes.first(1)).toEqual(['sent']);
    expect(shadow.requests[0]?.method).toBe('HEAD');
  });
});

it('O2: counts copies by what became of them', async () => {
  await using shadow = await shadowService();
  await using gw = await gateway(file(shadow.url, ', maxBody: 10b'));
  using outcomes = new Outcomes();
  await gw.fetch('/a/1');
  await gw.fetch('/a/1', { method: 'POST', body: 'more than ten' });
  await outcomes.first(2);
  const { text } = await gw.fetch('/metrics');
  for (const outcome of ['sent', 'skipped']) expect(text).toContain(`gateway_mirrored_total{service="shadow",outcome="${outcome}"} 1`);
  expect(text).not.toContain('gateway_service_requests_total{service="shadow"');
});
