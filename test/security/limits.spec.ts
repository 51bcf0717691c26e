import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Exchange } from '#libs/kernel';
import { cpuTime, echoService, until } from '#libs/testing';
import { FrontDoor } from '../../src/http/front-door.js';
import { Redaction } from '../../src/telemetry/redaction.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { USERS } from '../support/jwt.js';
import { raw } from '../support/raw.js';

const MIB = 1_048_576;
const FILE = `
${USERS}
endpoints: { health: { at: /health } }
routes:
  guarded: { match: { path: /guarded }, to: echo }
  all: { match: { path: /** }, to: echo, authenticate: none, body: { limit: off } }
`;
const active = (gw: TestGateway): number => gw.gateway.app.get(FrontDoor).active;
const open = (gw: TestGateway): Socket => connect(gw.port, '127.0.0.1').on('error', () => {});

describe('what one client can cost', () => {
  it('a connection on which too many requests wait ends', async () => {
    const never = await echoService(() => {});
    await using gw = await gateway(FILE, { echo: never });
    const reply = await raw(gw.port, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000), 15_000);
    expect(reply.closed).toBe(true);
    await until(() => active(gw) === 0);
    expect(never.requests.length).toBeLessThanOrEqual(100);
  }, 30_000);

  it('fewer of them are all answered, in order', async () => {
    const service = await echoService((request, response) => { setTimeout(() => response.end(request.url), Number(request.url?.slice(1)) % 7); });
    await using gw = await gateway(FILE, { echo: service });
    const { text } = await raw(gw.port, Array.from({ length: 90 }, (_, i) => `GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''), 1_000);
    expect(text.match(/^\/\d+/gm)).toEqual(Array.from({ length: 90 }, (_, i) => `/${i}`));
    expect(active(gw)).toBe(0);
  });

  it.each([['a guarded route', '/guarded', 401], ['an endpoint', '/health', 200]])('%s answers an endless body at once, and ends it', async (_what, path, status) => {
    await using gw = await gateway(FILE);
    const socket = open(gw);
    let text = '';
    socket.on('data', (chunk: Buffer) => { text += chunk.toString('latin1'); });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const timer = setInterval(() => { if (socket.writable && socket.writableLength < MIB) socket.write(chunk); }, 2);
    const started = performance.now();
    await closed;
    clearInterval(timer);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    // Who waits for the body waits for five minutes.
    expect(performance.now() - started).toBeLessThan(15_000);
    await until(() => active(gw) === 0);
  }, 40_000);

  it.each(['eyJ', 'eyJa.', '-eyJ', 'eyJaaaaaaa..', 'a', '.eyJ'])('a field full of %j costs the access log next to nothing', (unit) => {
    const [redaction, text] = [new Redaction(), unit.repeat(32_768 / unit.length)];
    const took = cpuTime(() => {
      redaction.value(text);
      redaction.query(`?${text}`);
    });
    expect(took).toBeLessThan(50);
  });

  it('tokens are cut out wherever they stand', () => {
    const [redaction, jwt] = [new Redaction(), 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl'];
    expect(redaction.value(`a ${jwt} b-${jwt}, x.${jwt} eyJ ${jwt.split('.')[0]}.`)).toBe('a [redacted] b-[redacted], x.[redacted] eyJ eyJhbGciOiJIUzI1NiJ9.');
  });
});

describe('T11: back-pressure', () => {
  const chunk = Buffer.alloc(65_536, 'x');

  it('a client that never reads holds its service back', async () => {
    let sent = 0;
    const service = await echoService((_request, response) => {
      const more = (): void => {
        do sent += chunk.length; while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await using gw = await gateway(FILE, { echo: service });
    const socket = open(gw);
    socket.pause();
    socket.write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    // Until nothing more of it fits anywhere, or all too much has.
    await until(async () => {
      const before = sent;
      await sleep(500);
      return (sent === before && sent > 0) || sent > 64 * MIB;
    });
    expect(sent).toBeLessThan(32 * MIB);
    socket.destroy();
    await until(() => active(gw) === 0);
  });

  it.each(['application/json', 'text/event-stream'])('a client that never reads %s is given up, and its service with it', async (type) => {
    let left = false;
    const service = await echoService((_request, response) => {
      response.writeHead(200, { 'content-type': type });
      const more = (): void => { while (response.write(chunk)); };
      response.on('drain', more).on('close', () => { left = true; });
      more();
    });
    await using gw = await gateway(FILE.replace('limit: off }', 'limit: off }, timeout: { write: 300ms, total: off }'), { echo: service });
    const closed = new Promise<Exchange>((resolve) => { events.exchangeClosed.subscribe(resolve); });
    const socket = open(gw);
    socket.pause();
    socket.write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
    const { problem, status } = await closed;
    expect([status, problem?.type.code]).toEqual([499, 'client-closed-request']);
    expect(problem?.detail).toContain('300 ms');
    await until(() => left && active(gw) === 0);
    socket.destroy();
  });

  it('a client that reads slowly gets all of it', async () => {
    // All of it takes longer than the gateway waits for a part; none of its parts does, not even where the machine stands still.
    const service = await echoService((_request, response) => response.end(Buffer.alloc(24 * MIB, 'x')));
    await using gw = await gateway(FILE.replace('limit: off }', 'limit: off }, timeout: { write: 3s }'), { echo: service });
    const socket = open(gw);
    let received = 0;
    const started = performance.now();
    socket.on('data', (part: Buffer) => {
      received += part.length;
      socket.pause();
      // Six seconds in all, and no more where the machine is slow by itself.
      setTimeout(() => socket.resume(), Math.max(0, started + (received / (24 * MIB)) * 6_000 - performance.now()));
    });
    socket.write('GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received).toBeGreaterThan(24 * MIB);
  }, 60_000);
});
