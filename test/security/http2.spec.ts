import { setTimeout as sleep } from 'node:timers/promises';
import { events, type Exchange } from '#libs/kernel';
import { echoService } from '#libs/testing';
import { Authority } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { fields, FLAG, frame, GET, headers, number, RawH2, reset, TYPE } from '../support/h2-frames.js';
import { Files, H2 } from '../support/tls.js';

type Field = readonly [string, string];

const PROTOCOL_ERROR = 1;
const ENHANCE_YOUR_CALM = 11;

let ca: Authority;
let files: Files;
let gw: TestGateway;
beforeAll(async () => {
  ca = await Authority.create();
  files = await Files.create();
  await files.pair('own', await ca.issue());
  gw = await gateway(`
server: { tls: { certificates: { cert: ${files.path('own.pem')}, key: ${files.path('own.key')} } }, limits: { url: 512b, headers: 4KiB, headerCount: 20 } }
routes: { api: { match: { path: /a/** }, to: echo, authenticate: none, body: { limit: 1MB } } }
`);
});
afterAll(async () => { await gw[Symbol.asyncDispose](); await files[Symbol.asyncDispose](); await ca[Symbol.asyncDispose](); });

const open = (): Promise<RawH2> => RawH2.open(gw.port, ca.cert);
const without = (name: string): readonly Field[] => GET.filter(([each]) => each !== name);
const changed = (name: string, value: string): readonly Field[] => GET.map(([each, before]): Field => [each, each === name ? value : before]);
const POST = changed(':method', 'POST');

/** The service has seen nothing of it, and the gateway goes on serving. */
async function unharmed(seen: number): Promise<void> {
  expect(gw.echo.requests).toHaveLength(seen);
  await using client = await H2.open(gw.url, { ca: ca.cert });
  expect((await client.ask('/a')).status).toBe(200);
}

describe('X7: hostile requests over HTTP/2', () => {
  it.each<[string, readonly Field[]]>([
    ['a field name in capitals', [...GET, ['X-A', '1']]],
    ['Connection', [...GET, ['connection', 'close, x-forwarded-for']]],
    ['Keep-Alive', [...GET, ['keep-alive', '5']]],
    ['Proxy-Connection', [...GET, ['proxy-connection', 'keep-alive']]],
    ['Transfer-Encoding', [...POST, ['transfer-encoding', 'chunked']]],
    ['Upgrade', [...GET, ['upgrade', 'websocket']]],
    ['TE with anything but trailers', [...GET, ['te', 'gzip']]],
    ['no method', without(':method')],
    ['no path', without(':path')],
    ['no scheme', without(':scheme')],
    ['an empty path', changed(':path', '')],
    ['a path that is an address', changed(':path', 'https://evil.example/a')],
    ['a path with a line end', changed(':path', '/a HTTP/1.1\r\nx-role: admin\r\n\r\nGET /b')],
    ['a path with a space', changed(':path', '/a b')],
    ['a method with a space', changed(':method', 'GET /b HTTP/1.1')],
    ['two paths', [...GET, [':path', '/b']]],
    ['a pseudo-header field after the others', [...without(':path'), ['x-a', '1'], [':path', '/a']]],
    ['a pseudo-header field nobody knows', [[':role', 'admin'], ...GET]],
    ['a pseudo-header field of answers', [[':status', '200'], ...GET]],
    ['extended CONNECT, which is not offered (RFC 8441)', [[':protocol', 'websocket'], ...changed(':method', 'CONNECT')]],
    ['two hosts', [...without(':authority'), ['host', 'a'], ['host', 'b']]],
    ['no host at all', without(':authority')],
    ['a host with a user', changed(':authority', 'admin@localhost')],
    ['two lengths', [...POST, ['content-length', '1'], ['content-length', '2']]],
    ['a length that is no number', [...POST, ['content-length', '1x']]],
    ['a length without a body', [...POST, ['content-length', '5']]],
  ])('%s is refused with the stream', async (_what, list) => {
    const seen = gw.echo.requests.length;
    await using client = await open();
    client.send(headers(1, list));
    await client.until(() => client.resetOf(1) !== null || client.goaway !== null);
    expect([client.resetOf(1) ?? client.goaway, client.of(TYPE.headers).length]).toEqual([PROTOCOL_ERROR, 0]);
    await unharmed(seen);
  });

  it.each<[string, Field]>([
    ['a space in its name', ['x a', '1']],
    ['a colon in its name', ['x:a', '1']],
    ['a line end in its name', ['x-a: 1\r\nx-b', '1']],
    ['a line end in its value', ['x-a', '1\r\nx-role: admin']],
    ['a NUL in its value', ['x-a', '1\u00002']],
    ['a space around its value', ['x-a', ' 1 ']],
  ])('a field with %s reaches nobody', async (_what, field) => {
    await using client = await open();
    client.send(headers(1, [...GET, field]));
    await client.until(() => client.of(TYPE.headers).length > 0);
    const seen = gw.echo.requests.at(-1)?.rawHeaders.join();
    expect(seen).toContain('localhost');
    expect(seen).not.toMatch(/x.a|x-b|x-role/);
  });

  it.each<[string, readonly Field[], number]>([
    ['a host beside :authority that is another', [...GET, ['host', 'evil.example']], 400],
    ['a scheme of another protocol', changed(':scheme', 'gopher'), 400],
    ['a method in small letters, which some frameworks take for the real one', changed(':method', 'delete'), 400],
    ['a method nobody knows', changed(':method', 'GETX'), 400],
    ['a path that climbs', changed(':path', '/a/../../etc/passwd'), 400],
    ['an encoded slash', changed(':path', '/a/..%2fb'), 400],
    ['a URL that is too long', changed(':path', `/a/${'x'.repeat(600)}`), 414],
    ['fields that are too large', [...GET, ['x-a', 'x'.repeat(5_000)]], 431],
    ['too many fields', [...GET, ...Array.from({ length: 30 }, (): Field => ['x-a', '1'])], 431],
    ['CONNECT', [[':method', 'CONNECT'], [':authority', 'example.org:443']], 405],
  ])('%s is answered with a problem', async (_what, list, status) => {
    const seen = gw.echo.requests.length;
    const statuses: number[] = [];
    const stop = events.exchangeClosed.subscribe((exchange) => statuses.push(exchange.status));
    await using client = await open();
    client.send(headers(1, list));
    await client.until(() => statuses.length > 0);
    stop();
    expect([statuses, client.resetOf(1)]).toEqual([[status], null]);
    await client.until(() => client.of(TYPE.headers).length > 0);
    expect(client.of(TYPE.headers)).toHaveLength(1);
    await unharmed(seen);
  });

  it.each([
    ['more than was announced', 'abcdef'],
    ['less than was announced', 'ab'],
  ])('a body of %s is no whole body', async (_what, body) => {
    await using client = await open();
    client.send(headers(1, [...POST, ['content-length', '4']], FLAG.endHeaders), frame(TYPE.data, FLAG.endStream, 1, Buffer.from(body)));
    await client.until(() => client.resetOf(1) !== null);
    // Of one that is too long nghttp2 thinks so badly that Node gives the connection up.
    expect(client.resetOf(1) !== null || client.closed).toBe(true);
    expect(client.of(TYPE.headers)).toEqual([]);
    await unharmed(gw.echo.requests.length);
  });

  it('what is far over the limits is not even read to its end', async () => {
    await using client = await open();
    // Our limits hold once the client has acknowledged them; until then 431 is all it gets.
    await client.until(() => client.of(TYPE.settings).length > 1);
    client.send(headers(1, [...GET, ['x-a', 'x'.repeat(12_000)]]), headers(3, [...GET, ...Array.from({ length: 200 }, (_none, index): Field => [`x-${index}`, '1'])]));
    await client.until(() => client.resetOf(1) !== null && client.resetOf(3) !== null);
    expect([client.resetOf(1), client.resetOf(3)]).toEqual([ENHANCE_YOUR_CALM, ENHANCE_YOUR_CALM]);
  });

  describe('a client that takes nothing is given up', () => {
    const LARGE = Buffer.alloc(16_000_000);
    let patient: TestGateway;
    let closed: Exchange[];
    let stop: () => void;
    beforeEach(async () => {
      const echo = await echoService((_request, response) => { response.end(LARGE); });
      patient = await gateway(`
server: { tls: { certificates: { cert: ${files.path('own.pem')}, key: ${files.path('own.key')} } }, timeout: { header: 2s } }
defaults: { timeout: { write: 300ms } }
endpoints: { info: { at: /info, authenticate: none } }
routes: { api: { match: { path: /a/** }, to: echo, authenticate: none } }
`, { echo });
      closed = [];
      stop = events.exchangeClosed.subscribe((exchange) => { closed.push(exchange); });
    });
    afterEach(async () => {
      stop();
      await patient[Symbol.asyncDispose]();
      await patient.echo.close();
    });

    it.each(['/a', '/info', '/nowhere', '/a/../../b'])('for whom there is %s, and who opens no window', async (path) => {
      await using client = await RawH2.open(patient.port, ca.cert);
      // RFC 9113 6.9.2: SETTINGS_INITIAL_WINDOW_SIZE is 0 from now on.
      client.send(frame(TYPE.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), number(0)])), headers(1, changed(':path', path)));
      await client.until(() => closed.length > 0 && client.resetOf(1) !== null, 12_000);
      expect([closed.length, client.resetOf(1) !== null]).toEqual([1, true]);
    });

    it('who opens every window and does not read', async () => {
      await using client = await RawH2.open(patient.port, ca.cert);
      client.send(frame(TYPE.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), number(0x7f_ff_ff_ff)])), frame(TYPE.window, 0, 0, number(0x7f_00_00_00)));
      await client.until(() => client.of(TYPE.settings).length > 1);
      client.socket.pause();
      client.send(headers(1, GET), headers(3, GET), headers(5, GET));
      await client.until(() => closed.length === 3, 12_000);
      expect(closed.map(({ status }) => status)).toEqual([499, 499, 499]);
    });
  });

  describe('a flood', () => {
    it.each<[string, (client: RawH2) => void]>([
      ['of requests taken back at once (CVE-2023-44487)', (client) => {
        for (let id = 1; id < 4_000; id += 2) client.send(headers(id, GET), reset(id));
      }],
      ['of streams that we are made to reset (CVE-2025-8671)', (client) => {
        for (let id = 1; id < 4_000; id += 2) client.send(headers(id, POST, FLAG.endHeaders), frame(TYPE.window, 0, id, number(0)));
      }],
      ['of header blocks without an end (CONTINUATION)', (client) => {
        client.send(headers(1, GET, 0));
        for (let i = 0; i < 2_000; i++) client.send(frame(TYPE.continuation, 0, 1, fields(['x-a', 'x'.repeat(100)])));
      }],
      ['of empty parts of a body', (client) => {
        client.send(headers(1, POST, FLAG.endHeaders));
        for (let i = 0; i < 5_000; i++) client.send(frame(TYPE.data, 0, 1));
      }],
      ['of requests beyond what may be open', (client) => {
        for (let id = 1; id < 2_000; id += 2) client.send(headers(id, POST, FLAG.endHeaders));
      }],
    ])('%s ends the connection, and costs no service anything', async (_what, attack) => {
      const seen = gw.echo.requests.length;
      await using client = await open();
      attack(client);
      await client.until(() => client.closed, 12_000);
      expect(client.closed).toBe(true);
      // Of the first of them some may have got through.
      expect(gw.echo.requests.length - seen).toBeLessThanOrEqual(300);
      await unharmed(gw.echo.requests.length);
    });

    it.each([
      ['SETTINGS', () => frame(TYPE.settings, 0, 0)],
      ['PING', () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))],
    ])('of %s by a client that reads no answers ends the connection', async (_what, make) => {
      await using client = await open();
      await client.until(() => client.of(TYPE.settings).length > 1);
      client.socket.pause();
      const bulk = Buffer.concat(Array.from({ length: 5_000 }, make));
      for (let i = 0; i < 1_000 && !client.closed; i++) {
        client.send(bulk);
        await sleep(1);
      }
      expect(client.closed).toBe(true);
      await unharmed(gw.echo.requests.length);
    });
  });
});
