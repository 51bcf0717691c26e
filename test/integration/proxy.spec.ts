import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { echoService } from '#libs/testing';
import { gateway, type TestGateway } from '../support/gateway.js';

const OPEN = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none } }';

describe('T9, T11: the proxied path', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(OPEN); });
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'QUERY'])('forwards %s', async (method) => {
    const { status, seen } = await gw.fetch('/a/b?x=1&x=2', { method });
    expect(status).toBe(200);
    expect(seen).toMatchObject({ method, url: '/a/b?x=1&x=2' });
  });

  it('forwards HEAD with the length and without a body', async () => {
    const { status, headers, text } = await gw.fetch('/a', { method: 'HEAD' });
    expect(status).toBe(200);
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
    expect(text).toBe('');
  });

  it.each([
    ['malformed JSON', '{"a":1,', 'application/json'],
    ['duplicate keys and big numbers', '{"a":1,"a":12345678901234567890}', 'application/json'],
    ['a malformed content type', 'x', 'not a type;;'],
    ['no content type', 'x', undefined],
  ])('passes a body with %s byte for byte', async (_what, body, type) => {
    const { seen } = await gw.fetch('/a', { method: 'POST', body, headers: type ? { 'content-type': type } : {} });
    expect(seen.body).toBe(body);
    expect(seen.headers['content-type']).toBe(type);
    expect(seen.headers['content-length']).toBe(String(body.length));
  });

  it('passes a chunked body', async () => {
    const { seen } = await gw.fetch('/a', { method: 'POST', body: Readable.from(['one ', 'two']) });
    expect(seen.body).toBe('one two');
    expect(seen.headers['transfer-encoding']).toBe('chunked');
  });

  it('passes a body on GET and DELETE', async () => {
    expect((await gw.fetch('/a', { method: 'DELETE', body: 'why' })).seen.body).toBe('why');
    expect((await gw.fetch('/a', { method: 'GET', body: 'why' })).seen.body).toBe('why');
  });

  it('keeps repeated header fields apart, both ways', async () => {
    await using echo = await echoService((_request, response) => {
      response.writeHead(200, ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'x-many', '1', 'x-many', '2']).end();
    });
    await using own = await gateway(OPEN, { echo });
    const { headers } = await own.fetch('/a', { headers: { 'x-one': ['1', '2'] } });
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(headers['x-many']).toEqual(['1', '2']);
    expect(echo.requests[0]?.rawHeaders.filter((name) => name === 'x-one')).toHaveLength(2);
  });
});

describe('T11: bodies stream', () => {
  it('carries 64 MiB both ways unchanged', async () => {
    await using echo = await echoService((request, response) => {
      response.writeHead(200);
      request.pipe(response);
    });
    await using gw = await gateway(OPEN.replace('to: echo', 'to: echo, body: { limit: off }'), { echo });
    const block = randomBytes(1 << 20);
    const sent = createHash('sha256');
    const blocks = function* () { for (let i = 0; i < 64; i++) { sent.update(block); yield block; } };
    const answer = await fetch(`${gw.url}/up`, { method: 'POST', body: Readable.from(blocks()), duplex: 'half' } as RequestInit);
    const received = createHash('sha256');
    let bytes = 0;
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) { received.update(chunk); bytes += chunk.length; }
    expect(bytes).toBe(64 << 20);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  }, 30_000);

  it('lets the target send no faster than the client reads', async () => {
    let produced = 0;
    const block = Buffer.alloc(1 << 16);
    await using echo = await echoService((_request, response) => {
      const more = (): void => {
        while (produced < 512 << 20) { produced += block.length; if (!response.write(block)) { response.once('drain', more); return; } }
        response.end();
      };
      more();
    });
    await using gw = await gateway(OPEN, { echo });
    const answer = await new Promise<IncomingMessage>((resolve) => httpRequest(`${gw.url}/down`, resolve).end());
    answer.pause();
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Socket buffers of two connections fill; far less than the whole may have been produced.
    expect(produced).toBeLessThan(64 << 20);
    answer.destroy();
  });

  it('refuses a body over the limit with 413 and aborts the request the target sees', async () => {
    const arrived = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<boolean>();
    await using echo = await echoService((request) => {
      request.on('error', () => aborted.resolve(true)).on('end', () => aborted.resolve(false)).on('data', () => arrived.resolve());
    });
    await using gw = await gateway(OPEN.replace('to: echo', 'to: echo, body: { limit: 100kB }'), { echo });
    async function* upload() {
      yield Buffer.alloc(50_000);
      await arrived.promise;
      yield Buffer.alloc(60_000);
    }
    const { status, json } = await gw.fetch('/up', { method: 'POST', body: Readable.from(upload()) });
    expect(status).toBe(413);
    expect(json()).toMatchObject({ code: 'body-too-large' });
    expect(await aborted.promise).toBe(true);
  });

  it('refuses an announced length over the limit before anything is sent', async () => {
    await using gw = await gateway(OPEN.replace('to: echo', 'to: echo, body: { limit: 1kB }'));
    const { status } = await gw.fetch('/up', { method: 'POST', body: Buffer.alloc(2_000) });
    expect(status).toBe(413);
    expect(gw.echo.requests).toHaveLength(0);
  });
});
