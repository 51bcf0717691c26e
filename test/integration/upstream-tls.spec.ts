import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer as createTlsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureContextOptions, TlsOptions, TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { WebSocketServer } from 'ws';
import { loadConfig, renderEffective, type LoadedConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import { Authority, encrypted, type Identity } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { open, refused } from '../support/websocket.js';

const ROUTE = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none, timeout: { connect: 2s } } }\nendpoints: { services: { at: /services, authenticate: none } }\n';

interface TlsService extends AsyncDisposable {
  readonly port: number;
  readonly server: Server | Http2SecureServer;
}

/** What a TLS service saw of a request: protocol, name asked for, who the client is. */
function tell(request: IncomingMessage, response: ServerResponse): void {
  const socket = request.socket as TLSSocket;
  const certificate = socket.getPeerCertificate();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ version: request.httpVersion, servername: socket.servername, client: certificate?.subject?.CN ?? null, status: 'healthy' }));
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function tlsService(kind: 'http1' | 'http2' | 'both', options: SecureContextOptions & TlsOptions, handler: Handler = tell): Promise<TlsService> {
  const server = kind === 'http1' ? createTlsServer(options, handler) : createSecureServer({ ...options, allowHTTP1: kind === 'both' }, handler as never);
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket: TLSSocket) => { sockets.add(socket.on('error', () => {})); });
  server.on('sessionError', () => {}).on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { server, port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

let ca: Authority;
let other: Authority;
let own: Identity;
let client: Identity;
beforeAll(async () => {
  [ca, other] = await Promise.all([Authority.create(), Authority.create('another authority')]);
  own = await ca.issue();
  client = await ca.issue({ cn: 'gateway' });
});
afterAll(async () => { await ca[Symbol.asyncDispose](); await other[Symbol.asyncDispose](); });

/** PEM in YAML, for a flow mapping. */
const pem = (text: string): string => JSON.stringify(text);

function before(port: number, settings: string, host = 'localhost'): Promise<TestGateway> {
  return gateway(`services: { echo: { targets: "https://${host}:${port}", ${settings} } }\n${ROUTE}`);
}

async function problemOf(gw: TestGateway): Promise<readonly unknown[]> {
  const reply = await gw.fetch('/a');
  return [reply.status, reply.json()['code']];
}

describe.each(['http1', 'http2', 'auto'] as const)('services.x.tls over %s', (protocol) => {
  const version = protocol === 'http1' ? '1.1' : '2.0';

  it('trusts the authorities of `ca`, and those only', async () => {
    await using service = await tlsService('both', own);
    await using trusting = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(other.cert + ca.cert)} }`);
    expect((await trusting.fetch('/a')).json()).toMatchObject({ version, servername: 'localhost' });
    for (const settings of ['', `, tls: { ca: ${pem(other.cert)} }`]) {
      await using gw = await before(service.port, `protocol: ${protocol}${settings}`);
      expect(await problemOf(gw)).toEqual([502, 'target-unreachable']);
    }
    await using careless = await before(service.port, `protocol: ${protocol}, tls: { verify: off }`);
    expect((await careless.fetch('/a')).status).toBe(200);
  });

  it.each([
    ['the host of the address', 'localhost', '', 'DNS:localhost', 200, 'localhost'],
    ['none for an address of digits', '127.0.0.1', '', 'IP:127.0.0.1', 200, false],
    ['servername', '127.0.0.1', ', servername: inner.example', 'DNS:inner.example', 200, 'inner.example'],
    ['servername, which the certificate must have', 'localhost', ', servername: inner.example', 'DNS:localhost', 502, undefined],
  ])('asks for %s', async (_what, host, setting, names, status, servername) => {
    await using service = await tlsService('both', await ca.issue({ names }));
    await using gw = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(ca.cert)}${setting} }`, host);
    const reply = await gw.fetch('/a', { headers: { host: 'shop.example' } });
    expect([reply.status, reply.json()['servername']]).toEqual([status, servername]);
  });

  it.each(['plain', 'encrypted'])('shows who it is, with a key that is %s', async (how) => {
    await using service = await tlsService('both', { ...own, ca: ca.cert, requestCert: true, rejectUnauthorized: true });
    const key = how === 'plain' ? `key: ${pem(client.key)}` : `key: ${pem(await encrypted(client.key, 'open sesame'))}, passphrase: open sesame`;
    await using gw = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(ca.cert)}, cert: ${pem(client.cert)}, ${key} }`);
    expect((await gw.fetch('/a')).json()).toMatchObject({ version, client: 'gateway' });
    await using stranger = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(ca.cert)} }`);
    expect((await stranger.fetch('/a')).status).toBe(502);
  });

  it('speaks no TLS older than minVersion', async () => {
    await using service = await tlsService('both', { ...own, maxVersion: 'TLSv1.2' });
    await using gw = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(ca.cert)}, minVersion: TLSv1.3 }`);
    expect(await problemOf(gw)).toEqual([502, 'target-unreachable']);
  });

  it('probes the way it asks', async () => {
    await using service = await tlsService('both', { ...own, ca: ca.cert, requestCert: true, rejectUnauthorized: true });
    await using gw = await before(service.port, `protocol: ${protocol}, health: { json: { client: gateway } }, tls: { ca: ${pem(ca.cert)}, cert: ${pem(client.cert)}, key: ${pem(client.key)} }`);
    expect((await gw.fetch('/services')).json()).toMatchObject({ services: { echo: { status: 'healthy' } } });
  });

  it('takes a renewed certificate without a restart; what is under way finishes on the old connection', async () => {
    let release = (): void => {};
    let held = 0;
    await using service = await tlsService('both', { ...own, ca: ca.cert, requestCert: true }, (request, response) => {
      if (request.url !== '/held') return tell(request, response);
      held++;
      response.writeHead(200).write('{"client":');
      release = () => response.end(JSON.stringify((request.socket as TLSSocket).getPeerCertificate().subject.CN) + '}');
    });
    await using gw = await gateway(`services: { echo: { targets: "${service.port}" } }\n`.replace(/"\d+"/, '"http://localhost:1"') + ROUTE);
    const file = (name: string): string => join(gw.file, '..', name);
    await Promise.all([writeFile(file('ca.pem'), ca.cert), writeFile(file('own.pem'), client.cert), writeFile(file('own.key'), client.key)]);
    const yaml = `${(await readFile(gw.file, 'utf8')).split('services:')[0]}services: { echo: { targets: "https://localhost:${service.port}", protocol: ${protocol}, tls: { ca: "\${file:ca.pem}", cert: "\${file:own.pem}", key: "\${file:own.key}" } } }\n${ROUTE}`;
    await gw.rewrite(yaml);
    expect((await gw.fetch('/a')).json()).toMatchObject({ client: 'gateway' });
    const underWay = gw.fetch('/held');
    while (held === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const renewed = await ca.issue({ cn: 'gateway, renewed' });
    await Promise.all([writeFile(file('own.pem'), renewed.cert), writeFile(file('own.key'), renewed.key)]);
    await gw.gateway.reload();
    expect((await gw.fetch('/a')).json()).toMatchObject({ client: 'gateway, renewed' });
    release();
    expect((await underWay).json()).toEqual({ client: 'gateway' });
  });
});

describe('which protocol is spoken', () => {
  it.each([
    ['http1', 'both', [200, '1.1']], ['http1', 'http2', [502, 'protocol-mismatch']],
    ['http2', 'both', [200, '2.0']], ['http2', 'http1', [502, 'protocol-mismatch']], ['http2', 'http2', [200, '2.0']],
    ['auto', 'both', [200, '2.0']], ['auto', 'http1', [200, '1.1']], ['auto', 'http2', [200, '2.0']],
  ] as const)('protocol: %s with a service that knows %s', async (protocol, kind, expected) => {
    await using service = await tlsService(kind, own);
    await using gw = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(ca.cert)} }`);
    for (let i = 0; i < 3; i++) {
      const reply = await gw.fetch('/a');
      expect([reply.status, reply.json()['version'] ?? reply.json()['code']]).toEqual(expected);
    }
  });

  it('auto over http:// is HTTP/1.1', async () => {
    const server = createServer((request, response) => response.end(request.httpVersion)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using gw = await gateway(`services: { echo: { targets: "http://127.0.0.1:${(server.address() as AddressInfo).port}", protocol: auto } }\n${ROUTE}`);
    expect((await gw.fetch('/a')).text).toBe('1.1');
    server.close();
    server.closeAllConnections();
  });

  it('auto finds out anew when the service comes back with another protocol', async () => {
    const first = await tlsService('http1', own);
    const gw = await before(first.port, `protocol: auto, tls: { ca: ${pem(ca.cert)} }`);
    expect((await gw.fetch('/a')).json()['version']).toBe('1.1');
    await first[Symbol.asyncDispose]();
    expect((await gw.fetch('/a')).status).toBe(502);
    const second = createSecureServer(own, tell as never).on('sessionError', () => {}).listen(first.port, '127.0.0.1');
    await once(second, 'listening');
    expect((await gw.fetch('/a')).json()['version']).toBe('2.0');
    await gw[Symbol.asyncDispose]();
    second.close();
  });
});

describe('WebSockets to a service that speaks HTTP/2', () => {
  it.each(['http2', 'auto'])('go over HTTP/1.1 beside it: %s', async (protocol) => {
    await using service = await tlsService('both', own);
    const sockets = new WebSocketServer({ server: service.server as never });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(Buffer.concat([Buffer.from('echo '), data as Buffer]))));
    await using gw = await before(service.port, `protocol: ${protocol}, tls: { ca: ${pem(ca.cert)} }`);
    expect((await gw.fetch('/a')).json()['version']).toBe('2.0');
    const socket = await open(`${gw.url}/ws`);
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('echo hello');
    expect((await gw.fetch('/a')).json()['version']).toBe('2.0');
    socket.terminate();
    for (const one of sockets.clients) one.terminate();
  });

  it.each([['without TLS', 'http'], ['that has nothing else', 'https']])('%s are refused clearly', async (_what, scheme) => {
    await using service = await tlsService('http2', own);
    const address = scheme === 'https' ? `https://localhost:${service.port}` : 'http://localhost:1';
    await using gw = await gateway(`services: { echo: { targets: "${address}", protocol: http2, tls: { ca: ${pem(ca.cert)} } } }\n${ROUTE}`);
    const answer = await refused(`${gw.url}/ws`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([502, { code: 'protocol-mismatch' }]);
  });
});

describe('what is odd about tls, but no mistake', () => {
  const loaded = async (tls: string): Promise<LoadedConfig> => {
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
    try {
      await writeFile(join(folder, 'gateway.yaml'), `version: 1\nservices: { echo: { targets: "https://localhost:1", tls: { ${tls} } } }\n${ROUTE}`);
      return await loadConfig({ file: join(folder, 'gateway.yaml'), env: { KEY: client.key }, builtIns });
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it.each([
    ['an authority that is no more', async () => `ca: ${pem(ca.cert + (await ca.issue({ days: -3 })).cert)}`, 'services.echo.tls.ca', /CN=service has expired on \d{4}-/],
    ['a key in the file itself', () => `cert: ${pem(client.cert)}, key: ${pem(client.key)}`, 'services.echo.tls.key', /a secret is written in the file/],
  ])('%s is warned of', async (_what, tls, path, message) => {
    const { warnings } = await loaded(await tls());
    expect(warnings.map((warning) => [warning.path, warning.message])).toEqual([[path, expect.stringMatching(message)]]);
  });

  it('a key never prints', async () => {
    const { config } = await loaded(`cert: ${pem(client.cert)}, key: "\${KEY}"`);
    for (const text of [JSON.stringify(config), inspect(config, { depth: 9 }), renderEffective(config, { origins: true })]) {
      expect(text).toContain('BEGIN CERTIFICATE');
      expect(text).not.toContain('PRIVATE KEY');
    }
  });
});

describe('mistakes in tls', () => {
  const loading = async (tls: string): Promise<string> => {
    const refusal: unknown = await before(1, `tls: { ${tls} }`).then((gw) => gw[Symbol.asyncDispose](), (error: unknown) => error);
    return String((refusal as Error | undefined)?.message ?? refusal);
  };

  it.each<[string, () => string | Promise<string>, string]>([
    ['a path instead of PEM', () => 'ca: /etc/ssl/ca.pem', 'tls.ca: expected PEM text, such as ${file:/path/to.pem}'],
    ['a certificate that is cut off', () => `ca: ${pem(ca.cert.slice(0, 200) + '\n-----END CERTIFICATE-----')}`, 'tls.ca: a certificate in it cannot be read'],
    ['a key where the certificate belongs', () => `cert: ${pem(client.key)}, key: ${pem(client.key)}`, 'tls.cert: expected PEM text'],
    ['a certificate where the key belongs', () => `cert: ${pem(client.cert)}, key: ${pem(client.cert)}`, 'tls.key: expected PEM text'],
    ['no key', () => `cert: ${pem(client.cert)}`, 'tls.cert: a certificate needs its `key`'],
    ['no certificate', () => `key: ${pem(client.key)}`, 'tls.key: a key needs its `cert`'],
    ['another’s key', () => `cert: ${pem(client.cert)}, key: ${pem(own.key)}`, 'tls.key: this is not the key of `cert`'],
    ['half a key', () => `cert: ${pem(client.cert)}, key: ${pem(client.key.slice(0, 100))}`, 'tls.key: this private key cannot be read'],
    ['an encrypted key', async () => `cert: ${pem(client.cert)}, key: ${pem(await encrypted(client.key, 'x'))}`, 'tls.key: this private key is encrypted'],
    ['a wrong passphrase', async () => `cert: ${pem(client.cert)}, key: ${pem(await encrypted(client.key, 'x'))}, passphrase: swordfish`, 'tls.key: the `passphrase` does not open'],
    ['a passphrase for nothing', () => 'passphrase: swordfish', 'tls.passphrase: there is no `key`'],
    ['an unknown version', () => 'minVersion: TLSv1.1', 'tls.minVersion'],
  ])('%s', async (_what, tls, message) => {
    const text = await loading(await tls());
    expect(text).toContain(message);
    for (const secret of [client.key, own.key].map((key) => key.slice(60, 100)).concat('swordfish')) expect(text).not.toContain(secret);
  });
});
