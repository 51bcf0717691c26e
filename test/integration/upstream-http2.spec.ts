import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { events, type BrokenAnswer, type Target } from '#libs/kernel';
import { echoService } from '#libs/testing';
import { poolStats, ServiceDirectory } from '../../src/services/index.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { bodyOf, http2Service, type Http2Service } from '../support/http2.js';
import { raw } from '../support/raw.js';

const ROUTE = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none, compression: off TIMEOUT } }';
const LIMITS = ', timeout: { connect: 2s, firstByte: 1s, idle: 1s, total: 10s }';

/** A gateway that speaks HTTP/2 to a service. */
function before(url: string, settings = '', timeout = ''): Promise<TestGateway> {
  return gateway(`services: { echo: { targets: "${url}", protocol: http2${settings} } }\n${ROUTE.replace(' TIMEOUT', timeout)}`);
}

/** Answers with what it saw. */
async function echo(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const body = (await bodyOf(stream)).toString();
  if (stream.destroyed) return;
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  stream.end(JSON.stringify({ headers, body }));
}

const onEcho = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => void echo(stream, headers);

interface SeenStream {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function soon(check: () => boolean): Promise<void> {
  for (const end = performance.now() + 15_000; performance.now() < end && !check();) await sleep(10);
  expect(check()).toBe(true);
}

describe('T13: HTTP/2 without TLS, a request and its answer', () => {
  let service: Http2Service;
  let gw: TestGateway;
  beforeAll(async () => {
    service = await http2Service(onEcho);
    gw = await before(`${service.url}/base`);
  });
  afterAll(async () => { await gw[Symbol.asyncDispose](); await service[Symbol.asyncDispose](); });

  it('has its pseudo-headers, and no field of the client’s connection', async () => {
    const { text, status } = await raw(gw.port, 'GET /a?x=1 HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=3\r\nTE: gzip, trailers\r\nCookie: a=1\r\nX-Two: 1\r\nx-two: 2\r\nProxy-Connection: keep-alive\r\n\r\n');
    expect(status).toBe(200);
    const { headers } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as SeenStream;
    expect(headers).toMatchObject({ ':method': 'GET', ':path': '/base/a?x=1', ':scheme': 'http', ':authority': new URL(service.url).host, te: 'trailers', cookie: 'a=1', 'x-two': '1, 2', via: '1.1 passerelle' });
    for (const name of ['connection', 'keep-alive', 'proxy-connection', 'x-hop', 'host', 'transfer-encoding']) expect(headers).not.toHaveProperty(name);
    expect(text.slice(0, text.indexOf('\r\n\r\n'))).not.toMatch(/^:/m);
  });

  it.each([
    ['of a known length', 'hello', '5'],
    ['of an unknown length', Readable.from(['hel', 'lo']), undefined],
  ])('carries a body %s', async (_what, body, length) => {
    const { headers, body: seen } = (await gw.fetch('/a', { method: 'POST', body })).json<SeenStream>();
    expect([seen, headers['content-length'], headers['transfer-encoding']]).toEqual(['hello', length, undefined]);
  });

  it('survives a field that HTTP/2 may have only once, and the requests beside it do too', async () => {
    const body = new PassThrough();
    const other = gw.fetch('/slow', { method: 'POST', body });
    body.write('a');
    await sleep(50);
    const { status, json } = await gw.fetch('/a', { headers: { 'Content-Type': ['a/b', 'c/d'] } });
    expect([status, json()['code']]).toEqual([400, 'malformed-request']);
    body.end('b');
    expect((await other).json<SeenStream>().body).toBe('ab');
  });

  it('uses one connection for all of them', () => {
    expect(service.sessions).toHaveLength(1);
  });
});

describe('T13: answers over HTTP/2', () => {
  const answers: Record<string, (stream: ServerHttp2Stream) => void> = {
    '/trailers': (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', trailer: 'grpc-status' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
      stream.end('payload');
    },
    '/trailers-only': (stream) => stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true }),
    '/204': (stream) => stream.respond({ ':status': 204 }, { endStream: true }),
    '/304': (stream) => stream.respond({ ':status': 304, etag: '"a"', 'content-length': 77 }, { endStream: true }),
    '/head': (stream) => stream.respond({ ':status': 200, 'content-length': 77 }, { endStream: true }),
    '/cookies': (stream) => { stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] }); stream.end(); },
    '/hints': (stream) => { stream.additionalHeaders({ ':status': 103, link: '</a>; rel=preload' }); stream.respond({ ':status': 200 }); stream.end('ok'); },
    '/continue': (stream) => { stream.additionalHeaders({ ':status': 100 }); stream.respond({ ':status': 200 }); stream.end('ok'); },
    '/many-fields': (stream) => { stream.respond({ ':status': 200, ...Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`x-${i}`, 'v'])) }); stream.end('ok'); },
  };
  let service: Http2Service;
  let gw: TestGateway;
  beforeAll(async () => {
    service = await http2Service((stream, headers) => answers[headers[':path'] as string]?.(stream));
    gw = await before(service.url);
  });
  afterAll(async () => { await gw[Symbol.asyncDispose](); await service[Symbol.asyncDispose](); });

  it('with trailers, as gRPC has them', async () => {
    const { text } = await raw(gw.port, 'POST /trailers HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('payload');
    expect(text).toMatch(/\r\n0\r\ngrpc-status: 0\r\ngrpc-message: fine\r\n\r\n$/);
  });

  it.each([
    ['GET', '/trailers-only', 200, { 'grpc-status': '5' }], ['GET', '/204', 204, {}], ['GET', '/304', 304, { etag: '"a"' }],
    ['HEAD', '/head', 200, { 'content-length': '77' }], ['GET', '/cookies', 200, { 'set-cookie': ['a=1', 'b=2'] }],
  ] as const)('%s %s without a body', async (method, path, status, headers) => {
    const reply = await gw.fetch(path, { method });
    expect([reply.status, reply.text]).toEqual([status, '']);
    expect(reply.headers).toMatchObject(headers);
  });

  it('with hints before it; 100 is nobody’s', async () => {
    const { text } = await raw(gw.port, 'GET /hints HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a>; rel=preload\r\n\r\nHTTP\/1\.1 200 /i);
    expect((await raw(gw.port, 'GET /continue HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('with as many fields as HTTP/1.1 may have', async () => {
    const { status, headers } = await gw.fetch('/many-fields');
    expect([status, headers['x-399']]).toEqual([200, 'v']);
  });
});

describe('T13: bodies over HTTP/2 move at the slower side’s pace', () => {
  it('waits for a slow client, keeps little in memory, and lets the others through', async () => {
    const size = 24 << 20;
    let written = 0;
    await using service = await http2Service((stream, { ':path': path }) => {
      stream.respond({ ':status': 200 });
      if (path !== '/large') return void stream.end('quick');
      const block = Buffer.alloc(1 << 16, 'x');
      const more = (): void => {
        while (written < size) { written += block.length; if (!stream.write(block)) { stream.once('drain', more); return; } }
        stream.end();
      };
      more();
    });
    await using gw = await before(service.url, '', ', timeout: { idle: 2s }');
    const answer = await new Promise<IncomingMessage>((resolve) => { httpRequest(`${gw.url}/large`, { agent: false }, resolve).end(); });
    answer.pause();
    await sleep(2_500);
    expect(written).toBeLessThan(size);
    for (let i = 0; i < 5; i++) expect((await gw.fetch('/quick')).text).toBe('quick');
    let got = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) got += chunk.length;
    expect([got, service.sessions.length]).toEqual([size, 1]);
  }, 30_000);

  it('waits for a slow service', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using service = await http2Service((stream) => void streams.push(stream));
    await using gw = await before(service.url, '', ', body: { limit: 100MiB }');
    let sent = 0;
    const source = new Readable({ read() { sent += 65_536; this.push(sent > 24 << 20 ? null : Buffer.alloc(65_536)); } });
    const reply = gw.fetch('/a', { method: 'POST', body: source });
    await soon(() => streams.length === 1);
    await sleep(300);
    expect(sent).toBeLessThan(12 << 20);
    const [stream] = streams as [ServerHttp2Stream];
    const body = await bodyOf(stream);
    stream.respond({ ':status': 200 });
    stream.end(String(body.length));
    expect((await reply).text).toBe(String(24 << 20));
  }, 30_000);

  it('carries 60 downloads nobody reads, and answers the next request', async () => {
    await using service = await http2Service((stream, { ':path': path }) => {
      stream.respond({ ':status': 200 });
      stream.end(path === '/quick' ? 'quick' : Buffer.alloc(1 << 20));
      // What the service itself may hold for one connection; by default it would break off the last ones.
    }, { plain: { maxSessionMemory: 200 } });
    await using gw = await before(service.url);
    const open = await Promise.all(Array.from({ length: 60 }, () => new Promise<IncomingMessage>((resolve) => { httpRequest(`${gw.url}/a`, { agent: false }, resolve).end(); })));
    for (const answer of open) answer.pause();
    expect((await gw.fetch('/quick')).text).toBe('quick');
    const bodies = await Promise.all(open.map(async (answer) => Buffer.concat(await answer.toArray() as Buffer[])));
    for (const body of bodies) expect(body.length === 1 << 20 ? '' : body.toString()).toBe('');
  }, 30_000);
});

describe('T13: many requests on few connections', () => {
  async function held(settings: string, plain = {}): Promise<{ service: Http2Service; gw: TestGateway; streams: ServerHttp2Stream[] }> {
    const streams: ServerHttp2Stream[] = [];
    const service = await http2Service((stream) => void streams.push(stream), { plain });
    return { service, gw: await before(service.url, settings, ', timeout: { connect: 5s }'), streams };
  }
  const release = (streams: ServerHttp2Stream[]): void => { for (const stream of streams.splice(0)) { stream.respond({ ':status': 200 }); stream.end('ok'); } };

  it.each([
    ['one is enough', '', {}, 30, 1],
    ['streams: 10', ', connections: { streams: 10 }', {}, 30, 3],
    ['the service allows 5', '', { settings: { maxConcurrentStreams: 5 } }, 30, 6],
    ['max: 2, streams: 10', ', connections: { max: 2, streams: 10 }', {}, 20, 2],
  ])('%s', async (_what, settings, plain, count, connections) => {
    const { service, gw, streams } = await held(settings, plain);
    const replies = Promise.all(Array.from({ length: count }, (_, i) => gw.fetch(`/${i}`)));
    await soon(() => streams.length === count);
    release(streams);
    expect((await replies).every(({ status }) => status === 200)).toBe(true);
    expect(service.sessions).toHaveLength(connections);
    await gw[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  it('lets requests wait where all streams are taken', async () => {
    const { service, gw, streams } = await held(', connections: { max: 1, streams: 2 }');
    const replies = Promise.all(Array.from({ length: 6 }, (_, i) => gw.fetch(`/${i}`)));
    await soon(() => streams.length === 2);
    const target = gw.gateway.app.get(ServiceDirectory).services.get('echo')?.targets[0] as Target;
    await soon(() => poolStats(target).queued === 4);
    expect(poolStats(target)).toEqual({ connected: 1, free: 0, pending: 0, queued: 4, running: 2 });
    for (let i = 0; i < 3; i++) { await soon(() => streams.length === 2); release(streams); }
    expect((await replies).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    await gw[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  it.each([['maxRequests: 4', 3], ['maxAge: 60ms', 4], ['keepAlive: 20ms', 9]])('replaces connections: %s', async (setting, atLeast) => {
    await using service = await http2Service(onEcho);
    await using gw = await before(service.url, `, connections: { ${setting} }`);
    for (let i = 0; i < 10; i++) { expect((await gw.fetch('/a')).status).toBe(200); await sleep(40); }
    expect(service.sessions.length).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('T13: what breaks over HTTP/2', () => {
  it.each<[string, (stream: ServerHttp2Stream, session: ServerHttp2Session) => void, number, string]>([
    ['is reset', (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 502, 'bad-target-response'],
    ['is cancelled', (stream) => stream.close(constants.NGHTTP2_CANCEL), 502, 'bad-target-response'],
    ['is dropped', (stream) => stream.destroy(), 502, 'bad-target-response'],
    ['is refused, twice', (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM), 502, 'target-unreachable'],
    ['loses its connection', (_stream, session) => session.destroy(), 502, 'bad-target-response'],
    ['gets no answer', () => {}, 504, 'first-byte-timeout'],
  ])('a request that %s', async (_what, act, status, code) => {
    await using service = await http2Service((stream, _headers, session) => act(stream, session));
    await using gw = await before(service.url, '', LIMITS);
    const reply = await gw.fetch('/a');
    expect([reply.status, reply.json()['code']]).toEqual([status, code]);
  });

  it.each<[string, (stream: ServerHttp2Stream, session: ServerHttp2Session) => unknown]>([
    ['is reset', (stream) => stream.destroy(new Error('no more'))],
    ['is cancelled', (stream) => addAbortSignal(AbortSignal.abort(), stream)],
    // Without an error code only its length tells.
    ['is dropped', (stream) => stream.destroy()],
    ['loses its connection', (_stream, session) => session.destroy()],
    ['stalls', () => {}],
  ])('cuts the client’s connection when a body %s half-way, and tells of it once', async (how, act) => {
    let go = (): unknown => undefined;
    await using service = await http2Service((stream, _headers, session) => {
      stream.respond({ ':status': 200, ...(how === 'is dropped' ? { 'content-length': 100 } : {}) });
      stream.write('half');
      go = () => act(stream, session);
    });
    await using gw = await before(service.url, '', LIMITS);
    const broken: BrokenAnswer[] = [];
    const stop = events.answerBroken.subscribe((one) => void broken.push(one));
    const [answer] = (await once(httpRequest(`${gw.url}/a`, { agent: false }).end(), 'response')) as [IncomingMessage];
    await once(answer, 'data');
    go();
    await expect(answer.toArray()).rejects.toThrow();
    await soon(() => broken.length > 0);
    await sleep(50);
    stop();
    expect(broken.map(({ problem }) => problem.extras.members)).toEqual([{ phase: 'response-body', side: 'target' }]);
  });

  it('tells nobody of an answer the client did not want to the end', async () => {
    const closed: number[] = [];
    await using service = await http2Service((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half');
      stream.on('close', () => closed.push(stream.rstCode));
    });
    await using gw = await before(service.url);
    const broken: BrokenAnswer[] = [];
    const stop = events.answerBroken.subscribe((one) => void broken.push(one));
    const socket = connect(gw.port, '127.0.0.1').on('error', () => {});
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    await soon(() => closed.length === 1);
    stop();
    expect([closed, broken]).toEqual([[constants.NGHTTP2_CANCEL], []]);
  });

  it('tells the service when a client gives an upload up, and does not let it look complete', async () => {
    const log: string[] = [];
    let got = 0;
    await using service = await http2Service((stream) => {
      stream.resume();
      stream.on('data', () => { got++; }).on('end', () => log.push('end')).on('aborted', () => log.push('aborted')).on('close', () => log.push(`close ${stream.rstCode}`));
    });
    await using gw = await before(service.url);
    const socket = connect(gw.port, '127.0.0.1').on('error', () => {});
    socket.write('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await soon(() => got > 0);
    socket.destroy();
    await soon(() => log.some((line) => line.startsWith('close')));
    expect(log[0]).toBe('aborted');
    expect(log).toContain(`close ${constants.NGHTTP2_CANCEL}`);
  });

  it('ends an upload that the service answered before its end', async () => {
    const codes: number[] = [];
    await using service = await http2Service((stream) => {
      stream.respond({ ':status': 413 });
      stream.end('no');
      stream.on('close', () => codes.push(stream.rstCode));
    });
    await using gw = await before(service.url);
    const sent = httpRequest(`${gw.url}/a`, { method: 'POST', headers: { 'content-length': 5_000_000 }, agent: false });
    sent.on('error', () => {});
    sent.write(Buffer.alloc(100_000));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect([answer.statusCode, Buffer.concat(await answer.toArray() as Buffer[]).toString()]).toEqual([413, 'no']);
    sent.destroy();
    await soon(() => codes.length === 1);
  });

  it('sends what was refused once more by itself, whatever its method', async () => {
    let streams = 0;
    await using service = await http2Service((stream, headers) => { if (++streams === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM); else void echo(stream, headers); });
    await using gw = await before(service.url);
    expect((await gw.fetch('/a', { method: 'POST' })).status).toBe(200);
    expect(streams).toBe(2);
  });

  it('tells a retry that nothing happened to a request that was turned away', async () => {
    let refusals = 0;
    await using refusing = await http2Service((stream) => { refusals++; stream.close(constants.NGHTTP2_REFUSED_STREAM); });
    await using good = await http2Service(onEcho);
    await using gw = await before(`${refusing.url},${good.url}`, ', balance: { use: round-robin }, retry: { backoff: { base: 1ms } }');
    for (let i = 0; i < 4; i++) expect((await gw.fetch('/a', { method: 'POST' })).status).toBe(200);
    expect(refusals).toBeGreaterThan(0);
  });

  it('moves to another connection when the service says goodbye; what it has begun is finished', async () => {
    const held: ServerHttp2Stream[] = [];
    await using service = await http2Service((stream, headers) => { if (headers[':path'] === '/held') held.push(stream); else void echo(stream, headers); });
    await using gw = await before(service.url);
    const first = gw.fetch('/held');
    await soon(() => held.length === 1);
    (service.sessions[0] as ServerHttp2Session).goaway(constants.NGHTTP2_NO_ERROR);
    const others = await Promise.all(Array.from({ length: 5 }, () => gw.fetch('/a', { method: 'POST' })));
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    held[0]?.respond({ ':status': 200 });
    held[0]?.end('done');
    expect((await first).text).toBe('done');
    expect(service.sessions).toHaveLength(2);
  });

  it('sends what a goodbye in anger leaves out once more, and nothing else', async () => {
    const seen: string[] = [];
    await using service = await http2Service((stream, headers, session) => {
      seen.push(headers[':path'] as string);
      if (seen.length === 2) session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 1);
      if (seen.length > 2) void echo(stream, headers);
    });
    await using gw = await before(service.url);
    const first = gw.fetch('/first', { method: 'POST' });
    await soon(() => seen.length === 1);
    const replies = await Promise.all([first, gw.fetch('/second', { method: 'POST' })]);
    expect(replies.map(({ status }) => status)).toEqual([502, 200]);
    expect(seen).toEqual(['/first', '/second', '/second']);
  });

  it('loses no request to a service that often says goodbye', async () => {
    let seen = 0;
    await using service = await http2Service((stream, headers, session) => {
      if (++seen % 7 === 0) session.goaway(constants.NGHTTP2_NO_ERROR);
      void echo(stream, headers);
    });
    await using gw = await before(service.url);
    const lanes = Array.from({ length: 8 }, async () => {
      const statuses: number[] = [];
      for (let i = 0; i < 25; i++) statuses.push((await gw.fetch('/a', { method: i % 2 === 0 ? 'GET' : 'POST' })).status);
      return statuses;
    });
    expect(new Set((await Promise.all(lanes)).flat())).toEqual(new Set([200]));
  });

  it('502 when nobody listens, and comes back by itself', async () => {
    const service = await http2Service(onEcho);
    const { port } = service.server.address() as AddressInfo;
    await using gw = await before(service.url, '', LIMITS);
    expect((await gw.fetch('/a')).status).toBe(200);
    await service[Symbol.asyncDispose]();
    const replies = await Promise.all(Array.from({ length: 4 }, () => gw.fetch('/a')));
    expect(new Set(replies.map((reply) => reply.json()['code']))).toEqual(new Set(['target-unreachable']));
    await using again = await http2Service(onEcho);
    again.server.close();
    await once(again.server, 'close');
    again.server.listen(port, '127.0.0.1');
    await once(again.server, 'listening');
    expect((await gw.fetch('/a')).status).toBe(200);
  });

  it('502 when the service speaks HTTP/1.1 only', async () => {
    await using service = await echoService();
    await using gw = await before(service.url, '', LIMITS);
    expect((await gw.fetch('/a')).status).toBe(502);
  });

  it('leaves a connection that went silent', async () => {
    // A proxy that stops passing bytes on, as a firewall does that has forgotten a connection.
    await using service = await http2Service(onEcho);
    let deaf = false;
    const relayed: Socket[] = [];
    const relay = createServer((socket) => {
      const far = connect((service.server.address() as AddressInfo).port, '127.0.0.1');
      const muted = deaf;
      relayed.push(socket, far);
      socket.on('error', () => {}).on('data', (chunk: Buffer) => { if (muted || !deaf) far.write(chunk); });
      far.on('error', () => {}).on('data', (chunk: Buffer) => { if (muted || !deaf) socket.write(chunk); });
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    await using gw = await before(`http://127.0.0.1:${(relay.address() as AddressInfo).port}`, '', LIMITS);
    expect((await gw.fetch('/a')).status).toBe(200);
    deaf = true;
    expect((await gw.fetch('/a')).json()['code']).toBe('first-byte-timeout');
    expect((await gw.fetch('/a')).status).toBe(200);
    for (const socket of relayed) socket.destroy();
    relay.close();
  });
});
