import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { once } from 'node:events';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';

const TEXT = 'one line among many, all alike. '.repeat(400);
const DECODE: Readonly<Record<string, (content: Buffer) => Buffer>> = { gzip: (content) => gunzipSync(content), br: (content) => brotliDecompressSync(content), zstd: (content) => zstdDecompressSync(content) };

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

async function get(url: string, headers: OutgoingHttpHeaders, method = 'GET'): Promise<Got> {
  const sent = request(url, { method, headers, agent: false }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode as number, headers: answer.headers, bytes: Buffer.concat((await answer.toArray()) as Buffer[]) };
}

const ANSWERS: Readonly<Record<string, { headers: Record<string, string | number>; body: string | Buffer; status?: number; streamed?: boolean }>> = {
  '/text': { headers: { 'content-type': 'text/plain', 'content-length': TEXT.length, etag: '"v1"', 'accept-ranges': 'bytes' }, body: TEXT },
  '/streamed': { headers: { 'content-type': 'application/json' }, body: TEXT, streamed: true },
  '/weak': { headers: { 'content-type': 'text/plain', etag: 'W/"v1"', vary: 'Cookie' }, body: TEXT },
  '/small': { headers: { 'content-type': 'text/plain', 'content-length': 5 }, body: 'small' },
  '/image': { headers: { 'content-type': 'image/png', 'content-length': TEXT.length }, body: TEXT },
  '/encoded': { headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, body: gzipSync(TEXT) },
  '/brotli': { headers: { 'content-type': 'text/plain', 'content-encoding': 'br' }, body: brotliCompressSync(TEXT) },
  '/no-transform': { headers: { 'content-type': 'text/plain', 'cache-control': 'public, no-transform' }, body: TEXT },
  '/events': { headers: { 'content-type': 'text/event-stream' }, body: `data: ${TEXT}\n\n` },
  '/digest': { headers: { 'content-type': 'text/plain', 'content-digest': 'sha-256=:x:' }, body: TEXT },
  '/error': { headers: { 'content-type': 'application/json' }, body: TEXT, status: 500 },
  '/nothing': { headers: { 'content-type': 'text/plain', 'content-length': 0 }, body: '' },
};

describe('T14: compression', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    const echo = await echoService((incoming, response) => {
      const { headers, body, status = 200, streamed } = ANSWERS[incoming.url as string] as (typeof ANSWERS)[string];
      response.writeHead(status, { ...headers, 'x-accept-encoding': incoming.headers['accept-encoding'] ?? 'none' });
      if (!streamed) { response.end(body); return; }
      response.write(body.slice(0, 1_000));
      setTimeout(() => response.end(body.slice(1_000)), 30);
    });
    gw = await gateway(`routes:
  all: { match: { path: /** }, to: echo, authenticate: none }
  off: { match: { path: /off/** }, to: echo, authenticate: none, path: { strip: 1 }, compression: off }
  gzip: { match: { path: /gzip/** }, to: echo, authenticate: none, path: { strip: 1 }, compression: { encodings: [gzip], minSize: 2b, types: [text/*, image/png] } }`, { echo });
  });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, string | undefined, string | undefined]>([
    ['/text', 'gzip', 'gzip'],
    ['/text', 'br', 'br'],
    ['/text', 'zstd', 'zstd'],
    ['/text', 'gzip, deflate, br, zstd', 'zstd'],
    ['/text', 'gzip;q=1, br;q=0.5', 'gzip'],
    ['/text', '*', 'zstd'],
    ['/text', 'zstd;q=0, *', 'br'],
    ['/text', 'identity', undefined],
    ['/text', 'deflate', undefined],
    ['/text', 'gzip;q=0', undefined],
    ['/text', undefined, undefined],
    ['/streamed', 'gzip', 'gzip'],
    ['/streamed', 'br', 'br'],
    ['/streamed', 'zstd', 'zstd'],
    ['/error', 'gzip', 'gzip'],
    ['/small', 'gzip', undefined],
    ['/image', 'gzip', undefined],
    ['/nothing', 'gzip', undefined],
    ['/no-transform', 'gzip', undefined],
    ['/events', 'gzip', undefined],
    ['/digest', 'gzip', undefined],
    ['/off/text', 'gzip', undefined],
    ['/gzip/text', 'br, zstd', undefined],
    ['/gzip/image', 'gzip', 'gzip'],
  ])('of %s for %s is %s', async (path, accept, coding) => {
    const { headers, bytes } = await get(gw.url + path, accept === undefined ? {} : { 'accept-encoding': accept });
    expect(headers['content-encoding']).toBe(coding);
    const { body } = ANSWERS[path.replace(/^\/(?:off|gzip)/, '')] as (typeof ANSWERS)[string];
    expect((coding === undefined ? bytes : (DECODE[coding] as (content: Buffer) => Buffer)(bytes)).toString()).toBe(body.toString());
    if (headers['content-length'] !== undefined) expect(Number(headers['content-length'])).toBe(bytes.length);
    else expect(headers['transfer-encoding']).toBe('chunked');
    if (coding !== undefined) expect(bytes.length).toBeLessThan(body.length / 5);
  });

  it.each(['/encoded', '/brotli'])('leaves %s as the service encoded it', async (path) => {
    const { headers, bytes } = await get(gw.url + path, { 'accept-encoding': 'gzip, br, zstd' });
    const { body, headers: sent } = ANSWERS[path] as (typeof ANSWERS)[string];
    expect(headers['content-encoding']).toBe(sent['content-encoding']);
    expect(bytes.equals(body as Buffer)).toBe(true);
  });

  it('tells the service what the client accepts', async () => {
    expect((await get(`${gw.url}/text`, { 'accept-encoding': 'br;q=0.3' })).headers['x-accept-encoding']).toBe('br;q=0.3');
  });

  it('weakens the validator and takes ranges back, where it did encode', async () => {
    const encoded = await get(`${gw.url}/text`, { 'accept-encoding': 'gzip' });
    expect(encoded.headers).toMatchObject({ etag: 'W/"v1"', vary: 'Accept-Encoding' });
    expect(encoded.headers).not.toHaveProperty('accept-ranges');
    const plain = await get(`${gw.url}/text`, {});
    expect(plain.headers).toMatchObject({ etag: '"v1"', vary: 'Accept-Encoding', 'accept-ranges': 'bytes', 'content-length': String(TEXT.length) });
    expect((await get(`${gw.url}/weak`, { 'accept-encoding': 'gzip' })).headers).toMatchObject({ etag: 'W/"v1"', vary: 'Cookie, Accept-Encoding' });
  });

  it('HEAD has no body and varies alike', async () => {
    const { headers, bytes, status } = await get(`${gw.url}/text`, { 'accept-encoding': 'gzip' }, 'HEAD');
    expect([status, bytes.length, headers['vary'], headers['content-encoding']]).toEqual([200, 0, 'Accept-Encoding', undefined]);
  });

  it('lets a line of a stream through before the next one is there', async () => {
    await using echo = await echoService((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson+json' });
      // There is no next one.
      response.write('{"a":1}\n');
    });
    await using own = await gateway('routes: { all: { match: { path: /** }, to: echo, authenticate: none } }', { echo });
    const sent = request(`${own.url}/a`, { headers: { 'accept-encoding': 'gzip' }, agent: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(answer.headers['content-encoding']).toBe('gzip');
    const [first] = (await once(answer, 'data')) as [Buffer];
    expect(first.length).toBeGreaterThan(0);
    sent.destroy();
  });
});
