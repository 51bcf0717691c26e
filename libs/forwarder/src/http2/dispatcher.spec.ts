import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { connect, createServer as createRelay, type AddressInfo, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildConnector, type Dispatcher } from 'undici';
import { Http2Connection, type ConnectionOwner } from './connection.js';
import { Http2Dispatcher } from './dispatcher.js';

const limits = { streams: 10, keepAlive: 60_000, maxRequests: 0, maxAge: 0 };

let server: Http2Server;
/** Stands in front of it, so that a connection can be made to say nothing any more. */
let relay: Server;
let origin: string;
/** Both ends of each connection through the relay, oldest first. */
let connections: { readonly client: Socket; readonly target: Socket }[];
const portOf = (of: Server | Http2Server): number => (of.address() as AddressInfo).port;

beforeEach(async () => {
  connections = [];
  server = createServer().on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, { ':path': path }) => {
    stream.on('error', () => {});
    if (path !== '/never') stream.respond({ ':status': 200 }, { endStream: true });
  });
  relay = createRelay((client) => {
    const target = connect(portOf(server), '127.0.0.1');
    connections.push({ client: client.on('error', () => {}), target: target.on('error', () => {}) });
    client.pipe(target).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  relay.listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(relay, 'listening')]);
  origin = `http://127.0.0.1:${portOf(relay)}`;
});
afterEach(() => {
  for (const { client, target } of connections) for (const socket of [client, target]) socket.destroy();
  server.close();
  relay.close();
});

describe('Http2Connection', () => {
  it('takes nothing more once it is broken off, and has nothing more to ask', async () => {
    const ready = Promise.withResolvers<void>();
    const owner: ConnectionOwner = { roomMade: () => ready.resolve(), left: () => {}, gone: () => {} };
    const connection = new Http2Connection(origin, connect(portOf(relay), '127.0.0.1'), limits, owner);
    await ready.promise;
    expect(connection.hasRoom).toBe(true);
    connection.destroy(new Error('broken'));
    expect(connection.hasRoom).toBe(false);
    expect(() => connection.suspect()).not.toThrow();
  });
});

describe('Http2Dispatcher', () => {
  let dispatcher: Http2Dispatcher;
  beforeEach(() => {
    dispatcher = new Http2Dispatcher(new URL(origin), { connections: 1, limits, connect: buildConnector({ timeout: 15_000 }), http1: null, strict: true });
  });
  afterEach(() => dispatcher.destroy());

  /** What a request comes to: its status, or what it breaks with. */
  function ask(path: string, body: Readable | null = null) {
    const { promise, resolve } = Promise.withResolvers<number | Error>();
    let controller: Dispatcher.DispatchController | undefined;
    dispatcher.dispatch({ path, method: body === null ? 'GET' : 'PUT', headers: [], body }, {
      onRequestStart: (given) => { controller = given; },
      onResponseStart: (_controller, status) => resolve(status),
      onResponseData() {},
      onResponseEnd() {},
      onResponseError: (_controller, error) => resolve(error),
    });
    return { promise, abort: () => controller?.abort(new Error('too slow')) };
  }

  it('sends what waited behind a connection that died on the next one', async () => {
    expect(await ask('/').promise).toBe(200);
    // It says nothing more, not even to a PING.
    connections[0]?.target.unpipe();
    const hung = ask('/never');
    await sleep(20);
    hung.abort();
    expect(await ask('/').promise).toBe(200);
    expect(connections.length).toBe(2);
  });

  it('keeps no requests in line that were given up', async () => {
    expect(await ask('/').promise).toBe(200);
    const line = Array.from({ length: limits.streams }, () => ask('/never'));
    const handler = { isOver: true, onRequestStart() { throw new Error('asked in vain'); }, onResponseError() {} };
    for (let i = 0; i < 5_000; i++) dispatcher.dispatch({ path: '/', method: 'GET', headers: [] }, handler);
    expect(dispatcher.stats.queued).toBeLessThan(1_500);
    const waiting = ask('/');
    line[0]?.abort();
    expect(await waiting.promise).toBe(200);
    expect(connections.length).toBe(1);
  });

  it('does not wait for a body that was given up before', async () => {
    const body = new Readable({ read() {} });
    body.destroy();
    await once(body, 'close');
    expect(await ask('/never', body).promise).toBeInstanceOf(Error);
  });
});
