import { gateway, type TestGateway } from '../support/gateway.js';
import { raw } from '../support/raw.js';
import { rawTarget, type RawTarget } from '../support/raw-target.js';

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

/** What a service says wrongly, on purpose or not, and what a client gets to see of it. */
describe('answers of services', () => {
  let target: RawTarget;
  let gw: TestGateway;
  let answer = '';
  beforeAll(async () => {
    target = await rawTarget((_head, socket) => { socket.end(Buffer.from(answer, 'latin1')); });
    gw = await gateway(`services: { echo: { targets: "${target.url}" } }\nroutes: { all: { match: { path: /** }, to: echo, authenticate: none } }\n`);
  });
  afterAll(async () => {
    await gw[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  const ask = async (bytes: string, method = 'GET') => {
    answer = bytes;
    return raw(gw.port, `${method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  };

  it.each([
    ['two framings', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n14\r\nabcdeHTTP/1.1 200 OK\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['a list of lengths', 'Content-Length: 2, 2\r\n\r\nok'],
    ['a length that overflows', 'Content-Length: 99999999999999999999\r\n\r\nok'],
    ['a coding under the chunks', 'Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['a coding without chunks', 'Transfer-Encoding: gzip\r\n\r\nok'],
    ['a folded field', 'X-A: a\r\n b\r\nContent-Length: 2\r\n\r\nok'],
    ['a carriage return in a field', 'X-A: a\rb\r\nContent-Length: 2\r\n\r\nok'],
    ['a control character in a field', 'X-A: a\x01b\r\nContent-Length: 2\r\n\r\nok'],
    ['a space in a name', 'X A: a\r\nContent-Length: 2\r\n\r\nok'],
    ['endless fields', `X-A: ${'a'.repeat(70_000)}\r\n\r\n`],
  ])('%s: 502', async (_what, rest) => {
    const { status, text } = await ask(`HTTP/1.1 200 OK\r\n${rest}`);
    expect(status).toBe(502);
    expect(text).toContain('HTTP/1.1 502 Bad Gateway\r\n');
    expect(text).toContain('"code":"bad-target-response"');
  });

  it.each(['HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nxx', 'HTTP/1.1 101 X\r\n\r\n', 'HTTP/1.1 099 X\r\n\r\n', 'nonsense'])('%j: 502', async (bytes) => {
    expect((await ask(bytes)).status).toBe(502);
  });

  it.each(['attachment; filename="é.pdf"', 'attachment; filename="été ☃ 日本.pdf"'])('a file name in UTF-8 keeps its bytes: %s', async (disposition) => {
    const { status, text } = await ask(utf8(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Disposition: ${disposition}\r\nX-Also: é☃\r\n\r\nok`));
    expect(status).toBe(200);
    expect(text.toLowerCase()).toContain(`content-disposition: ${utf8(disposition).toLowerCase()}\r\n`);
    expect(text.toLowerCase()).toContain(`x-also: ${utf8('é☃').toLowerCase()}\r\n`);
    expect(text).toMatch(/\r\nContent-Length: 2\r\n/i);
  });

  it('a 204 has no length, whatever the service says, and bytes behind it are no second answer', async () => {
    const { text } = await ask('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad');
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    expect(text).not.toMatch(/content-length/i);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad'],
  ])('%s: an answer without a body ends with its head', async (method, bytes) => {
    const { text } = await ask(bytes, method);
    expect(text.endsWith('\r\n\r\n')).toBe(true);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('nothing of one answer gets into the next', async () => {
    await ask('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad');
    const { text } = await ask('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine');
    expect(text.endsWith('\r\n\r\nmine')).toBe(true);
  });
});
