import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { echoService, until, type EchoService } from '#libs/testing';
import { events, type Exchange } from '#libs/kernel';
import { Authority, type Identity } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { FLAG, frame, GET, headers, RawH2, reset, TYPE } from '../support/h2-frames.js';
import { answerOf, Files, H2 } from '../support/tls.js';

let ca: Authority;
let own: Identity;
let files: Files;
beforeAll(async () => {
  ca = await Authority.create();
  own = await ca.issue();
  files = await Files.create();
  await files.pair('own', own);
});
afterAll(async () => { await ca[Symbol.asyncDispose](); await files[Symbol.asyncDispose](); });

const file = (route = '', server = '', rest = ''): string =>
  `server: { tls: { certificates: { cert: ${files.path('own.pem')}, key: ${files.path('own.key')} } }, ${server} }\n${rest}routes: { all: { match: { path: /** }, to: echo, authenticate: none, ${route} } }\n`;
const h2 = (gw: TestGateway): Promise<H2> => H2.open(gw.url, { ca: ca.cert });
const post = (path: string, more: Record<string, string> = {}) => ({ ':path': path, ':method': 'POST', ...more });

/** A gateway before a service that does what the test says. */
async function before(listener: RequestListener, yaml = file()): Promise<TestGateway & { readonly service: EchoService }> {
  const service = await echoService(listener);
  const gw = await gateway(yaml, { echo: service });
  return Object.assign(gw, { service });
}

/** Exchanges that close while `work` runs. */
async function closed(work: () => Promise<unknown>): Promise<readonly Exchange[]> {
  const seen: Exchange[] = [];
  const stop = events.exchangeClosed.subscribe((exchange) => seen.push(exchange));
  try {
    await work();
    await until(() => seen.length > 0);
  } finally {
    stop();
  }
  return seen;
}

describe('T13: HTTP/2 towards clients', () => {
  describe('a request', () => {
    let gw: TestGateway;
    let client: H2;
    beforeAll(async () => {
      gw = await gateway(file('', '', 'endpoints: { info: { at: /info, authenticate: none }, docs: { at: /docs, authenticate: none } }\n'));
      client = await h2(gw);
    });
    afterAll(async () => { await client[Symbol.asyncDispose](); await gw[Symbol.asyncDispose](); });

    it('reaches the service in the words of HTTP/1', async () => {
      const { headers, seen, status } = await client.ask({ ':path': '/a?b=1', 'x-a': '1', te: 'trailers' });
      expect([status, seen.method, seen.url]).toEqual([200, 'GET', '/a?b=1']);
      expect(seen.headers).toMatchObject({ 'x-a': '1', te: 'trailers', 'x-forwarded-host': 'localhost', 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1', 'via': '2 passerelle' });
      expect(Object.keys(seen.headers).filter((name) => name.startsWith(':'))).toEqual([]);
      expect(headers).not.toHaveProperty('connection');
      expect(headers).toHaveProperty('x-request-id');
    });

    it('has its cookies in one field', async () => {
      const { seen } = await client.ask({ ':path': '/', cookie: ['a=1', 'b=2'] });
      expect(seen.rawHeaders.filter((_text, index, all) => all[index - 1] === 'cookie' && index % 2 === 1)).toEqual(['a=1; b=2']);
    });

    it.each([
      ['without a length', {}, 'chunked', undefined],
      ['with a length', { 'content-length': '5' }, undefined, '5'],
    ])('carries a body %s', async (_what, more, coding, length) => {
      const { seen } = await client.ask(post('/up', more), 'hello');
      expect([seen.body, seen.headers['transfer-encoding'], seen.headers['content-length']]).toEqual(['hello', coding, length]);
    });

    it.each(['HEAD', 'OPTIONS', 'DELETE', 'PROPFIND'])('may be %s', async (method) => {
      const reply = await client.ask({ ':path': '/a', ':method': method });
      expect(reply.status).toBe(200);
      if (method === 'HEAD') expect([reply.text, Number(reply.headers['content-length']) > 0]).toEqual(['', true]);
      else expect(reply.seen.method).toBe(method);
    });

    it.each([['/info', 'application/json'], ['/docs', 'text/html']])('reaches our own %s', async (path, type) => {
      for (const method of ['GET', 'HEAD']) {
        const reply = await client.ask({ ':path': path, ':method': method });
        expect([reply.status, String(reply.headers['content-type']).startsWith(type), reply.text.length > 0]).toEqual([200, true, method === 'GET']);
      }
    });

    it('that leads nowhere is a problem', async () => {
      const { headers, json, status } = await client.ask('/a/%2e%2e/%2fb');
      expect([status, headers['content-type'], json()['code']]).toEqual([400, 'application/problem+json', 'unsafe-path']);
    });

    it('goes beside many others', async () => {
      const replies = await Promise.all(Array.from({ length: 250 }, (_none, index) => client.ask(`/${index}`)));
      expect(replies.map(({ seen }) => seen.url)).toEqual(replies.map((_none, index) => `/${index}`));
    });

    it('may come from undici', async () => {
      const dispatcher = new Agent({ allowH2: true, connect: { ca: ca.cert, servername: 'localhost' } });
      const answer = await request(`${gw.url}/u`, { dispatcher, method: 'POST', body: 'x'.repeat(300_000) });
      expect([answer.statusCode, (await answer.body.json() as { body: string }).body.length]).toEqual([200, 300_000]);
      await dispatcher.destroy();
    });
  });

  describe('an answer', () => {
    it('keeps repeated fields apart, and leaves out what is about HTTP/1 connections', async () => {
      await using gw = await before((_request, response) => { response.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Keep-Alive', 'timeout=5', 'X-One', '1', 'Date', 'x', 'Date', 'y']).end('ok'); });
      await using client = await h2(gw);
      const { headers, text } = await client.ask('/');
      expect([headers['set-cookie'], headers['x-one'], text]).toEqual([['a=1', 'b=2'], '1', 'ok']);
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['keep-alive']));
      await gw.service.close();
    });

    it.each([204, 304])('with %i has no body', async (status) => {
      await using gw = await before((_request, response) => { response.writeHead(status).end(); });
      await using client = await h2(gw);
      const reply = await client.ask('/');
      expect([reply.status, reply.text]).toEqual([status, '']);
      await gw.service.close();
    });

    it('arrives whole when it is large, and in pieces when it is slow', async () => {
      await using gw = await before((incoming, response) => {
        if (incoming.url === '/large') return void response.end(Buffer.alloc(5_000_000, 'x'));
        response.write('one ');
        return void setTimeout(() => response.end('two'), 100);
      });
      await using client = await h2(gw);
      const [large, slow] = await Promise.all([client.ask('/large'), client.ask('/slow')]);
      expect([large.text.length, slow.text]).toEqual([5_000_000, 'one two']);
      await gw.service.close();
    });

    it('comes with early hints and a permission to go on', async () => {
      await using gw = await before((incoming, response) => { response.writeEarlyHints({ link: '</a.css>; rel=preload' }); incoming.on('end', () => response.end('ok')).resume(); });
      await using client = await h2(gw);
      const stream = client.stream(post('/', { expect: '100-continue' }));
      const informed: unknown[] = [];
      stream.on('headers', (head) => informed.push(head[':status'], head.link)).on('continue', () => { informed.push('continue'); stream.end('body'); });
      expect((await answerOf(stream)).text).toBe('ok');
      expect(informed).toEqual(expect.arrayContaining(['continue', 103, '</a.css>; rel=preload']));
      await gw.service.close();
    });

    it.each([
      ['announced', { te: 'trailers' }, true],
      ['not announced', {}, false],
    ])('has its trailers, %s', async (_what, asked, announced) => {
      await using gw = await before((_request, response) => {
        if (announced) response.setHeader('trailer', 'x-sum');
        response.write('body');
        response.addTrailers({ 'x-sum': '1' });
        response.end();
      });
      await using client = await h2(gw);
      const { text, trailers } = await client.ask({ ':path': '/', ...asked });
      expect([text, trailers?.['x-sum']]).toEqual(['body', '1']);
      await gw.service.close();
    });

    it('that breaks half-way is reset, never complete', async () => {
      let broken: ServerResponse | null = null;
      await using gw = await before((_request, response) => { broken = response; response.write('half'); });
      await using client = await h2(gw);
      const stream = client.stream({ ':path': '/' });
      stream.once('data', () => broken?.destroy());
      await expect(answerOf(stream)).rejects.toThrow('reset with 2 after 4 bytes');
      expect((await client.ask('/%zz')).status).toBe(400);
      await gw.service.close();
    });

    it('may come before the body is there; the rest of it is not wanted, and other requests go on', async () => {
      await using gw = await gateway(file('body: { limit: 10kB }'));
      await using client = await h2(gw);
      const announced = client.stream(post('/', { 'content-length': '20000' }));
      const unannounced = client.stream(post('/'));
      unannounced.write('x'.repeat(20_000));
      for (const reply of await Promise.all([announced, unannounced].map(answerOf))) {
        expect([reply.status, reply.json()['code']]).toEqual([413, 'body-too-large']);
      }
      expect((await client.ask('/after')).seen.url).toBe('/after');
      // Over HTTP/1.1 the connection would be closed after that time.
      await sleep(2_200);
      expect([(await client.ask('/later')).seen.url, client.goaways]).toEqual(['/later', []]);
    });

    it.each([['GET', undefined], ['HEAD', undefined], ['POST', 'x']])('to %s that arrives is no failure', async (method, body) => {
      await using gw = await gateway(file());
      await using client = await h2(gw);
      const [exchange] = await closed(() => client.ask({ ':path': '/', ':method': method }, body));
      expect([exchange?.status, exchange?.problem]).toEqual([200, null]);
    });

    it('from the cache is the same', async () => {
      let asked = 0;
      await using gw = await before((_request, response) => { response.setHeader('cache-control', 'max-age=60'); response.end(`answer ${++asked}`); }, file('cache: {}'));
      await using client = await h2(gw);
      const texts: unknown[] = [];
      for (let i = 0; i < 3; i++) texts.push((await client.ask('/kept')).text);
      expect(texts).toEqual(['answer 1', 'answer 1', 'answer 1']);
      await gw.service.close();
    });

    it('waits for a client that does not read, and so does the service', async () => {
      let taken = 0;
      await using gw = await before((_request, response) => {
        const fill = (): void => { while (response.write(Buffer.alloc(65_536))) taken += 65_536; };
        response.on('drain', fill);
        fill();
      }, file('timeout: { write: 1s, total: off }'));
      await using client = await h2(gw);
      const [exchange] = await closed(async () => {
        const stream = client.stream({ ':path': '/' });
        await once(stream, 'response');
        stream.pause();
        await new Promise((resolve) => { stream.once('close', resolve); });
      });
      expect([exchange?.status, exchange?.problem?.type.code]).toEqual([499, 'client-closed-request']);
      expect(taken).toBeLessThan(20_000_000);
      await gw.service.close();
    });
  });

  describe('a client that leaves', () => {
    it('takes back a request: the service is told, and it is 499', async () => {
      const arrived = Promise.withResolvers<IncomingMessage>();
      await using gw = await before((incoming) => arrived.resolve(incoming));
      await using client = await h2(gw);
      const [exchange] = await closed(async () => {
        const stream = client.stream({ ':path': '/' });
        const incoming = await arrived.promise;
        stream.close(8);
        await once(incoming.socket, 'close');
      });
      expect([exchange?.status, client.session.destroyed]).toEqual([499, false]);
      await gw.service.close();
    });

    it.each([
      ['takes it back', (client: RawH2) => client.send(reset(1, 8))],
      ['takes it back with NO_ERROR', (client: RawH2) => client.send(reset(1, 0))],
      ['drops the connection', (client: RawH2) => client.socket.destroy()],
      ['ends the connection', (client: RawH2) => client.socket.end()],
    ])('half-way through a body, and %s: the service never takes that for the whole', async (_what, leave) => {
      const outcome = Promise.withResolvers<string>();
      const arrived = Promise.withResolvers<void>();
      await using gw = await before((incoming) => {
        incoming.on('end', () => outcome.resolve('whole')).on('error', () => outcome.resolve('cut off')).on('data', () => arrived.resolve());
      });
      await using client = await RawH2.open(gw.port, ca.cert);
      const [exchange] = await closed(async () => {
        client.send(headers(1, [[':method', 'POST'], ...GET.slice(1)], FLAG.endHeaders), frame(TYPE.data, 0, 1, Buffer.from('half a body')));
        await arrived.promise;
        leave(client);
        expect(await outcome.promise).toBe('cut off');
      });
      expect(exchange?.status).toBe(499);
      await gw.service.close();
    });
  });

  describe('time', () => {
    it('is limited for a first request and between requests', async () => {
      await using gw = await gateway(file('', 'timeout: { header: 1s, keepAlive: 4s }'));
      const idle = async (first: boolean): Promise<number> => {
        await using client = await h2(gw);
        const startedAt = performance.now();
        if (first) await client.ask('/');
        await once(client.session, 'close');
        return performance.now() - startedAt;
      };
      expect(await idle(false)).toBeLessThan(3_900);
      expect(await idle(true)).toBeGreaterThan(3_900);
    });

    it('is limited for a body: 408', async () => {
      await using gw = await gateway(file('', 'timeout: { header: 1s, body: 1500ms }'));
      await using client = await h2(gw);
      const stream = client.stream(post('/up'));
      stream.write('half');
      const { json, status } = await answerOf(stream);
      expect([status, json()['code']]).toEqual([408, 'request-timeout']);
    });
  });

  describe('closing', () => {
    const slow = () => {
      const arrived = Promise.withResolvers<ServerResponse>();
      return { arrived: arrived.promise, listener: ((incoming, response) => { if (incoming.url === '/slow') arrived.resolve(response); else response.end('quick'); }) satisfies RequestListener };
    };

    it.each(['prompt', 'gentle'] as const)('answers what is in flight, tells the client, and is done at once (%s)', async (manner) => {
      const { arrived, listener } = slow();
      await using gw = await before(listener, file('', 'grace: 20s'));
      await using idle = await h2(gw);
      await idle.ask('/quick');
      await using busy = await h2(gw);
      const answer = busy.ask('/slow');
      const response = await arrived;
      const startedAt = performance.now();
      const over = gw.gateway.close(manner);
      await once(idle.session, 'close');
      setTimeout(() => response.end('late'), 200);
      expect((await answer).text).toBe('late');
      await over;
      // Far from the grace.
      expect(performance.now() - startedAt).toBeLessThan(15_000);
      expect([idle.goaways, busy.goaways]).toEqual([[0], [0]]);
      await gw.service.close();
    });

    it('cuts off what is not done when the grace is over', async () => {
      const { arrived, listener } = slow();
      await using gw = await before(listener, file('', 'grace: 300ms'));
      await using client = await h2(gw);
      const answer = client.ask('/slow').catch((error: Error) => error.message);
      await arrived;
      const startedAt = performance.now();
      await gw.gateway.close();
      expect(performance.now() - startedAt).toBeGreaterThan(250);
      expect(await answer).toContain('reset');
      await gw.service.close();
    });

    it('ends event streams between two events', async () => {
      await using gw = await before((_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'); }, file('', 'grace: 20s'));
      await using client = await h2(gw);
      const stream = client.stream({ ':path': '/events' });
      const answer = answerOf(stream);
      await once(stream, 'data');
      await gw.gateway.close();
      expect((await answer).text).toBe('data: 1\n\n: the gateway is shutting down; connect again\n\n');
      await gw.service.close();
    });
  });
});
