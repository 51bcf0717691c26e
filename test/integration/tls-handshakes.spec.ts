import { connect as connectPlain } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { events, type HandshakeFailure } from '#libs/kernel';
import { until } from '#libs/testing';
import { Authority, type Identity } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { Files, H2 } from '../support/tls.js';

let ca: Authority;
let files: Files;
let peer: Identity;
let stranger: Identity;
let gw: TestGateway;
beforeAll(async () => {
  ca = await Authority.create();
  await using other = await Authority.create('another authority');
  [peer, stranger] = [await ca.issue({ cn: 'peer' }), await other.issue({ cn: 'peer' })];
  files = await Files.create({ 'ca.pem': ca.cert });
  await files.pair('own', await ca.issue());
  gw = await gateway(`
server: { tls: { certificates: { cert: ${files.path('own.pem')}, key: ${files.path('own.key')} }, clients: required, ca: ${files.path('ca.pem')}, minVersion: TLSv1.3 }, timeout: { header: 2s } }
endpoints: { metrics: { at: /metrics, authenticate: none } }
routes: { all: { match: { path: /** }, to: echo, authenticate: none } }
`);
});
afterAll(async () => { await gw[Symbol.asyncDispose](); await ca[Symbol.asyncDispose](); await files[Symbol.asyncDispose](); });

function secure(options: ConnectionOptions): void {
  const socket = connect({ host: '127.0.0.1', port: gw.port, servername: 'localhost', ca: ca.cert, ...options });
  socket.on('error', () => {}).on('secureConnect', () => socket.resume());
}

function plain(text: string, end = false): void {
  const socket = connectPlain(gw.port, '127.0.0.1', () => (end ? socket.end(text) : socket.write(text)));
  socket.on('error', () => {}).resume();
}

it.each<[HandshakeFailure['reason'], string, () => void]>([
  ['client-certificate', 'shows no certificate', () => secure({})],
  ['client-certificate', 'shows one of another authority', () => secure(stranger)],
  ['nothing-in-common', 'knows only an older version', () => secure({ ...peer, maxVersion: 'TLSv1.2' })],
  ['nothing-in-common', 'wants another protocol', () => secure({ ...peer, ALPNProtocols: ['smtp'] })],
  ['no-tls', 'speaks HTTP', () => plain('GET / HTTP/1.1\r\n\r\n')],
  ['timeout', 'says nothing', () => plain('')],
  ['closed', 'leaves', () => plain('\u0016', true)],
])('%s: a client that %s is told of and counted', async (reason, _what, come) => {
  const failures: HandshakeFailure[] = [];
  const stop = events.handshakeFailed.subscribe((failure) => { failures.push(failure); });
  come();
  await until(() => failures.length > 0);
  stop();
  expect(failures).toEqual([expect.objectContaining({ reason, detail: expect.stringMatching(/./) })]);
  // Where the connection is over, nobody knows any more who it was.
  expect(['127.0.0.1', null]).toContain(failures[0]?.client);
  await using client = await H2.open(gw.url, { ca: ca.cert, ...peer });
  expect((await client.ask('/metrics')).text).toMatch(new RegExp(`^gateway_tls_handshake_failures_total\\{reason="${reason}"\\} [1-9]`, 'm'));
});
