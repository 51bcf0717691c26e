import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { ClientOptions } from 'ws';
import { events, type ReloadReport } from '#libs/kernel';
import { until } from '#libs/testing';
import { ConfigurationError, loadConfig, renderEffective } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { Authority, encrypted, type Identity } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { build, Passerelle } from '../support/passerelle.js';
import { raw } from '../support/raw.js';
import { Files, H2, shown, tlsConnection } from '../support/tls.js';
import { open, socketService } from '../support/websocket.js';

let ca: Authority;
let [one, two, wild]: Identity[] = [];
beforeAll(async () => {
  ca = await Authority.create();
  one = await ca.issue({ cn: 'one', names: 'DNS:localhost,DNS:one.example' });
  two = await ca.issue({ cn: 'two', names: 'DNS:two.example' });
  wild = await ca.issue({ cn: 'wild', names: 'DNS:*.wild.example' });
});
afterAll(() => ca[Symbol.asyncDispose]());

const ROUTE = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none } }\n';
const pair = (files: Files, name: string): string => `{ cert: ${files.path(`${name}.pem`)}, key: ${files.path(`${name}.key`)} }`;
const secured = (certificates: string, tls = '', server = ''): string => `server: { tls: { certificates: ${certificates}, ${tls} }, grace: 1s, ${server} }\n${ROUTE}`;

async function folder(named: Readonly<Record<string, Identity | undefined>> = { own: one }): Promise<Files> {
  const files = await Files.create();
  for (const [name, identity] of Object.entries(named)) await files.pair(name, identity as Identity);
  return files;
}

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** A request over HTTP/1.1 on a connection that stands: the answer up to its end. */
async function http1(socket: TLSSocket, request: string, until = '"body":""}'): Promise<string> {
  let text = '';
  const collect = (part: Buffer): void => { text += part.toString('latin1'); };
  socket.on('data', collect).write(request);
  while (!text.includes(until) && !socket.destroyed) await sleep(5);
  socket.off('data', collect);
  return text;
}

const serialOf = (socket: TLSSocket): unknown => socket.getPeerCertificate().subject.CN;

describe('T13: TLS towards clients', () => {
  describe('HTTP/1.1', () => {
    let files: Files;
    let gw: TestGateway;
    beforeAll(async () => {
      files = await folder();
      gw = await gateway(secured(pair(files, 'own'), '', 'timeout: { header: 3s }'));
    });
    afterAll(async () => { await gw[Symbol.asyncDispose](); await files[Symbol.asyncDispose](); });

    it.each([[undefined, false], [['http/1.1'], 'http/1.1']])('is spoken with a client that offers %j', async (ALPNProtocols, chosen) => {
      const socket = await tlsConnection(gw.port, { ca: ca.cert, ...(ALPNProtocols && { ALPNProtocols }) });
      const first = await http1(socket, GET('/a'));
      const second = await http1(socket, GET('/b'));
      expect([socket.alpnProtocol, gw.url.slice(0, 8)]).toEqual([chosen, 'https://']);
      expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"url":"\/a"[^]*"x-forwarded-proto":"https"/);
      expect(second).toContain('"url":"/b"');
      socket.destroy();
    });

    it('that is malformed is answered as ever', async () => {
      const socket = await tlsConnection(gw.port, { ca: ca.cert });
      expect(await http1(socket, 'GET / HTTP/9.9\r\n\r\n', '}')).toMatch(/^HTTP\/1\.1 400 [^]*problem\+json/);
      socket.destroy();
    });

    it.each([
      ['HTTP in clear', GET('/')],
      ['noise', '\x16\x03\x01\x00\xff\xff\xff\xff\xff\xff'],
      ['nothing at all', ''],
    ])('is not spoken with %s: the connection is closed', async (_what, bytes) => {
      const reply = await raw(gw.port, bytes, 3_000);
      expect([reply.status, reply.closed]).toEqual([0, true]);
    });

    it('goes on after a client that breaks its TLS connection', async () => {
      const socket = await tlsConnection(gw.port, { ca: ca.cert });
      const inner = connect(gw.port, '127.0.0.1');
      inner.end('\x17\x03\x03\x00\x05hello');
      await http1(socket, GET('/a'));
      expect(socket.destroyed).toBe(false);
      socket.destroy();
    });

    it('is all there is with `http2: off`', async () => {
      await using plain = await gateway(secured(pair(files, 'own'), '', 'http2: off'));
      const socket = await tlsConnection(plain.port, { ca: ca.cert, ALPNProtocols: ['h2', 'http/1.1'] });
      expect(socket.alpnProtocol).toBe('http/1.1');
      socket.destroy();
    });
  });

  it('carries WebSockets', async () => {
    await using files = await folder();
    await using echo = await socketService();
    await using gw = await gateway(secured(pair(files, 'own')), { echo });
    const socket = await open(`${gw.url}/ws`, { ca: ca.cert, servername: 'localhost' } as ClientOptions);
    socket.send('over TLS');
    expect(String((await once(socket, 'message'))[0])).toBe('over TLS');
    socket.terminate();
  });

  it('shows the certificate of the name that is asked for', async () => {
    await using files = await folder({ one, two, wild });
    await using gw = await gateway(secured(`[${pair(files, 'one')}, ${pair(files, 'two')}, ${pair(files, 'wild')}]`));
    for (const [name, expected] of [['one.example', 'one'], ['TWO.example', 'two'], ['a.wild.example', 'wild'], ['a.b.wild.example', 'one'], ['wild.example', 'one'], ['else.example', 'one'], ['', 'one']]) {
      expect([name, await shown(gw.port, name as string, ca.cert)]).toEqual([name, expected]);
    }
  });

  it('speaks no older TLS than it is told', async () => {
    await using files = await folder();
    await using gw = await gateway(secured(pair(files, 'own'), 'minVersion: TLSv1.3'));
    await expect(tlsConnection(gw.port, { ca: ca.cert, maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version|alert/i);
    const socket = await tlsConnection(gw.port, { ca: ca.cert });
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
  });

  describe('certificates', () => {
    it('that change are for new connections; those that stand go on', async () => {
      await using files = await folder();
      await using gw = await gateway(secured(pair(files, 'own')));
      const standing = await tlsConnection(gw.port, { ca: ca.cert });
      await using client = await H2.open(gw.url, { ca: ca.cert });
      await files.pair('own', await ca.issue({ cn: 'renewed' }));
      expect(await gw.gateway.reload()).toBe(true);
      expect(await shown(gw.port, 'localhost', ca.cert)).toBe('renewed');
      expect(await shown(gw.port, 'else.example', ca.cert)).toBe('renewed');
      expect([serialOf(standing), await http1(standing, GET('/still'))]).toEqual(['one', expect.stringContaining('/still')]);
      expect((await client.ask('/still')).status).toBe(200);
      standing.destroy();
    });

    it('that come with the text of the file are as hot', async () => {
      await using files = await folder();
      const yaml = secured(`{ cert: "\${file:${files.path('own.pem')}}", key: "\${file:${files.path('own.key')}}" }`);
      await using gw = await gateway(yaml);
      await files.pair('own', await ca.issue({ cn: 'renewed' }));
      await gw.gateway.reload();
      expect(await shown(gw.port, 'localhost', ca.cert)).toBe('renewed');
    });

    it('load themselves when their files change', async () => {
      await using files = await folder();
      await using gw = await gateway(secured(pair(files, 'own'), '', 'watch: 50ms'));
      const end = gw.gateway.watch(() => void gw.gateway.reload());
      await files.pair('own', await ca.issue({ cn: 'renewed' }));
      await until(async () => (await shown(gw.port, 'localhost', ca.cert)) === 'renewed');
      end();
    });

    it('that do not go together change nothing, and are told of', async () => {
      await using files = await folder();
      await using gw = await gateway(secured(pair(files, 'own')));
      const told: ReloadReport[] = [];
      const stop = events.configurationLoadFailed.subscribe((report) => told.push(report));
      await files.write({ 'own.pem': (two as Identity).cert });
      expect(await gw.gateway.reload()).toBe(false);
      await files.write({ 'own.pem': 'half a certif' });
      expect(await gw.gateway.reload()).toBe(false);
      stop();
      expect(told.map(({ errors }) => errors.join())).toEqual([expect.stringContaining('this is not the key of `cert`'), expect.stringContaining('there is no certificate in it')]);
      expect(await shown(gw.port, 'localhost', ca.cert)).toBe('one');
      await files.pair('own', two as Identity);
      expect(await gw.gateway.reload()).toBe(true);
      expect(await shown(gw.port, 'localhost', ca.cert)).toBe('two');
    });

    it('may have an encrypted key', async () => {
      await using files = await folder();
      await files.write({ 'own.key': await encrypted((one as Identity).key, 'open sesame') });
      await using gw = await gateway(secured(pair(files, 'own').replace(' }', ', passphrase: open sesame }')));
      expect(await shown(gw.port, 'localhost', ca.cert)).toBe('one');
    });
  });

  it('works with several workers: files are followed, and no worker is replaced for them', async () => {
    build();
    await using files = await folder();
    await using echo = await socketService();
    await files.write({ 'gateway.yaml': `version: 1\nlog: { access: off }\nservices: { echo: { targets: "${echo.url}" } }\n${secured('{ cert: own.pem, key: own.key }', '', 'workers: 2, watch: 100ms, host: 127.0.0.1')}` });
    await using program = Passerelle.run(['start', '--config', join(files.folder, 'gateway.yaml'), '--port', '0']);
    const port = Number((await program.says(/listens on https:\/\/127\.0\.0\.1:(\d+)/))[1]);
    const standing = await Promise.all([1, 2, 3, 4].map(() => tlsConnection(port, { ca: ca.cert })));
    for (const socket of standing) await http1(socket, GET('/first'));
    await files.pair('own', await ca.issue({ cn: 'renewed' }));
    const seen = async (): Promise<string> => (await Promise.all([1, 2, 3, 4].map(() => shown(port, 'localhost', ca.cert)))).join();
    await until(async () => (await seen()) === 'renewed,renewed,renewed,renewed', 30_000);
    for (const socket of standing) expect(await http1(socket, GET('/still'))).toContain('"url":"/still"');
    expect(program.out.match(/"msg":"worker ready"/g)).toHaveLength(2);
    for (const socket of standing) socket.destroy();
  }, 120_000);

  describe('a file that is wrong', () => {
    it.each([
      ['an unknown file', '{ cert: gone.pem, key: own.key }', '', 'server.tls.certificates[0].cert: gone.pem: there is no such file'],
      ['a key of another certificate', '{ cert: own.pem, key: two.key }', '', 'server.tls.certificates[0].key: this is not the key of `cert`'],
      ['an encrypted key', '{ cert: own.pem, key: locked.key }', '', 'this private key is encrypted; give its `passphrase`'],
      ['a certificate for a key', '{ cert: own.pem, key: own.pem }', '', 'with a private key'],
      ['no certificate', '[]', '', 'a TLS server needs a certificate'],
      ['ciphers that are none', '{ cert: own.pem, key: own.key }', 'ciphers: NONESUCH', 'OpenSSL refuses this: no cipher match'],
      ['clients nobody vouches for', '{ cert: own.pem, key: own.key }', 'clients: required', 'server.tls.ca: say which authorities vouch for clients'],
      ['authorities nobody asks', '{ cert: own.pem, key: own.key }', 'ca: own.pem', 'set `clients` to optional or required'],
      ['an authority that is a key', '{ cert: own.pem, key: own.key }', 'clients: required, ca: own.key', 'server.tls.ca[0]: there is no certificate in it'],
      ['a list of revoked ones that is none', '{ cert: own.pem, key: own.key }', 'clients: required, ca: own.pem, crl: own.pem', 'server.tls.crl[0]: there is no list of revoked certificates in it'],
    ])('with %s is refused in words', async (_what, certificates, tls, message) => {
      await using files = await folder({ own: one, two });
      await files.write({ 'locked.key': await encrypted((one as Identity).key, 'x'), 'gateway.yaml': `version: 1\nservices: { echo: { targets: "http://127.0.0.1:1" } }\n${secured(certificates, tls)}` });
      const loading = loadConfig({ file: files.path('gateway.yaml'), env: {}, builtIns });
      await expect(loading).rejects.toThrow(ConfigurationError);
      await expect(loading).rejects.toThrow(message);
    });

    it('is only warned of where a certificate has expired; no key is ever printed', async () => {
      await using files = await folder({ own: await ca.issue({ days: -1 }) });
      await files.write({ 'gateway.yaml': `version: 1\nservices: { echo: { targets: "http://127.0.0.1:1" } }\n${secured(`{ cert: own.pem, key: "\${file:${files.path('own.key')}}" }`)}` });
      const { config, warnings } = await loadConfig({ file: files.path('gateway.yaml'), env: {}, builtIns });
      expect(warnings.map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringContaining('has expired')]));
      expect([renderEffective(config, { origins: false }), JSON.stringify(config)].join()).not.toMatch(/PRIVATE/);
    });
  });
});
