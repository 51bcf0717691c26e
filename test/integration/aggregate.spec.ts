import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { events, type Exchange } from '#libs/kernel';
import { echoService, until, type EchoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { refused } from '../support/websocket.js';

const HEAD = `version: 1\nlog: { level: silent, access: off }\n${USERS}\n`;

const json = (value: unknown, status = 200): RequestListener => (_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value));
};

/** Two services `a` and `b`, and a gateway that puts their answers together. */
class Stage implements AsyncDisposable {
  private constructor(readonly gw: TestGateway, readonly a: EchoService, readonly b: EchoService) {}

  static async of(a: RequestListener | undefined, b: RequestListener | undefined, calls: string, { more = '', route = 'authenticate: none', service = '' } = {}): Promise<Stage> {
    const [one, two] = [await echoService(a), await echoService(b)];
    const text = `${HEAD}services: { a: { targets: "${one.url}" }, b: { targets: "${two.url}"${service} } }\n`
      + `routes: { all: { match: { path: "/all/:id/**" }, aggregate: { calls: ${calls}${more} }, ${route} } }`;
    return new Stage(await gateway(text), one, two);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gw[Symbol.asyncDispose]();
    await this.a.close();
    await this.b.close();
  }
}

/** Of a call: little only where it is to run out. */
const timeFor = (code: string): string => (code === 'total-timeout' ? '150ms' : '15s');
const BOTH = '{ one: { to: a, path: "/x/{id}" }, two: { to: b, path: /y } }';

describe('T17: an answer of several services', () => {
  it('is an object of what each one says, asked at once', async () => {
    let asked = 0;
    const both = Promise.withResolvers<void>();
    // Neither answers before the other one was asked, too.
    const together = (value: unknown): RequestListener => (request, response) => {
      if (++asked === 2) both.resolve();
      void both.promise.then(() => json(value)(request, response));
    };
    await using stage = await Stage.of(together({ a: 1 }), together([2]), BOTH);
    const { headers, status, text } = await stage.gw.fetch('/all/7');
    expect([status, text]).toEqual([200, '{"one":{"a":1},"two":[2]}']);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    expect(headers['x-partial']).toBeUndefined();
  });

  it('asks with the context of the request, and templates that cannot be broken out of', async () => {
    const calls = '{ one: { to: a, path: "/x/{id}/{principal.id}", query: { q: "{request.query.q}", none: "{request.query.none}" } }, two: { to: b, path: "/y/{rest}" } }';
    await using stage = await Stage.of(undefined, undefined, calls, { route: 'authenticate: [users]' });
    const headers = { authorization: `Bearer ${await token({ sub: 'a b?c', role: 'admin' })}`, 'if-none-match': '"x"', range: 'bytes=0-1', 'accept-encoding': 'identity', 'x-mine': 'v' };
    const { one, two } = (await stage.gw.fetch('/all/a%3Bb/c?q=1%262&z=9', { headers })).json<Record<'one' | 'two', { url: string; headers: Record<string, string> }>>();
    expect(one.url).toBe('/x/a%3Bb/a%20b%3Fc?q=1%262');
    expect(two.url).toBe('/y/c');
    expect(one.headers).toMatchObject({ 'x-user-id': 'a b?c', 'x-user-role': 'admin', 'x-mine': 'v', accept: 'application/json' });
    for (const name of ['if-none-match', 'range', 'accept-encoding', 'content-length']) expect(one.headers[name]).toBeUndefined();
    expect(one.headers['x-request-id']).toBe(two.headers['x-request-id']);
  });

  it('keeps every digit, and reads what is packed', async () => {
    const packed: RequestListener = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"n":12345678901234567890,"__proto__":{"x":1}}'));
    await using stage = await Stage.of(json('{"n":1.0,"m":1e400}'), packed, BOTH);
    expect((await stage.gw.fetch('/all/7')).text).toBe('{"one":{"n":1.0,"m":1e400},"two":{"n":12345678901234567890,"__proto__":{"x":1}}}');
  });

  it('looks as the file says', async () => {
    const calls = '{ one: { to: a, path: /x, pick: data.items }, two: { to: b, path: /y } }';
    const more = ', body: { items: "{calls.one}", first: "{calls.one.0.id}", name: "hello {calls.two.name}", id: "{params.id}", gone: "{missing}", none: "{calls.two.no}" }';
    await using stage = await Stage.of(json('{"data":{"items":[{"id":1.50}]}}'), json({ name: 'b' }), calls, { more });
    expect((await stage.gw.fetch('/all/7')).text).toBe('{"items":[{"id":1.50}],"first":1.50,"name":"hello b","id":"7","gone":{}}');
  });

  it('has the head only for HEAD', async () => {
    await using stage = await Stage.of(json(1), json(2), BOTH);
    const { headers, status, text } = await stage.gw.fetch('/all/7', { method: 'HEAD' });
    expect([status, headers['content-length'], text]).toEqual([200, String('{"one":1,"two":2}'.length), '']);
    expect(stage.a.requests[0]?.method).toBe('GET');
  });

  it('takes GET only, and no WebSockets', async () => {
    await using stage = await Stage.of(json(1), json(2), BOTH);
    const { headers, status } = await stage.gw.fetch('/all/7', { method: 'POST', body: 'x' });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect((await refused(`${stage.gw.url}/all/7`)).status).toBe(403);
    expect(stage.a.requests).toHaveLength(0);
  });

  it('is no service’s own', async () => {
    const seen: Exchange[] = [];
    const stop = events.exchangeClosed.subscribe((exchange) => seen.push(exchange));
    await using stage = await Stage.of(json(1), json(2, 500), BOTH);
    await stage.gw.fetch('/all/7');
    await until(() => seen.length > 0);
    stop();
    expect(seen[0]).toMatchObject({ service: null, tries: 2, status: 200, degraded: 'partial', problem: null });
    expect(seen[0]?.failure?.type.code).toBe('call-failed');
  });
});

describe('T17: partial answers', () => {
  const big: RequestListener = (_request, response) => void response.end(JSON.stringify('x'.repeat(2_000)));
  const bomb: RequestListener = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify('x'.repeat(100_000))));
  const half: RequestListener = (_request, response) => { response.writeHead(200, { 'content-length': 9 }).write('{'); setTimeout(() => response.destroy(), 5); };

  it.each<[string, RequestListener, string]>([
    ['a bad status', json({}, 404), 'call-failed'],
    ['no JSON', json('<html>'), 'call-failed'],
    ['nothing', json(''), 'call-failed'],
    ['bytes that are no text', (_request, response) => void response.end(Buffer.of(0x22, 0xff, 0x22)), 'call-failed'],
    ['too much', big, 'call-failed'],
    ['too much, packed', bomb, 'call-failed'],
    ['a coding nobody knows', (_request, response) => void response.writeHead(200, { 'content-encoding': 'secret' }).end('{}'), 'call-failed'],
    ['a body that breaks off', half, 'bad-target-response'],
    ['a connection that breaks', (request) => { request.socket.destroy(); }, 'bad-target-response'],
    ['silence', () => {}, 'total-timeout'],
    ['a body that never ends', (_request, response) => { response.writeHead(200).write('{'); }, 'total-timeout'],
    ['an event stream', (_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'); }, 'total-timeout'],
  ])('say which call brought %s', async (_name, listener, code) => {
    await using stage = await Stage.of(json(1), listener, `{ one: { to: a, path: /x }, two: { to: b, path: /y, timeout: ${timeFor(code)} } }`, { more: ', max: 1kB' });
    const { headers, status, text } = await stage.gw.fetch('/all/7');
    expect([status, headers['x-partial'], headers['cache-control'], text]).toEqual([200, 'two', 'no-store', `{"one":1,"two":null,"_missing":{"two":"${code}"}}`]);
  });

  it('have the status and the defaults of the file', async () => {
    const calls = '{ one: { to: a, path: /x, pick: none.such, default: { list: [] } }, two: { to: b, path: /y } }';
    await using stage = await Stage.of(json({ a: 1 }), json(2), calls, { more: ', partial: 206, body: { a: "{calls.one}", b: "{calls.two}", gone: "{missing}" }' });
    const { headers, status, text } = await stage.gw.fetch('/all/7');
    expect([status, headers['x-partial'], text]).toEqual([206, 'one', '{"a":{"list":[]},"b":2,"gone":{"one":"call-failed"}}']);
  });

  it('name a call whose path cannot be made', async () => {
    await using stage = await Stage.of(json(1), json(2), '{ one: { to: a, path: "/x/{request.query.q}" }, two: { to: b, path: /y } }');
    expect((await stage.gw.fetch('/all/7')).text).toBe('{"one":null,"two":2,"_missing":{"one":"unsafe-path"}}');
    expect(stage.a.requests).toHaveLength(0);
  });

  it('count against the breaker of the service that failed', async () => {
    await using stage = await Stage.of(json(1), json({}, 500), BOTH, { service: ', breaker: { failures: 2, open: 1m }' });
    for (const code of ['call-failed', 'call-failed', 'circuit-open', 'circuit-open']) {
      expect((await stage.gw.fetch('/all/7')).json()).toMatchObject({ one: 1, _missing: { two: code } });
    }
    expect([stage.a.requests.length, stage.b.requests.length]).toEqual([4, 2]);
  });

  it('are none when everything failed', async () => {
    await using stage = await Stage.of(json({}, 500), (request) => { request.socket.destroy(); }, BOTH);
    expect((await stage.gw.fetch('/all/7')).json()).toMatchObject({ status: 502, code: 'call-failed' });
  });

  it('may consist of defaults alone', async () => {
    await using stage = await Stage.of(json({}, 500), json({}, 500), '{ one: { to: a, path: /x, default: [] }, two: { to: b, path: /y } }');
    expect((await stage.gw.fetch('/all/7')).json()).toEqual({ one: [], two: null, _missing: { one: 'call-failed', two: 'call-failed' } });
  });
});

describe('T17: a call that is required', () => {
  const required = (code = ''): string => `{ one: { to: a, path: /x, timeout: 60s }, two: { to: b, path: /y, required: true, timeout: ${timeFor(code)} } }`;

  it('gives its own answer when that is no success', async () => {
    await using stage = await Stage.of(json(1), json({ detail: 'no such student' }, 404), required());
    const { headers, json: read, status } = await stage.gw.fetch('/all/7');
    expect([status, headers['x-partial'], read()]).toEqual([404, undefined, { detail: 'no such student' }]);
  });

  it.each<[string, RequestListener, string]>([['silence', () => {}, 'total-timeout'], ['no JSON', json('x'), 'call-failed']])('fails the whole: %s', async (_name, listener, code) => {
    await using stage = await Stage.of(json(1), listener, required(code));
    expect((await stage.gw.fetch('/all/7')).json()).toMatchObject({ code });
  });

  it('does not wait for the others when it has failed', async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => { left = resolve; });
    await using stage = await Stage.of((_request, response) => { response.on('close', left); }, json({}, 404), required());
    expect((await stage.gw.fetch('/all/7')).status).toBe(404);
    // Long before the other one had to answer.
    await gone;
  });

  it('may be replaced by a fallback', async () => {
    await using stage = await Stage.of(json(1), json('x'), required(), { route: 'authenticate: none, fallback: [{ body: { down: true } }]' });
    const { headers, text } = await stage.gw.fetch('/all/7');
    expect([headers['x-degraded'], text]).toEqual(['static', '{"down":true}']);
  });
});

it('T17: a client that leaves ends the calls', async () => {
  let ended = 0;
  const hang: RequestListener = (_request, response) => { response.on('close', () => { ended++; }); };
  await using stage = await Stage.of(hang, hang, BOTH);
  const leaving = new AbortController();
  const left = fetch(`${stage.gw.url}/all/7`, { signal: leaving.signal }).catch(() => null);
  await until(() => stage.a.requests.length + stage.b.requests.length === 2);
  leaving.abort();
  await left;
  await until(() => ended === 2);
});

it('T17: the total time ends the calls', async () => {
  await using stage = await Stage.of(() => {}, json(1), BOTH, { route: 'authenticate: none, timeout: { total: 100ms }' });
  expect((await stage.gw.fetch('/all/7')).json()).toMatchObject({ code: 'total-timeout' });
});
