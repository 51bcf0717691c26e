import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';
import { rawTarget } from '../support/raw-target.js';

const OPEN = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none } }';
const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: shop.example:81\r\n${headers}\r\n`;

const before = (url: string, settings = ''): Promise<TestGateway> => gateway(`services: { echo: { targets: "${url}" } }\n${OPEN.replace('authenticate: none', `authenticate: none${settings}`)}`);

describe('X3: who asked, and through whom', () => {
  it.each<[string, string, Record<string, string>, Record<string, string | undefined>]>([
    ['tells a stranger’s own address', 'forwarded: { send: [x-forwarded, forwarded] }', { 'x-forwarded-for': '9.9.9.9', forwarded: 'for=9.9.9.9', 'x-forwarded-prefix': '/x' },
      { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'shop.example:81', 'x-forwarded-proto': 'http', forwarded: 'for=127.0.0.1;host="shop.example:81";proto=http', 'x-forwarded-prefix': undefined, via: '1.1 passerelle' }],
    ['appends to what a trusted proxy says', 'forwarded: { trust: [loopback], send: [x-forwarded, forwarded] }', { 'x-forwarded-for': '6.6.6.6, 9.9.9.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'www.example.org' },
      { 'x-forwarded-for': '9.9.9.9, 127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'www.example.org', forwarded: 'for=9.9.9.9;host=www.example.org;proto=https, for=127.0.0.1' }],
    ['replaces it', 'forwarded: { trust: [loopback], mode: replace, send: [x-forwarded, x-real-ip] }', { 'x-forwarded-for': '9.9.9.9' },
      { 'x-forwarded-for': '9.9.9.9', 'x-real-ip': '9.9.9.9', forwarded: undefined }],
    ['sends nothing', 'forwarded: { send: [], via: off }', { 'x-forwarded-for': '9.9.9.9' }, { 'x-forwarded-for': undefined, forwarded: undefined, via: undefined }],
    ['adds itself to Via', 'forwarded: { via: edge-1 }', { via: '1.0 fred' }, { via: '1.0 fred, 1.1 edge-1' }],
  ])('%s', async (_what, setting, headers, expected) => {
    await using gw = await gateway(`${setting}\n${OPEN}`);
    const { seen } = await gw.fetch('/a', { headers: { host: 'shop.example:81', ...headers } });
    for (const [name, value] of Object.entries(expected)) expect([name, seen.headers[name]]).toEqual([name, value]);
  });

  it('sends the target’s own authority as Host', async () => {
    await using gw = await gateway(OPEN);
    expect((await gw.fetch('/a', { headers: { host: 'shop.example' } })).seen.headers['host']).toBe(new URL(gw.echo.url).host);
  });

  it('ends a circle', async () => {
    await using gw = await gateway(OPEN);
    const reply = await gw.fetch('/a', { headers: { via: Array(5).fill('1.1 passerelle').join(', ') } });
    expect(reply.status).toBe(508);
    expect(reply.json()).toMatchObject({ code: 'loop-detected' });
  });
});

describe('X3: request id and trace', () => {
  it.each<[string, string, string | undefined, RegExp]>([
    ['client', '', 'my-id_1', /^my-id_1$/],
    ['client', '', 'not safe"', /^[0-9a-f-]{36}$/],
    ['client', '', undefined, /^[0-9a-f-]{36}$/],
    ['client, in a header of its own', 'header: X-Correlation', undefined, /^[0-9a-f-]{36}$/],
    ['generate', 'trust: generate, format: hex32', 'my-id', /^[0-9a-f]{32}$/],
    ['trusted-proxies, and this is none', 'trust: trusted-proxies, format: hex8', 'my-id', /^[0-9a-f]{8}$/],
  ])('trust: %s (%s) makes of %s %s', async (_what, setting, sent, expected) => {
    await using gw = await gateway(`requestId: { ${setting} }\n${OPEN}`);
    const { headers, seen } = await gw.fetch('/a', { headers: sent === undefined ? {} : { 'x-request-id': sent } });
    expect(headers['x-request-id']).toMatch(expected);
    expect(seen.headers).toMatchObject({ 'x-request-id': headers['x-request-id'], 'x-gateway-request-id': headers['x-request-id'] });
  });

  it('takes other names, and never sends the client’s copy', async () => {
    await using gw = await gateway(`requestId: { header: X-Correlation-ID, upstream: [X-Correlation-ID, X-Trace], answer: X-Trace }\n${OPEN}`);
    const { headers, seen } = await gw.fetch('/a', { headers: { 'x-correlation-id': 'abc', 'x-trace': 'forged' } });
    expect(headers).toMatchObject({ 'x-trace': 'abc' });
    expect(seen.headers).toMatchObject({ 'x-correlation-id': 'abc', 'x-trace': 'abc' });
    expect(headers).not.toHaveProperty('x-request-id');
  });

  it('goes on with a trace, with a span of its own; starts one where there is none', async () => {
    await using gw = await gateway(OPEN);
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { seen } = await gw.fetch('/a', { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01`, tracestate: 'a=1,b=2' } });
    expect(seen.headers['traceparent']).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect(seen.headers['tracestate']).toBe('a=1,b=2');
    const fresh = await gw.fetch('/a', { headers: { traceparent: 'broken', tracestate: 'a=1' } });
    expect(fresh.seen.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
    expect(fresh.seen.headers).not.toHaveProperty('tracestate');
  });
});

describe('T11: connections', () => {
  it('answers an HTTP/1.0 client without chunks and closes', async () => {
    await using echo = await echoService((_request, response) => { response.write('one '); setTimeout(() => response.end('two'), 20); });
    await using gw = await before(echo.url);
    const { text, closed } = await raw(gw.port, 'GET /a HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\none two$/);
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(closed).toBe(true);
  });

  it('tells an HTTP/1.0 client nothing before the answer', async () => {
    await using target = await rawTarget((_head, socket) => { socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'); });
    await using gw = await before(target.url);
    expect((await raw(gw.port, 'GET /a HTTP/1.0\r\n\r\n')).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('answers pipelined requests in their order', async () => {
    await using echo = await echoService((request, response) => { setTimeout(() => response.end(request.url), request.url === '/1' ? 150 : 0); });
    await using gw = await before(echo.url);
    const { text } = await raw(gw.port, get('/1') + get('/2') + 'POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody' + get('/4', 'Connection: close\r\n'), 1_000);
    expect(text.match(/\r\n\r\n\/\d/g)).toEqual(['\r\n\r\n/1', '\r\n\r\n/2', '\r\n\r\n/3', '\r\n\r\n/4']);
  });

  it('breaks off only what was not answered when a pipeline goes wrong', async () => {
    await using echo = await echoService((request, response) => { if (request.url === '/1') response.end(request.url); });
    await using gw = await before(echo.url);
    const socket = connect(gw.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => { text += part; });
    socket.write(get('/1') + get('/2'));
    while (!text.includes('/1')) await sleep(5);
    socket.write('\x00 this is not HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('uses a connection to the target again, and lets go of one the target closes', async () => {
    await using target = await rawTarget((head, socket) => {
      const close = head.includes('/close');
      socket[close ? 'end' : 'write'](`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=9\r\nConnection: ${close ? 'close' : 'keep-alive'}, X-Hop\r\nX-Hop: 1\r\n\r\nok`);
    });
    await using gw = await before(target.url);
    for (const path of ['/1', '/2', '/close', '/3', '/4']) {
      const { headers, status } = await gw.fetch(path);
      expect(status).toBe(200);
      expect(headers).not.toHaveProperty('x-hop');
      expect(headers['connection']).toBe('keep-alive');
      expect(headers['keep-alive']).not.toBe('timeout=9');
    }
    expect(target.connections()).toBe(2);
  });

  it.each([
    ['a length of 0', 'Content-Length: 0\r\n\r\n', { 'content-length': '0' }],
    ['neither length nor body', '\r\n', { 'content-length': '0' }],
    ['chunks of nothing', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', {}],
  ])('forwards a POST with %s', async (_what, rest, expected) => {
    await using gw = await gateway(OPEN);
    const { text, status } = await raw(gw.port, `POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${rest}`);
    expect(status).toBe(200);
    const seen = JSON.parse(text.slice(text.indexOf('{'))) as { body: string; headers: Record<string, string> };
    expect(seen.body).toBe('');
    expect(seen.headers).toMatchObject(expected);
  });

  it('waits for a very slow reader without keeping the answer in memory, and gives it all', async () => {
    const size = 24 << 20;
    let written = 0;
    await using echo = await echoService((_request, response) => {
      response.writeHead(200, { 'content-length': size });
      const block = Buffer.alloc(1 << 16, 'x');
      const more = (): void => {
        while (written < size) { written += block.length; if (!response.write(block)) { response.once('drain', more); return; } }
        response.end();
      };
      more();
    });
    await using gw = await before(echo.url, ', compression: off, timeout: { idle: 2s }');
    const answer = await new Promise<IncomingMessage>((resolve) => { httpRequest(`${gw.url}/a`, { agent: false }, resolve).end(); });
    answer.pause();
    await sleep(2_500);
    // What is behind is not an idle target: `timeout.idle` must not have cut it.
    expect(written).toBeLessThan(size);
    let got = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) got += chunk.length;
    expect(got).toBe(size);
  });
});

describe('T11: uploads', () => {
  const upload = (expect: string): string => `POST /a HTTP/1.1\r\nHost: a\r\n${expect}Content-Length: 6\r\n`;

  it('sends 100 Continue once the body is wanted, and the service never sees the expectation', async () => {
    await using gw = await gateway(OPEN);
    const socket = connect(gw.port, '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (part: string) => { text += part; if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('abcdef'); });
    socket.write(`${upload('Expect: 100-continue\r\n')}Connection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain('"body":"abcdef"');
    expect(text).not.toContain('"expect"');
  });

  it.each<[string, string, string, number]>([
    ['an unknown path', 'routes: { a: { match: { path: /b }, to: echo, authenticate: none } }', '', 404],
    ['no credential', 'routes: { a: { match: { path: /a }, to: echo } }\nauthenticate: { u: { use: jwt, secret: "0123456789012345678901234567890123", algorithms: [HS256] } }', '', 401],
    ['a body over the limit', 'routes: { a: { match: { path: /a }, to: echo, authenticate: none, body: { limit: 5b } } }', '', 413],
    ['a type that is not taken', 'routes: { a: { match: { path: /a }, to: echo, authenticate: none, body: { types: [image/*] } } }', 'Content-Type: text/plain\r\n', 415],
  ])('refuses %s without asking for the body', async (_what, file, headers, status) => {
    await using gw = await gateway(file);
    const { text, status: first } = await raw(gw.port, `${upload('Expect: 100-continue\r\n')}${headers}\r\n`, 300);
    expect(first).toBe(status);
    expect(text).not.toContain('100 Continue');
    expect(gw.echo.requests).toHaveLength(0);
  });

  it('does not take the next request for the body that was never sent', async () => {
    await using gw = await gateway('routes: { a: { match: { path: /b }, to: echo, authenticate: none } }');
    const socket = connect(gw.port, '127.0.0.1').setEncoding('latin1').on('error', () => {});
    let text = '';
    socket.on('data', (part: string) => { text += part; });
    socket.write(`${upload('Expect: 100-continue\r\n')}\r\n`);
    while (!text.includes('404')) await sleep(5);
    // Either the connection is announced to end, or what comes next on it is the next request.
    if (/connection: close/i.test(text)) return;
    socket.write(get('/b', 'Connection: close\r\n'));
    await once(socket, 'close');
    expect(text).toContain('HTTP/1.1 200');
  });

  it('gives the client an answer that comes while it still sends', async () => {
    await using target = await rawTarget((head, socket) => { if (head.startsWith('POST')) socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'); });
    await using gw = await before(target.url);
    const sent = httpRequest(`${gw.url}/a`, { method: 'POST', headers: { 'content-length': 5_000_000 }, agent: false });
    sent.on('error', () => {});
    sent.write(Buffer.alloc(1_000_000));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(403);
    expect(Buffer.concat(await answer.toArray() as Buffer[]).toString()).toBe('no');
    sent.destroy();
  });

  it('lets the connection be used again once an early answer’s upload is through', async () => {
    await using echo = await echoService((request, response) => { response.writeHead(403, { 'content-length': 2 }).end('no'); request.resume(); });
    await using gw = await before(echo.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) {
      const sent = httpRequest(`${gw.url}/a`, { method: 'POST', headers: { 'content-length': 300_000 }, agent });
      sent.on('error', () => {});
      sent.end(Buffer.alloc(300_000));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      expect([answer.statusCode, Buffer.concat(await answer.toArray() as Buffer[]).toString()]).toEqual([403, 'no']);
    }
    agent.destroy();
  });
});
