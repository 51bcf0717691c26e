import type { RequestListener } from 'node:http';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';
import { rawTarget } from '../support/raw-target.js';

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;

const before = (url: string, settings = ''): Promise<TestGateway> =>
  gateway(`services: { echo: { targets: "${url}" } }\nroutes: { all: { match: { path: /** }, to: echo, authenticate: none${settings} } }`);

describe('T11: answers pass as they are', () => {
  const through = async (listener: RequestListener, bytes: string, settings = '') => {
    await using echo = await echoService(listener);
    await using gw = await before(echo.url, settings);
    return (await raw(gw.port, bytes)).text;
  };

  it('response trailers', async () => {
    const text = await through((_request, response) => {
      response.writeHead(200, { trailer: 'X-Sum', 'content-type': 'text/plain' }).write('part');
      response.addTrailers({ 'X-Sum': '42' });
      response.end();
    }, get('/a', 'TE: trailers\r\nConnection: close\r\n'));
    expect(text).toMatch(/\r\ntrailer: X-Sum\r\n/i);
    expect(text).toMatch(/\r\n4\r\npart\r\n0\r\nX-Sum: 42\r\n\r\n$/i);
  });

  it.each([
    ['one link', ['</a.css>; rel=preload; as=style'], ['</a.css>; rel=preload; as=style']],
    ['several fields', ['</a.css>; rel=preload', '</b.js>; rel=preload'], ['</a.css>; rel=preload', '</b.js>; rel=preload']],
    ['several in one field', ['</a.css>; rel=preload; as=style, </b.js>; rel=preload; as=script'], ['</a.css>; rel=preload; as=style', '</b.js>; rel=preload; as=script']],
    ['a parameter with blanks', ['</a.css>; rel=preload; title="a b, <c>", </b.js>; rel="preload"; crossorigin'], ['Link: </a.css>; rel=preload, </b.js>; rel="preload"; crossorigin\r\n']],
  ])('103 Early Hints with %s', async (_what, links, expected) => {
    await using target = await rawTarget((_head, socket) => {
      socket.write(`HTTP/1.1 103 Early Hints\r\n${links.map((link) => `Link: ${link}\r\n`).join('')}\r\n`);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    await using gw = await before(target.url);
    const { text } = await raw(gw.port, get('/a', 'Connection: close\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 103 Early Hints\r\n/);
    for (const link of expected) expect(`${text.slice(0, text.indexOf('\r\n\r\n'))}\r\n`).toContain(link);
    expect(text).toMatch(/\r\nHTTP\/1\.1 200 OK\r\n[^]*ok$/);
  });

  it.each([
    ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['103 without a link', 'HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n'],
    ['104, which nobody knows', 'HTTP/1.1 104 Odd\r\nX-A: 1\r\n\r\n'],
  ])('the final answer after %s', async (_what, informational) => {
    await using target = await rawTarget((_head, socket) => { socket.write(`${informational}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`); });
    await using gw = await before(target.url);
    const { text } = await raw(gw.port, get('/a', 'Connection: close\r\n'));
    expect(text).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*ok$/);
  });

  it('502 for a 100 Continue that nobody asked for: undici takes it for a broken answer, and no expectation ever reaches a target', async () => {
    await using target = await rawTarget((_head, socket) => { socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'); });
    await using gw = await before(target.url);
    expect((await raw(gw.port, get('/a', 'Connection: close\r\n'))).status).toBe(502);
  });

  it('304 and the conditions that lead to it', async () => {
    const text = await through((request, response) => {
      response.writeHead(request.headers['if-none-match'] === 'W/"a"' && request.headers['if-modified-since'] !== undefined ? 304 : 200, { etag: 'W/"a"', 'cache-control': 'max-age=60' }).end();
    }, get('/a', 'If-None-Match: W/"a"\r\nIf-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT\r\nConnection: close\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n[^]*etag: W\/"a"[^]*\r\n\r\n$/i);
    expect(text).not.toMatch(/\r\n(?:transfer-encoding|content-type|content-length):/i);
  });

  it('206 and its range, never compressed', async () => {
    const text = await through((request, response) => {
      response.writeHead(206, { 'content-type': 'text/plain', 'content-range': 'bytes 0-1999/5000', 'content-length': 2_000, 'accept-ranges': 'bytes', 'x-range': String(request.headers.range) }).end('x'.repeat(2_000));
    }, get('/a', 'Range: bytes=0-1999\r\nIf-Range: "a"\r\nAccept-Encoding: gzip\r\nConnection: close\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 206 Partial Content\r\n/);
    expect(text).toMatch(/x-range: bytes=0-1999\r\n/i);
    expect(text).toMatch(/content-length: 2000\r\n/i);
    expect(text).not.toMatch(/content-encoding/i);
  });

  it.each([[204], [205], [304]])('%i without a body, and the connection lives on', async (status) => {
    await using echo = await echoService((_request, response) => { response.writeHead(status).end(); });
    await using gw = await before(echo.url);
    const { text } = await raw(gw.port, get('/a') + get('/b', 'Connection: close\r\n'));
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual([`HTTP/1.1 ${status}`, `HTTP/1.1 ${status}`]);
  });

  it('the reason phrase, odd statuses, and header values beyond ASCII', async () => {
    await using target = await rawTarget((_head, socket) => { socket.end(Buffer.from('HTTP/1.1 299 Très bien\r\nX-Name: caf\xe9\r\nContent-Length: 0\r\n\r\n', 'latin1')); });
    await using gw = await before(target.url);
    const { text } = await raw(gw.port, get('/a', 'Connection: close\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 299 /);
    expect(text).toMatch(/X-Name: caf\xe9\r\n/i);
  });

  it('a header of more than 16 KiB', async () => {
    const text = await through((_request, response) => { response.writeHead(200, { 'x-large': 'y'.repeat(40_000) }).end('ok'); }, get('/a', 'Connection: close\r\n'));
    expect(text).toMatch(/x-large: y{40000}\r\n/i);
  });

  it('a body that only the end of the connection ends', async () => {
    await using target = await rawTarget((_head, socket) => { socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold ways'); });
    await using gw = await before(target.url);
    expect((await gw.fetch('/a')).text).toBe('old ways');
  });
});
