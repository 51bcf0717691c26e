import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { events, type Exchange } from '#libs/kernel';
import { FrontDoor } from '../../src/http/front-door.js';
import { ProxyService } from '../../src/proxy/proxy.service.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { closing, frame, open, RawSocket, refused, socketService, type SocketService } from '../support/websocket.js';

const SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const route = (settings = ''): string => `routes: { live: { match: { path: /ws/** }, to: echo, authenticate: none${settings} } }`;

function reply(socket: WebSocket): Promise<Buffer> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(data as Buffer)));
}

function soon(check: () => boolean): Promise<boolean> {
  const end = Date.now() + 20_000;
  return new Promise((resolve) => {
    const look = (): void => { if (check() || Date.now() > end) resolve(check()); else setTimeout(look, 10); };
    look();
  });
}

describe('T12: a WebSocket through the gateway', () => {
  let service: SocketService;
  let gw: TestGateway;
  beforeAll(async () => {
    service = await socketService({ perMessageDeflate: { threshold: 0 }, handleProtocols: (offered) => [...offered].at(-1) ?? false });
    gw = await gateway(route(', websocket: { maxFrame: 2MiB }'), { echo: service });
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it('carries text and 1 MiB of binary unchanged', async () => {
    const socket = await open(`${gw.url}/ws`);
    socket.send('grüß dich');
    expect((await reply(socket)).toString()).toBe('grüß dich');
    const block = randomBytes(1 << 20);
    socket.send(block);
    expect((await reply(socket)).equals(block)).toBe(true);
    socket.close(1000, 'done');
    expect(await closing(socket)).toEqual({ code: 1000, reason: 'done' });
  });

  it('carries many small messages in order', async () => {
    const socket = await open(`${gw.url}/ws`);
    const received: string[] = [];
    socket.on('message', (data) => received.push((data as Buffer).toString()));
    const sent = Array.from({ length: 2_000 }, (_, i) => `${i}:${'x'.repeat(i % 200)}`);
    for (const text of sent) socket.send(text);
    await soon(() => received.length === sent.length);
    expect(received).toEqual(sent);
    socket.terminate();
  });

  it('carries fragmented messages', async () => {
    const socket = await open(`${gw.url}/ws`);
    socket.send('one ', { fin: false });
    socket.send('two ', { fin: false });
    socket.send('three', { fin: true });
    expect((await reply(socket)).toString()).toBe('one two three');
    socket.terminate();
  });

  it('leaves permessage-deflate to client and service', async () => {
    const socket = await open(`${gw.url}/ws`, { perMessageDeflate: { threshold: 0 } });
    expect(socket.extensions).toContain('permessage-deflate');
    const text = 'again and '.repeat(10_000);
    socket.send(text);
    expect((await reply(socket)).toString()).toBe(text);
    socket.terminate();
  });

  it('lets client and service agree on a subprotocol', async () => {
    const socket = await open(`${gw.url}/ws`, { protocols: ['chat', 'superchat'] });
    expect(socket.protocol).toBe('superchat');
    socket.terminate();
  });

  it('passes pings and pongs of both ends', async () => {
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    far.ping('from the service');
    expect(String((await once(socket, 'ping'))[0])).toBe('from the service');
    expect(String((await once(far, 'pong'))[0])).toBe('from the service');
    socket.ping('from the client');
    expect(String((await once(socket, 'pong'))[0])).toBe('from the client');
    socket.terminate();
  });

  it.each([
    ['Connection: keep-alive, Upgrade', 'Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n'],
    ['capital letters', 'CONNECTION: UPGRADE\r\nUPGRADE: WebSocket\r\n'],
  ])('understands %s', async (_what, fields) => {
    const raw = RawSocket.open(gw.port, fields);
    expect(await raw.head()).toMatch(/^HTTP\/1\.1 101 .*\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
    raw.socket.write(frame(0x81, 'hello'));
    expect(String((await raw.frame())?.payload)).toBe('hello');
    raw.socket.destroy();
  });

  it('passes frames that come with the handshake', async () => {
    const raw = RawSocket.open(gw.port);
    raw.socket.write(frame(0x81, 'early'));
    await raw.head();
    expect(String((await raw.frame())?.payload)).toBe('early');
    raw.socket.destroy();
  });

  it('lets a service send no faster than the client reads', async () => {
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    socket.pause();
    const block = Buffer.alloc(1 << 20);
    for (let i = 0; i < 64; i++) far.send(block);
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What the service could not send waits on its side, not in the gateway.
    expect(far.bufferedAmount).toBeGreaterThan(32 << 20);
    let received = 0;
    socket.on('message', (data) => { received += (data as Buffer).length; });
    socket.resume();
    await soon(() => received === 64 << 20);
    expect(received).toBe(64 << 20);
    socket.terminate();
  });

  it('counts the bytes and closes the exchange once', async () => {
    const closed: Exchange[] = [];
    const stop = events.exchangeClosed.subscribe((exchange) => { if (exchange.path === '/ws/counted') closed.push(exchange); });
    const socket = await open(`${gw.url}/ws/counted`);
    socket.send('12345');
    await reply(socket);
    socket.terminate();
    await soon(() => closed.length > 0);
    stop();
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({ status: 101, problem: null, bytesIn: 11, bytesOut: 7, upgrade: 'websocket' });
  });

  it('survives a reload', async () => {
    const socket = await open(`${gw.url}/ws`);
    await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}", connections: { max: 7 } } }\n${route(', websocket: { maxFrame: 2MiB }')}`);
    socket.send('still there');
    expect((await reply(socket)).toString()).toBe('still there');
    socket.terminate();
  });
});

describe('T12: who may open one', () => {
  const auth = `authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256], from: [{ header: Authorization, scheme: Bearer }, { query: token }] } }\n`;
  const token = (role: string): Promise<string> => new SignJWT({ role }).setProtectedHeader({ alg: 'HS256' }).setSubject('42').setExpirationTime('5m').sign(new TextEncoder().encode(SECRET));
  let service: SocketService;
  let gw: TestGateway;
  beforeAll(async () => {
    service = await socketService({ verifyClient: ({ req }: { req: IncomingMessage }) => !req.url?.startsWith('/ws/closed') });
    gw = await gateway(`${auth}routes: { live: { match: { path: /ws/** }, to: echo }, staff: { match: { path: /ws/staff }, to: echo, authorize: { roles: [admin] } } }`, { echo: service });
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it('tells the service who is calling, and cuts the token out of the URL', async () => {
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws/a?x=1&token=${await token('student')}`, { headers: { 'X-User-ID': 'forged' } });
    const { request } = await arrival;
    expect(request.url).toBe('/ws/a?x=1');
    expect(request.headers).toMatchObject({ 'x-user-id': '42', 'x-user-role': 'student', 'x-forwarded-for': '127.0.0.1', upgrade: 'websocket' });
    socket.terminate();
  });

  it.each([
    ['401 without a token', '/ws/a', 401, 'unauthenticated'],
    ['401 with a bad token', '/ws/a?token=a.b.c', 401, 'invalid-credential'],
    ['404 where no route matches', '/elsewhere', 404, 'route-not-found'],
  ])('%s', async (_what, path, status, code) => {
    const answer = await refused(gw.url + path);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(answer.text)).toMatchObject({ code, status });
  });

  it('403 for the wrong role', async () => {
    const answer = await refused(`${gw.url}/ws/staff?token=${await token('student')}`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'forbidden' }]);
  });

  it('passes on what a service answers instead of 101', async () => {
    const answer = await refused(`${gw.url}/ws/closed?token=${await token('student')}`);
    expect([answer.status, answer.text]).toEqual([401, 'Unauthorized']);
  });

  it('still answers ordinary requests on the same route', async () => {
    const { status, seen } = await gw.fetch('/ws/a', { headers: { authorization: `Bearer ${await token('student')}` } });
    expect([status, seen.headers['upgrade']]).toEqual([200, undefined]);
  });
});

describe('T12: what a route says about WebSockets', () => {
  it('refuses upgrades where they are off, and only those', async () => {
    await using gw = await gateway(route(', websocket: off'), { echo: await socketService() });
    const answer = await refused(`${gw.url}/ws`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'upgrade-refused' }]);
    expect((await gw.fetch('/ws')).status).toBe(200);
  });

  const LISTED = ', websocket: { origins: ["https://app.example.org", "https://*.example.com"] }';
  const CORS = ', cors: { origins: ["https://app.example.org"] }';
  it.each([
    ['listed', LISTED, 'https://app.example.org', 101],
    ['matched by a pattern', LISTED, 'https://a.example.com', 101],
    ['of nobody known', LISTED, 'https://evil.example', 403],
    ['that only looks listed', LISTED, 'https://app.example.org.evil.example', 403],
    ['null', LISTED, 'null', 403],
    ['of the gateway itself, not listed', LISTED, 'SELF', 403],
    ['absent', LISTED, undefined, 101],
    ['listed for cors', CORS, 'https://app.example.org', 101],
    ['not listed for cors', CORS, 'https://evil.example', 403],
    ['of the gateway itself', CORS, 'SELF', 101],
    ['any, without cors', '', 'https://evil.example', 101],
    ['any, when cors lets any', ', cors: { origins: "*" }', 'https://evil.example', 101],
  ])('an origin %s', async (_what, settings, origin, expected) => {
    await using gw = await gateway(route(settings), { echo: await socketService() });
    const headers = origin === undefined ? {} : { origin: origin === 'SELF' ? gw.url : origin };
    if (expected === 101) {
      const socket = await open(`${gw.url}/ws`, { headers });
      socket.terminate();
      return;
    }
    const answer = await refused(`${gw.url}/ws`, { headers });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { code: 'forbidden' }]);
  });

  it('502 when the service is down', async () => {
    await using service = await socketService();
    await service.close();
    await using gw = await gateway(`services: { echo: { targets: "${service.url}" } }\n${route()}`);
    const answer = await refused(`${gw.url}/ws`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([502, { code: 'target-unreachable' }]);
  });

  it('504 when the service never answers the handshake', async () => {
    const target = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(target, 'listening');
    await using gw = await gateway(`services: { echo: { targets: "http://127.0.0.1:${(target.address() as AddressInfo).port}" } }\n${route(', timeout: { firstByte: 200ms }')}`);
    const answer = await refused(`${gw.url}/ws`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([504, { code: 'first-byte-timeout' }]);
    target.close();
  });

  it('pings a silent client and keeps its pong to itself', async () => {
    const service = await socketService();
    await using gw = await gateway(route(', websocket: { ping: 100ms }'), { echo: service });
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    let pongs = 0;
    far.on('pong', () => { pongs++; });
    await once(socket, 'ping');
    await once(socket, 'ping');
    // The pong that answers the service's own ping does reach it.
    far.ping('mine');
    await once(far, 'pong');
    expect(pongs).toBe(1);
    socket.terminate();
  });

  it('puts pings between frames, also when a frame comes in pieces', async () => {
    const service = await socketService();
    const arrival = Promise.withResolvers<Socket>();
    service.server.removeAllListeners('upgrade').on('upgrade', (_request, socket: Socket) => {
      arrival.resolve(socket);
      socket.on('error', () => {}).write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.write(Buffer.from([0x81, 4, 0x61]));
    });
    await using gw = await gateway(route(', websocket: { ping: 300ms }'), { echo: service });
    const raw = RawSocket.open(gw.port);
    await raw.head();
    await new Promise((resolve) => setTimeout(resolve, 900));
    const far = await arrival.promise;
    far.write(Buffer.from('bcd'));
    expect(await raw.frame()).toMatchObject({ opcode: 1, payload: Buffer.from('abcd') });
    expect(await raw.frame()).toMatchObject({ opcode: 9 });
    raw.socket.destroy();
    far.destroy();
  });

  it('closes with 1001 after timeout.stream of silence, pings or not', async () => {
    const service = await socketService();
    await using gw = await gateway(route(', timeout: { stream: 400ms }, websocket: { ping: 100ms }'), { echo: service });
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    const both = Promise.all([closing(socket), closing(far)]);
    expect((await both).map(({ code }) => code)).toEqual([1001, 1001]);
  });

  it('counts traffic of either side against the silence', async () => {
    const service = await socketService();
    await using gw = await gateway(route(', timeout: { stream: 2s }'), { echo: service });
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    const tick = setInterval(() => far.send('tick'), 100);
    await new Promise((resolve) => setTimeout(resolve, 2_800));
    expect(socket.readyState).toBe(WebSocket.OPEN);
    clearInterval(tick);
    expect(await closing(socket)).toMatchObject({ code: 1001 });
  });

  it('outlives timeout.total and timeout.idle', async () => {
    await using gw = await gateway(route(', timeout: { total: 1s, idle: 500ms }'), { echo: await socketService() });
    const socket = await open(`${gw.url}/ws`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    socket.send('here');
    expect((await reply(socket)).toString()).toBe('here');
    socket.terminate();
  });

  it('closes both sides with 1009 when a frame is too large', async () => {
    const service = await socketService();
    await using gw = await gateway(route(', websocket: { maxFrame: 1kB }'), { echo: service });
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    socket.send(Buffer.alloc(1_000));
    expect(await reply(socket)).toHaveLength(1_000);
    const both = Promise.all([closing(socket), closing(far)]);
    socket.send(Buffer.alloc(1_001));
    expect(await both).toEqual([{ code: 1009, reason: 'frame too large' }, { code: 1009, reason: 'frame too large' }]);
  });

  it('says goodbye with 1001 when the gateway shuts down', async () => {
    const service = await socketService();
    const gw = await gateway(route(), { echo: service });
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    const both = Promise.all([closing(socket), closing(far)]);
    await gw[Symbol.asyncDispose]();
    expect((await both).map(({ code }) => code)).toEqual([1001, 1001]);
  });
});

describe('T12: hostile and broken ends', () => {
  let service: SocketService;
  let gw: TestGateway;
  beforeAll(async () => {
    service = await socketService();
    gw = await gateway(route(), { echo: service });
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each([
    ['an unmasked frame', Buffer.from([0x81, 2, 0x68, 0x69])],
    ['a reserved data opcode', frame(0x83, 'x')],
    ['a reserved control opcode', frame(0x8b, 'x')],
    ['a ping in fragments', frame(0x09, 'x')],
    ['a ping that is too long', Buffer.concat([Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0]), Buffer.alloc(126)])],
    ['a 16-bit length that fits into 7 bits', Buffer.concat([Buffer.from([0x82, 0xfe, 0, 5, 0, 0, 0, 0]), Buffer.alloc(5)])],
    ['a 64-bit length that fits into 16 bits', Buffer.concat([Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0]), Buffer.alloc(5)])],
    ['bytes of another protocol', Buffer.from('GET /admin HTTP/1.1\r\nHost: a\r\n\r\n')],
  ])('1002 for %s', async (_what, bytes) => {
    const arrival = service.next();
    const raw = RawSocket.open(gw.port);
    await raw.head();
    const { socket: far } = await arrival;
    const gone = closing(far);
    raw.socket.write(bytes);
    const answer = await raw.frame();
    expect([answer?.opcode, answer?.payload.readUInt16BE(0)]).toEqual([8, 1002]);
    expect((await gone).code).toBe(1002);
    raw.socket.end();
    await raw.end();
  });

  it('1009 for a length beyond all measure, byte by byte', async () => {
    const raw = RawSocket.open(gw.port);
    await raw.head();
    for (const byte of [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) {
      raw.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect((await raw.frame())?.payload.readUInt16BE(0)).toBe(1009);
    raw.socket.destroy();
  });

  it('passes a frame that comes byte by byte', async () => {
    const raw = RawSocket.open(gw.port);
    await raw.head();
    for (const byte of frame(0x81, 'slowly')) {
      raw.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(String((await raw.frame())?.payload)).toBe('slowly');
    raw.socket.destroy();
  });

  it('cuts off a client that ignores the close and goes on sending', async () => {
    const raw = RawSocket.open(gw.port);
    await raw.head();
    raw.socket.write(frame(0x83, 'x'));
    const flood = setInterval(() => raw.socket.write(Buffer.alloc(1_000)), 50);
    const start = performance.now();
    await raw.end();
    clearInterval(flood);
    expect(performance.now() - start).toBeLessThan(9_000);
  });

  it.each([
    ['POST', 'POST /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n'],
    ['a body', 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello'],
    ['a chunked body', 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('400 for a handshake with %s', async (_what, bytes) => {
    const before = service.requests.length;
    const raw = RawSocket.send(gw.port, bytes);
    expect(await raw.head()).toMatch(/^HTTP\/1\.1 400 /);
    raw.socket.end();
    await raw.end();
    expect(service.requests).toHaveLength(before);
  });

  it.each([
    ['closes its connection', (socket: WebSocket) => socket.terminate()],
    ['resets its connection', (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket.resetAndDestroy()],
  ])('a client that %s takes the service’s socket with it', async (_how, leave) => {
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    const gone = closing(far);
    const start = performance.now();
    leave(socket);
    expect((await gone).code).toBe(1006);
    // At once, not only when the patience with an end that does not react is over.
    expect(performance.now() - start).toBeLessThan(2_900);
  });

  it.each([
    ['closes its connection', (socket: WebSocket) => socket.terminate()],
    ['resets its connection', (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket.resetAndDestroy()],
  ])('a service that %s takes the client’s socket with it', async (_how, leave) => {
    const arrival = service.next();
    const socket = await open(`${gw.url}/ws`);
    const { socket: far } = await arrival;
    const gone = closing(socket);
    const start = performance.now();
    leave(far);
    expect((await gone).code).toBe(1006);
    // At once, not only when the patience with an end that does not react is over.
    expect(performance.now() - start).toBeLessThan(2_900);
  });

  it.each([
    ['closes', (socket: Socket) => socket.destroy()],
    ['ends', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('a client that %s during the handshake is noticed', async (_how, leave) => {
    const target = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const arrived = once(target, 'connection');
    await using own = await gateway(`services: { echo: { targets: "http://127.0.0.1:${(target.address() as AddressInfo).port}" } }\n${route()}`);
    const raw = RawSocket.open(own.port);
    const [far] = (await arrived) as [Socket];
    far.on('error', () => {}).resume();
    const gone = once(far, 'end');
    leave(raw.socket);
    await gone;
    far.destroy();
    target.close();
  });

  it('leaves no exchange, no tunnel and no try behind', async () => {
    const { app } = gw.gateway;
    const [door, { tunnels }] = [app.get(FrontDoor), app.get(ProxyService)];
    const inFlight: number[] = [];
    const stop = events.exchangeClosed.subscribe(({ target }) => inFlight.push(target?.inFlight ?? -1));
    const nothing = (): boolean => tunnels.size === 0 && door.active === 0;
    expect(await soon(nothing)).toBe(true);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(`${gw.url}/ws`)));
    expect([tunnels.size, door.active]).toEqual([20, 20]);
    for (const socket of sockets) socket.terminate();
    expect(await soon(nothing)).toBe(true);
    stop();
    expect(inFlight.at(-1)).toBe(0);
  });
});
