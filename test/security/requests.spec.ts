import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';

const FILE = `
routes:
  all: { match: { path: /** }, to: echo, authenticate: none }
`;

/** Requests that two servers could read in two ways. */
describe('requests that are not what they seem', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(FILE); });
  afterAll(() => gw[Symbol.asyncDispose]());

  const post = (fields: string, body: string, version = '1.1') => raw(gw.port, `POST /x HTTP/${version}\r\n${fields}Connection: close\r\n\r\n${body}`);

  it.each(['a@b', 'a/b', 'a?b', 'a:80@b', 'a b', 'a,b', 'a:b', '[::1', 'é', 'http://a'])('400 for the host %j', async (host) => {
    const before = gw.echo.requests.length;
    expect((await raw(gw.port, `GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).status).toBe(400);
    expect(gw.echo.requests).toHaveLength(before);
  });

  it.each(['a', 'A.example.org.', 'a_b:8080', '127.0.0.1:80', '[::1]', '[::1]:80', 'a:', 'xn--caf-dma.example', ''])('200 for the host %j', async (host) => {
    expect((await raw(gw.port, `GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).status).toBe(200);
  });

  it.each(['gzip, chunked', 'identity, chunked', 'x, chunked', 'chunked, chunked', 'chunked;q=1', '"chunked"', 'chunked,'])('400 for the transfer coding %j', async (coding) => {
    expect((await post(`Host: a\r\nTransfer-Encoding: ${coding}\r\n`, '2\r\nok\r\n0\r\n\r\n')).status).toBe(400);
  });

  it.each(['+2', '2, 2', '2 2', '0x2', '2.0', '2\r\nContent-Length: 2', '-0', ''])('400 for the length %j', async (length) => {
    expect((await post(`Host: a\r\nContent-Length: ${length}\r\n`, 'ok')).status).toBe(400);
  });

  it('takes the chunks off and drops trailers: neither can become fields of the request', async () => {
    const { text, status } = await post('Host: a\r\nTransfer-Encoding: CHUNKED\r\nTrailer: X-User-ID\r\n', '2;x=y\r\nok\r\n0\r\nX-User-ID: 1\r\n\r\n');
    expect(status).toBe(200);
    expect(text).toContain('"body":"ok"');
    expect(text).not.toMatch(/x-user-id|"content-length"/i);
  });

  it.each(['GET', 'DELETE', 'OPTIONS', 'HEAD'])('a %s with a body is framed as one', async (method) => {
    const { text } = await raw(gw.port, `${method} /x HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n12345GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(text).toContain('"url":"/next"');
    expect(gw.echo.requests.map(({ url }) => url)).not.toContain('/smuggled');
  });

  it('passes an expectation over that nobody knows', async () => {
    expect((await post('Host: a\r\nExpect: wonders\r\nContent-Length: 2\r\n', 'ok')).text).toMatch(/^HTTP\/1\.1 200 .*"body":"ok"/s);
  });

  it.each([['1.1', 'HTTP/1.1 100 Continue'], ['1.0', 'HTTP/1.1 200 OK']])('HTTP/%s and Expect: the first answer is %s', async (version, first) => {
    const { text } = await post('Host: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n', 'ok', version);
    expect(text.slice(0, text.indexOf('\r'))).toBe(first);
    expect(text).toContain('"body":"ok"');
  });

  it('bytes beyond ASCII travel as they are in fields', async () => {
    const { text } = await raw(gw.port, Buffer.from('GET /x HTTP/1.1\r\nHost: a\r\nX-Name: Zoë ☃\r\nConnection: close\r\n\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    // The echo service writes each byte it read as one character, in UTF-8.
    const seen = JSON.parse(Buffer.from(text.slice(text.indexOf('{')), 'latin1').toString()) as { headers: Record<string, string> };
    expect(Buffer.from(seen.headers['x-name'] as string, 'latin1').toString()).toBe('Zoë ☃');
  });
});

it('does not forward for a client that left while its guards were deciding', async () => {
  const service = await echoService((_request, response) => { setTimeout(() => response.end(), 200); });
  await using gw = await gateway(FILE, { echo: service });
  await raw(gw.port, `${'GET /early HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3)}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`, 300);
  expect(service.requests).toHaveLength(0);
});
