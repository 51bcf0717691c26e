import { once } from 'node:events';
import { connect } from 'node:net';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { USERS } from '../support/jwt.js';
import { raw } from '../support/raw.js';
import { rawTarget } from '../support/raw-target.js';

/** A port nobody listens on, in an address that must never show. */
const DEAD = 'http://127.0.0.1:1';

const file = (errors: string): string => `
${USERS}
server: { limits: { url: 512b, headers: 4KiB, headerCount: 40 }, timeout: { header: 3s } }
requestId: { trust: generate, format: hex8 }
defaults: { authenticate: none, timeout: { connect: 15s, firstByte: 15s, total: 18s }${errors} }
services: { echo: { targets: "\${ECHO}" }, dead: { targets: "${DEAD}" } }
routes:
  open: { match: { path: /open/**, methods: [GET, POST] }, to: echo, body: { limit: 100b, types: [application/json] } }
  silent: { match: { path: /open/silence }, to: echo, timeout: { firstByte: 200ms } }
  guarded: { match: { path: /guarded }, to: echo, authenticate: [users] }
  forbidden: { match: { path: /forbidden }, to: echo, websocket: off }
  dead: { match: { path: /dead }, to: dead }
  json: { match: { path: /json }, to: echo, transform: [{ use: json-body, on: request, remove: [a] }] }
`;

const JSON_BODY = { 'content-type': 'application/json' };
type Case = readonly [status: number, code: string, path: string, init: { method?: string; body?: string; headers?: Record<string, string> }];
const CASES: readonly Case[] = [
  [400, 'unsafe-path', '/open/%00', {}],
  [400, 'invalid-body', '/json', { method: 'POST', body: '{', headers: JSON_BODY }],
  [401, 'unauthenticated', '/guarded', {}],
  [401, 'invalid-credential', '/guarded', { headers: { authorization: 'Bearer nonsense' } }],
  [404, 'route-not-found', '/nowhere', {}],
  [404, 'unknown-service', '/health/services/nobody', {}],
  [405, 'method-not-allowed', '/open/a', { method: 'DELETE' }],
  [413, 'body-too-large', '/open/a', { method: 'POST', body: 'x'.repeat(200), headers: JSON_BODY }],
  [414, 'uri-too-long', `/open/${'x'.repeat(600)}`, {}],
  [415, 'unsupported-media-type', '/open/a', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }],
  [431, 'headers-too-large', '/open/a', { headers: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x-${i}`, '1'])) }],
  [502, 'target-unreachable', '/dead', {}],
  [502, 'bad-target-response', '/open/garbage', {}],
  [504, 'first-byte-timeout', '/open/silence', {}],
];

/** What nobody outside may learn: addresses of targets, paths and stacks of ours. */
const INNER = /127\.0\.0\.1|localhost|ECONN|undici|node_modules|\/(?:src|libs|dist)\/|\bat \w+ \(|stack/;

const start = async (errors: string): Promise<TestGateway> => {
  const echo = await echoService((request, response) => {
    if (request.url === '/open/garbage') request.socket.end('this is not HTTP\r\n\r\n');
    else if (request.url !== '/open/silence') response.end('ok');
  });
  return gateway(`version: 1\nlog: { level: silent, access: off }\n${file(errors)}`, { echo });
};

describe('X3: problem+json', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await start(''); });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each(CASES)('%i %s', async (status, code, path, init) => {
    const { status: got, headers, json, text } = await gw.fetch(path, init);
    expect(got).toBe(status);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'content-length': String(Buffer.byteLength(text)), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const id = headers['x-request-id'] as string;
    expect(json()).toMatchObject({ type: `urn:passerelle:problem:${code}`, code, status, title: expect.any(String), detail: expect.any(String), instance: `urn:passerelle:request:${id}`, requestId: id });
    expect(text + JSON.stringify({ ...headers, date: '' })).not.toMatch(INNER);
    expect(headers['proxy-status'] !== undefined).toBe(status >= 502);
  });

  it('HEAD has the head of the refusal alone', async () => {
    const { status, headers, text } = await gw.fetch('/nowhere', { method: 'HEAD' });
    expect([status, text]).toEqual([404, '']);
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
  });

  it('Proxy-Status tells who failed and how (RFC 9209)', async () => {
    expect((await gw.fetch('/dead')).headers['proxy-status']).toMatch(/^passerelle; error=connection_refused; details="[^"]*"$/);
    expect((await gw.fetch('/open/silence')).headers['proxy-status']).toMatch(/^passerelle; error=http_response_timeout/);
  });

  it('a service’s own errors pass untouched', async () => {
    await using echo = await echoService((_request, response) => { response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '7' }).end('{"detail":"mine"}'); });
    await using own = await gateway('routes: { a: { match: { path: /** }, to: echo, authenticate: none } }', { echo });
    const { status, headers, text } = await own.fetch('/a');
    expect([status, headers['retry-after'], text]).toEqual([503, '7', '{"detail":"mine"}']);
    expect(headers).not.toHaveProperty('proxy-status');
  });

  it('a wrong method names the right ones, a wrong type the right types', async () => {
    expect(String((await gw.fetch('/open/a', { method: 'DELETE' })).headers['allow'])).toMatch(/GET.*POST/);
    expect((await gw.fetch('/open/a', { method: 'POST', body: 'x' })).headers['accept']).toBe('application/json');
  });
});

const TEMPLATE = `, errors: {
  body: { success: false, error: { code: "{code}", status: "{status}", message: "{message}", where: "{method} {path}", id: "{requestId}", retry: "{retryAfter}" } },
  headers: { X-Error: "{code}", X-Retry: "{retryAfter}" },
  only: {
    404: { message: "Aucune route pour {path}" },
    unauthenticated: { status: 403, message: "Non authentifié", body: { detail: "{message}" } },
    502: { body: "Le service {service} ne répond pas.", contentType: "text/plain; charset=utf-8" } } }`;

describe('X4: the platform’s own shape', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await start(TEMPLATE.replaceAll('\n', ' ')); });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each(CASES.filter(([status, code]) => status !== 502 && status !== 404 && code !== 'unauthenticated'))('%i %s', async (status, code, path, init) => {
    const { status: got, headers, json, text } = await gw.fetch(path, init);
    expect(got).toBe(status);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-error': code, 'content-length': String(Buffer.byteLength(text)) });
    expect(headers).not.toHaveProperty('x-retry');
    const { success, error } = json<{ success: boolean; error: Record<string, unknown> }>();
    expect(success).toBe(false);
    expect(error).toMatchObject({ code, status, id: headers['x-request-id'], where: `${init.method ?? 'GET'} ${path}` });
    expect(error).not.toHaveProperty('retry');
    expect(text).not.toMatch(INNER);
  });

  it('another language, by status', async () => {
    expect((await gw.fetch('/zoé')).json()).toMatchObject({ error: { status: 404, message: 'Aucune route pour /zo%C3%A9' } });
  });

  it('another status, by code; other codes of that status keep the base', async () => {
    const { status, headers, text } = await gw.fetch('/guarded');
    expect([status, text]).toEqual([403, '{"detail":"Non authentifié"}']);
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    expect((await gw.fetch('/guarded', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('text', async () => {
    const { status, headers, text } = await gw.fetch('/dead');
    expect([status, headers['content-type'], text]).toEqual([502, 'text/plain; charset=utf-8', 'Le service dead ne répond pas.']);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('a refused WebSocket', async () => {
    const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n';
    const { text, status } = await raw(gw.port, `GET /forbidden HTTP/1.1\r\n${upgrade}`);
    expect(status).toBe(403);
    expect(text).toContain('"code":"upgrade-refused"');
    expect((await raw(gw.port, `GET /nowhere HTTP/1.1\r\n${upgrade}`)).text).toContain('Aucune route pour /nowhere');
  });

  it.each<[number, string, string]>([
    [400, 'malformed-request', 'this is not HTTP\r\n\r\n'],
    [400, 'malformed-request', 'POST /open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n'],
    [431, 'headers-too-large', `GET /open/a HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(6_000)}\r\n\r\n`],
    [405, 'method-not-allowed', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n'],
    [408, 'request-timeout', 'GET /open/a HTTP/1.1\r\nHost: a\r\n'],
  ])('%i %s for bytes that never became a request', async (status, code, bytes) => {
    const { text, status: got, closed } = await raw(gw.port, bytes, 10_000);
    expect([got, closed]).toEqual([status, true]);
    expect(text).toMatch(/\r\nConnection: close\r\n/i);
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as unknown;
    expect(body).toMatchObject({ success: false, error: { code, status } });
    expect(text).toMatch(/\r\nX-Content-Type-Options: nosniff\r\n/i);
    expect(text).toMatch(/\r\nX-Request-ID: [0-9a-f]{8}\r\n/i);
  });
});

describe('X7: a path in an error is never markup', () => {
  it('in HTML and in text that is JSON', async () => {
    await using gw = await gateway('defaults: { authenticate: none, errors: { body: "<p>{path}</p>", contentType: text/html, only: { 405: { body: \'{{"path":"{path}"}}\', contentType: application/json } } } }\nroutes: { a: { match: { path: "/a/**", methods: [GET] }, to: echo } }');
    const { text } = await raw(gw.port, 'GET /<script>alert("1")</script> HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(text).not.toContain('<script>');
    const other = await raw(gw.port, 'POST /a/"}, HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    expect(() => JSON.parse(other.text.slice(other.text.indexOf('\r\n\r\n') + 4)) as unknown).not.toThrow();
  });
});

describe('T9: a failure in the middle of an answer', () => {
  it('ends the connection, so that nobody takes the half for the whole', async () => {
    await using target = await rawTarget((_head, socket) => { socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'); setTimeout(() => socket.destroy(), 50); });
    await using gw = await gateway(`services: { echo: { targets: "${target.url}" } }\nroutes: { a: { match: { path: /** }, to: echo, authenticate: none } }`);
    const socket = connect(gw.port, '127.0.0.1').setEncoding('latin1').on('error', () => {});
    let text = '';
    socket.on('data', (part: string) => { text += part; });
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'close');
    expect(text).toContain('half');
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
  });
});
