import { connect } from 'node:net';
import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';

const FILE = `
server: { limits: { url: 512b, headers: 4KiB, headerCount: 20 }, timeout: { header: 1s, body: 2s } }
routes:
  public: { match: { path: /public/** }, to: echo, authenticate: none }
  everything: { match: { path: /api/** }, to: echo, authenticate: none }
`;

describe('X7: hostile requests', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(FILE); });
  afterAll(() => gw[Symbol.asyncDispose]());

  const get = (target: string, headers = 'Host: a\r\n'): string => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;

  it.each([
    ['both lengths (request smuggling)', 'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['two different lengths', 'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd', 400],
    ['a length that is no number', 'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 4x\r\n\r\nabcd', 400],
    ['an unknown transfer coding', 'POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n', 400],
    ['a folded header', get('/api', 'Host: a\r\nX-A: 1\r\n 2\r\n'), 400],
    ['a space before the colon', get('/api', 'Host: a\r\nX-A : 1\r\n'), 400],
    ['a bare line feed', 'GET /api HTTP/1.1\nHost: a\n\n', 400],
    ['no host', 'GET /api HTTP/1.1\r\n\r\n', 400],
    ['two hosts', get('/api', 'Host: a\r\nHost: b\r\n'), 400],
    ['a NUL in a header', get('/api', 'Host: a\r\nX-A: 1\u00002\r\n'), 400],
    ['an unknown protocol', 'GET /api HTTP/9.9\r\nHost: a\r\n\r\n', 400],
    ['bytes that are not HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a proxy request', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', 405],
    ['a path that climbs', get('/public/../../etc/passwd'), 400],
    ['an encoded slash', get('/public/..%2fapi'), 400],
    ['an encoded backslash', get('/public/..%5capi'), 400],
    ['an encoded NUL', get('/public/%00'), 400],
    ['a broken escape', get('/public/%zz'), 400],
    ['dot segments with parameters', get('/public/..;/api'), 400],
    ['a URL that is too long', get(`/api/${'x'.repeat(600)}`), 414],
    ['a header that is too large', get('/api', `Host: a\r\nX-A: ${'x'.repeat(6_000)}\r\n`), 431],
    ['too many header fields', get('/api', `Host: a\r\n${'X-A: 1\r\n'.repeat(30)}`), 431],
  ])('refuses %s', async (_what, bytes, status) => {
    const before = gw.echo.requests.length;
    const reply = await raw(gw.port, bytes);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain('application/problem+json');
    expect(gw.echo.requests).toHaveLength(before);
  });

  it('resolves harmless dot segments before routing', async () => {
    const reply = await raw(gw.port, get('/public/../api/%61', 'Host: a\r\nConnection: close\r\n'));
    expect(reply.text).toContain('"url":"/api/a"');
  });

  it('refuses an absolute-form target elsewhere like any unknown host, and never follows it', async () => {
    const reply = await raw(gw.port, get('http://evil.example/api/x', 'Host: a\r\nConnection: close\r\n'));
    expect(reply.text).toContain('"x-forwarded-host":"evil.example"');
    expect(reply.text).toContain('"url":"/api/x"');
  });

  it('drops hop-by-hop fields and what Connection names', async () => {
    const { seen } = await gw.fetch('/api/x', { headers: { te: 'trailers, gzip', 'proxy-authorization': 'Basic x', 'x-kept': '1' } });
    expect(seen.headers).toMatchObject({ te: 'trailers', 'x-kept': '1' });
    expect(seen.headers).not.toHaveProperty('proxy-authorization');
    const reply = await raw(gw.port, get('/api/x', 'Host: a\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nConnection: close, X-Secret\r\n'));
    expect(reply.text).not.toContain('x-secret');
    expect(reply.text).not.toContain('"Keep-Alive"');
  });

  it('does not let Connection take identity or forwarding headers away', async () => {
    const reply = await raw(gw.port, get('/api/x', 'Host: a\r\nConnection: close, X-Forwarded-For, X-Gateway-Request-ID, X-Request-ID, Authorization\r\nAuthorization: Bearer kept\r\n'));
    for (const name of ['x-forwarded-for', 'x-gateway-request-id', 'x-request-id', 'authorization']) expect(reply.text).toContain(`"${name}"`);
  });

  it('believes no forwarding header of a stranger', async () => {
    const { seen } = await gw.fetch('/api/x', { headers: { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https', 'x-real-ip': '1.2.3.4', forwarded: 'for=1.2.3.4', 'x-original-url': '/admin' } });
    expect(JSON.stringify(seen.headers)).not.toContain('1.2.3.4');
    expect(seen.headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(seen.headers['x-forwarded-proto']).toBe('http');
    expect(seen.headers).not.toHaveProperty('x-original-url');
  });

  it('408 for a header that trickles', async () => {
    const reply = await raw(gw.port, 'GET /api HTTP/1.1\r\nHost: a\r\n', 3_000);
    expect(reply.status).toBe(408);
    expect(reply.closed).toBe(true);
  });

  it('408 for a body that does not come, and the service sees the request aborted', async () => {
    const reply = await raw(gw.port, 'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc', 4_000);
    expect(reply.status).toBe(408);
    expect(reply.closed).toBe(true);
  });

  it('400 for a broken chunk half-way', async () => {
    const reply = await raw(gw.port, 'POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n', 1_000);
    expect(reply.status).toBe(400);
    expect(reply.closed).toBe(true);
  });

  it('goes on serving after all of this', async () => {
    const sockets = Array.from({ length: 200 }, () => connect(gw.port, '127.0.0.1').on('error', () => {}));
    expect((await gw.fetch('/api/x')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });
});
