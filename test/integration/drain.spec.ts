import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';
import { closing, open, socketService } from '../support/websocket.js';

/** A grace longer than a test may take: who waits for its end fails. */
const LONG = '1m';
const file = (grace: string, rest = ''): string => `server: { grace: ${grace} }\n${rest}routes: { all: { match: { path: /** }, to: echo, authenticate: none } }`;
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** A keep-alive client, spoken by hand. */
class Client {
  text = '';
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1').setEncoding('latin1');
    this.socket.on('data', (part: string) => { this.text += part; }).on('error', () => {}).on('close', () => { this.closed = true; });
  }

  async until(part: string): Promise<void> {
    while (!this.text.includes(part) && !this.closed) await sleep(5);
  }

  async end(): Promise<void> {
    if (!this.closed) await once(this.socket, 'close');
  }
}

/** A service that answers `/slow` when the test says, and all else at once. */
async function slowService() {
  const arrived = Promise.withResolvers<ServerResponse>();
  const listener: RequestListener = (request, response) => { if (request.url === '/slow') arrived.resolve(response); else response.end('quick'); };
  return { echo: await echoService(listener), arrived: arrived.promise };
}

describe('O11: closing', () => {
  it('answers what is in flight, then is done at once', async () => {
    const { echo, arrived } = await slowService();
    await using gw = await gateway(file(LONG), { echo });
    const client = new Client(gw.port);
    client.socket.write(get('/slow'));
    const response = await arrived;
    const closed = gw.gateway.close();
    await sleep(100);
    response.end('late');
    await client.end();
    await closed;
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*late/);
  });

  it('lets idle connections go at once, and takes no new ones', async () => {
    const { echo, arrived } = await slowService();
    await using gw = await gateway(file(LONG), { echo });
    const idle = new Client(gw.port);
    idle.socket.write(get('/quick'));
    await idle.until('quick');
    const silent = new Client(gw.port);
    await once(silent.socket, 'connect');
    const busy = new Client(gw.port);
    busy.socket.write(get('/slow'));
    const response = await arrived;
    const closed = gw.gateway.close();
    await idle.end();
    await silent.end();
    const late = connect(gw.port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toThrow(/ECONNREFUSED/);
    response.end('late');
    await busy.end();
    await closed;
    expect(busy.text).toContain('late');
  });

  it('tells the client with the last answer that the connection ends', async () => {
    const { echo, arrived } = await slowService();
    await using gw = await gateway(file(LONG), { echo });
    const client = new Client(gw.port);
    client.socket.write(get('/slow'));
    const response = await arrived;
    const closed = gw.gateway.close();
    await sleep(50);
    response.end('late');
    await client.end();
    await closed;
    expect(client.text).toMatch(/\r\nConnection: close\r\n/i);
  });

  it('cuts off what is not done when the grace is over', async () => {
    const { echo, arrived } = await slowService();
    await using gw = await gateway(file('300ms'), { echo });
    const client = new Client(gw.port);
    client.socket.write(get('/slow'));
    await arrived;
    const startedAt = performance.now();
    await gw.gateway.close();
    await client.end();
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    expect(client.text).not.toContain('200');
  });

  it('answers a request that was pipelined behind one in flight, in the platform’s shape', async () => {
    const { echo, arrived } = await slowService();
    await using gw = await gateway(file('2s', 'defaults: { errors: { body: { error: "{code}" } } }\n'), { echo });
    const client = new Client(gw.port);
    client.socket.write(get('/slow'));
    const response = await arrived;
    const closed = gw.gateway.close();
    await sleep(50);
    client.socket.write(get('/quick'));
    await sleep(50);
    response.end('late');
    await client.end();
    await closed;
    expect(client.text).toContain('late');
    // Either the connection ended behind the first answer, or the second says why, as `errors:` wants it.
    const [, ...others] = client.text.match(/HTTP\/1\.1 \d+/g) ?? [];
    if (others.length > 0) expect(client.text).toMatch(/quick$|\{"error":"draining"\}$/);
    expect(client.text).not.toContain('FST_ERR');
  });

  it('closes WebSockets with 1001', async () => {
    await using echo = await socketService();
    await using gw = await gateway(file('2s'), { echo });
    const socket = await open(`${gw.url}/ws`);
    const end = closing(socket);
    await gw.gateway.close();
    expect((await end).code).toBe(1001);
  });

  describe('an event stream', () => {
    /** A service whose one event stream the test writes to. */
    async function events(first: string) {
      const stream = Promise.withResolvers<ServerResponse>();
      const echo = await echoService((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
        stream.resolve(response);
      });
      return { echo, stream: stream.promise };
    }

    it('ends at once between two events, with a word, and properly', async () => {
      const { echo, stream } = await events('data: 1\n\n');
      await using gw = await gateway(file(LONG), { echo });
      const client = new Client(gw.port);
      client.socket.write(get('/events'));
      await client.until('data: 1');
      const left = once(await stream, 'close');
      await gw.gateway.close();
      await client.end();
      expect(client.text).toMatch(/data: 1\n\n\r\n[0-9a-f]+\r\n: the gateway is shutting down; connect again\n\n\r\n0\r\n\r\n$/);
      await left;
    });

    it('first gets to the end of the event that is under way', async () => {
      const { echo, stream } = await events('data: 1\n\ndata: 2');
      await using gw = await gateway(file(LONG), { echo });
      const client = new Client(gw.port);
      client.socket.write(get('/events'));
      await client.until('data: 2');
      const closed = gw.gateway.close();
      await sleep(50);
      expect(client.text).not.toContain('shutting down');
      const response = await stream;
      response.write(' and a half\n');
      await client.until('half');
      response.write('\n');
      await closed;
      await client.end();
      expect(client.text).toMatch(/data: 2[^]* and a half\n[^]*shutting down[^]*0\r\n\r\n$/);
    });

    it('is cut in the middle of an event when the grace is over', async () => {
      const { echo } = await events('data: 1');
      await using gw = await gateway(file('200ms'), { echo });
      const client = new Client(gw.port);
      client.socket.write(get('/events'));
      await client.until('data: 1');
      await gw.gateway.close();
      await client.end();
      expect(client.text).not.toMatch(/0\r\n\r\n$/);
    });

    it('ends as well when its first event comes after the shutdown began', async () => {
      const arrived = Promise.withResolvers<ServerResponse>();
      await using gw = await gateway(file(LONG), { echo: await echoService((_request, response) => arrived.resolve(response)) });
      const client = new Client(gw.port);
      client.socket.write(get('/events'));
      const response = await arrived.promise;
      const closed = gw.gateway.close();
      await sleep(50);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      await closed;
      await client.end();
      expect(client.text).toMatch(/data: 1\n\n[^]*shutting down[^]*0\r\n\r\n$/);
    });

    it('goes on to its end where that was announced', async () => {
      const arrived = Promise.withResolvers<ServerResponse>();
      const echo = await echoService((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'content-length': 18 }).write('data: 1\n\n');
        arrived.resolve(response);
      });
      await using gw = await gateway(file(LONG), { echo });
      const client = new Client(gw.port);
      client.socket.write(get('/events'));
      await client.until('data: 1');
      const closed = gw.gateway.close();
      await sleep(50);
      (await arrived.promise).end('data: 2\n\n');
      await closed;
      await client.end();
      expect(client.text).toMatch(/\r\n\r\ndata: 1\n\ndata: 2\n\n$/);
    });
  });
});
