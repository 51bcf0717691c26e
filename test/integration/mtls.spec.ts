import { X509Certificate } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService } from '#libs/testing';
import { Authority, type Identity } from '../support/certificates.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { SECRET, token } from '../support/jwt.js';
import { Files, H2, tlsConnection } from '../support/tls.js';
import { open, refused, socketService } from '../support/websocket.js';

let ca: Authority;
let other: Authority;
let files: Files;
let billing: Identity;
let stranger: Identity;
let expired: Identity;
beforeAll(async () => {
  [ca, other] = await Promise.all([Authority.create(), Authority.create('another authority')]);
  files = await Files.create({ 'ca.pem': ca.cert });
  await files.pair('own', await ca.issue());
  billing = await ca.issue({ subject: '/O=Acme/OU=services/CN=billing', names: 'URI:spiffe://acme.example/ns/prod/sa/billing,DNS:billing.acme.example,email:ops@acme.example' });
  stranger = await other.issue({ cn: 'billing' });
  expired = await ca.issue({ cn: 'billing', days: -1 });
});
afterAll(async () => { await ca[Symbol.asyncDispose](); await other[Symbol.asyncDispose](); await files[Symbol.asyncDispose](); });

const TELL = 'headers: { request: { set: { X-Id: "{principal.id}", X-Roles: "{principal.roles}" } } }';

function file(clients: string, { options = '', tls = '' } = {}): string {
  return `
server: { tls: { certificates: { cert: ${files.path('own.pem')}, key: ${files.path('own.key')} }, clients: ${clients}, ca: ${files.path('ca.pem')}, ${tls} }, grace: 1s }
authenticate: { peers: { use: certificate, ${options} } }
routes:
  named: { match: { path: /named/** }, to: echo, authenticate: [peers], ${TELL} }
  staff: { match: { path: /staff/** }, to: echo, authenticate: [peers], authorize: { roles: [staff] } }
  open: { match: { path: /open/** }, to: echo, authenticate: none }
`;
}

const closed = (socket: TLSSocket): Promise<void> => new Promise((resolve) => { socket.once('close', () => resolve()); });

interface Told { readonly status: number; readonly id: unknown; readonly roles: unknown; readonly code: unknown }

/** A request with that certificate, or none. */
async function ask(gw: TestGateway, identity: Identity | null, path = '/named'): Promise<Told> {
  await using client = await H2.open(gw.url, { ca: ca.cert, ...identity });
  const { json, status } = await client.ask(path);
  const { code, headers } = json<{ code?: string; headers?: Record<string, string> }>();
  return { status, id: headers?.['x-id'], roles: headers?.['x-roles'], code };
}

describe('A7: certificates of clients', () => {
  describe.each(['optional', 'required'])('clients: %s', (clients) => {
    let gw: TestGateway;
    beforeAll(async () => { gw = await gateway(file(clients, { options: 'roles: { billing: [staff] }' })); });
    afterAll(() => gw[Symbol.asyncDispose]());

    it('a certificate that the authority vouches for is a principal', async () => {
      expect(await ask(gw, billing)).toMatchObject({ status: 200, id: 'billing', roles: 'staff' });
      expect((await ask(gw, billing, '/staff')).status).toBe(200);
    });

    it.each([
      ['none', () => null],
      ['one of another authority', () => stranger],
      ['one that has expired', () => expired],
    ])('%s is nobody', async (_what, identity) => {
      const asked = ask(gw, identity());
      if (clients === 'required') await expect(asked).rejects.toThrow();
      else expect(await asked).toMatchObject({ status: 401, code: 'unauthenticated' });
      if (clients === 'optional') expect((await ask(gw, identity(), '/open')).status).toBe(200);
    });

    it('none is nobody either with a session that is resumed', async () => {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        let session: Buffer | undefined;
        const socket: TLSSocket = connect({ host: '127.0.0.1', port: gw.port, ca: ca.cert, servername: 'localhost', maxVersion });
        socket.on('session', (ticket) => { session = ticket; }).on('error', () => {});
        socket.write('GET /open HTTP/1.1\r\nHost: a\r\n\r\n');
        await Promise.race([closed(socket), sleep(300)]);
        socket.destroy();
        if (session === undefined) continue;
        const again = connect({ host: '127.0.0.1', port: gw.port, ca: ca.cert, servername: 'localhost', maxVersion, session });
        let text = '';
        again.on('data', (part: Buffer) => { text += part.toString(); }).on('error', () => {});
        again.write('GET /named HTTP/1.1\r\nHost: a\r\n\r\n');
        await Promise.race([closed(again), sleep(300)]);
        again.destroy();
        expect(text).not.toContain('HTTP/1.1 200');
      }
    });

    it('counts over HTTP/1.1 and for WebSockets as well', async () => {
      const socket = await tlsConnection(gw.port, { ca: ca.cert, ...billing });
      socket.write('GET /named HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      let text = '';
      for await (const part of socket) text += String(part);
      expect(text).toMatch(/"x-id":"billing"/);
    });
  });

  it('opens WebSockets', async () => {
    await using echo = await socketService();
    await using gw = await gateway(file('optional'), { echo });
    const tls = { ca: ca.cert, servername: 'localhost' };
    const socket = await open(`${gw.url}/named`, { ...tls, ...billing });
    socket.terminate();
    expect((await refused(`${gw.url}/named`, tls)).status).toBe(401);
  });

  it.each([
    ['subject.CN', 'billing'],
    ['subject', 'CN=billing,OU=services,O=Acme'],
    ['san:uri', 'spiffe://acme.example/ns/prod/sa/billing'],
    ['san:dns', 'billing.acme.example'],
    ['san:email', 'ops@acme.example'],
    ['serial', /^[\da-f]+$/],
    ['fingerprint', /^[\da-f]{64}$/],
  ])('the id may be %s', async (id, expected) => {
    await using gw = await gateway(file('optional', { options: `id: "${id}", roles: { "*": [any] }` }));
    const told = await ask(gw, billing);
    expect(told).toMatchObject({ status: 200, id: typeof expected === 'string' ? expected : expect.stringMatching(expected) });
  });

  it('the next authenticator is asked where there is no certificate, or one that is not meant', async () => {
    const yaml = file('optional', { options: 'issuer: "CN=nobody we know"' });
    await using gw = await gateway(yaml.replace('peers: {', `users: { use: jwt, secret: ${SECRET} }, peers: {`).replaceAll('[peers]', '[peers, users]'));
    const bearer = `Bearer ${await token({ sub: '7' })}`;
    for (const identity of [billing, null]) {
      await using client = await H2.open(gw.url, { ca: ca.cert, ...identity });
      const { headers, json, status } = await client.ask({ ':path': '/named', authorization: bearer });
      expect([status, json<{ headers: Record<string, string> }>().headers['x-id']]).toEqual([200, '7']);
      expect((await client.ask('/named')).headers['www-authenticate']).toBe('Certificate, Bearer');
      expect(headers).not.toHaveProperty('www-authenticate');
    }
  });

  it('one that is revoked is nobody, as soon as the list says so, also with a session from before', async () => {
    await files.write({ 'crl.pem': await ca.revoked() });
    await using gw = await gateway(file('optional', { tls: `crl: ${files.path('crl.pem')}` }));
    let session: Buffer | undefined;
    const before = await tlsConnection(gw.port, { ca: ca.cert, ...billing, maxVersion: 'TLSv1.2' });
    before.on('session', (ticket) => { session = ticket; });
    session ??= before.getSession();
    const resumed = await tlsConnection(gw.port, { ca: ca.cert, ...billing, maxVersion: 'TLSv1.2', ...(session && { session }) });
    expect([resumed.isSessionReused(), (await ask(gw, billing)).status]).toEqual([true, 200]);
    resumed.destroy();
    await files.write({ 'crl.pem': await ca.revoked(billing) });
    expect(await gw.gateway.reload()).toBe(true);
    expect(await ask(gw, billing)).toMatchObject({ status: 401, code: 'unauthenticated' });
    const again = await tlsConnection(gw.port, { ca: ca.cert, ...billing, maxVersion: 'TLSv1.2', ...(session && { session }) });
    const reused = again.isSessionReused();
    again.write('GET /named HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const part of again) text += String(part);
    expect([reused, text.slice(9, 12)]).toEqual([false, '401']);
    before.destroy();
  });

  it('one that is revoked does not live on in a connection that stands, and what came over it is answered', async () => {
    await files.write({ 'crl.pem': await ca.revoked() });
    const arrived = Promise.withResolvers<ServerResponse>();
    const echo = await echoService((incoming, response) => { if (incoming.url === '/named/slow') arrived.resolve(response); else response.end('quick'); });
    await using gw = await gateway(file('optional', { tls: `crl: ${files.path('crl.pem')}` }), { echo });
    await using busy = await H2.open(gw.url, { ca: ca.cert, ...billing });
    await using nobody = await H2.open(gw.url, { ca: ca.cert });
    const [idle, kept] = await Promise.all([1, 2].map(() => tlsConnection(gw.port, { ca: ca.cert, ...billing }))) as [TLSSocket, TLSSocket];
    let text = '';
    kept.on('data', (part: Buffer) => { text += part.toString(); }).write('GET /named HTTP/1.1\r\nHost: a\r\n\r\n');
    idle.resume();
    const slow = busy.ask('/named/slow');
    const response = await arrived.promise;
    while (!text.includes('quick')) await sleep(5);
    const gone = Promise.all([closed(idle), closed(kept), new Promise((resolve) => { busy.session.once('close', resolve); })]);
    await files.write({ 'crl.pem': await ca.revoked(billing) });
    expect(await gw.gateway.reload()).toBe(true);
    response.end('late');
    expect((await slow).text).toBe('late');
    await gone;
    expect([(await nobody.ask('/open')).status, nobody.session.destroyed]).toEqual([200, false]);
    await echo.close();
  });

  it('an authority that is added counts at once', async () => {
    await using own = await Files.create({ 'ca.pem': ca.cert });
    await using gw = await gateway(file('optional').replace(files.path('ca.pem'), own.path('ca.pem')));
    expect((await ask(gw, stranger)).status).toBe(401);
    await own.write({ 'ca.pem': `${ca.cert}${other.cert}` });
    await gw.gateway.reload();
    expect(await ask(gw, stranger)).toMatchObject({ status: 200, id: 'billing' });
  });

  it('one that expires while its connection stands is not accepted any more', async () => {
    await using gw = await gateway(file('optional'));
    const short = await ca.issue({ cn: 'short', seconds: 6 });
    await using client = await H2.open(gw.url, { ca: ca.cert, ...short });
    expect((await client.ask('/named')).status).toBe(200);
    await sleep(Date.parse(new X509Certificate(short.cert).validTo) + 1_000 - Date.now());
    const reply = await client.ask('/named');
    expect([reply.status, reply.json()['code'], reply.headers['www-authenticate']]).toEqual([401, 'expired-credential', 'Certificate']);
    expect((await client.ask('/open')).status).toBe(200);
  });

  describe('in a header of a proxy', () => {
    const header = (name: string, trust = 'loopback'): string => `
forwarded: { trust: ${trust} }
authenticate: { peers: { use: certificate, from: { header: ${name} }, id: "san:uri", roles: { "spiffe://acme.example/ns/*/sa/billing": [staff] } } }
routes:
  named: { match: { path: /named/** }, to: echo, authenticate: [peers], ${TELL} }
  open: { match: { path: /open/** }, to: echo, authenticate: none }
`;
    const der = (): string => billing.cert.replaceAll(/-----[^-]+-----|\s/g, '');

    it.each([
      ['Client-Cert', () => `:${der()}:`],
      ['X-SSL-Client-Cert', () => encodeURIComponent(billing.cert)],
      ['X-SSL-Client-Cert', () => billing.cert.trim().replaceAll('\n', '\t')],
      ['X-Forwarded-Tls-Client-Cert', () => `${der()},${ca.cert.replaceAll(/-----[^-]+-----|\s/g, '')}`],
      ['X-Forwarded-Client-Cert', () => `By=spiffe://acme.example/proxy;Hash=ab;Cert="${encodeURIComponent(billing.cert)}";Subject="CN=x, \\"O=y;URI=spiffe://evil\\""`],
      ['X-Forwarded-Client-Cert', () => 'By=spiffe://a;URI=spiffe://evil,By=spiffe://b;Hash=ab;URI=spiffe://acme.example/ns/prod/sa/billing'],
    ])('%s is understood, and no service sees it', async (name, value) => {
      await using gw = await gateway(header(name));
      const { seen, status } = await gw.fetch('/named', { headers: { [name]: value() } });
      expect([status, seen.headers['x-id'], seen.headers['x-roles']]).toEqual([200, 'spiffe://acme.example/ns/prod/sa/billing', 'staff']);
      expect(Object.keys(seen.headers)).not.toContain(name.toLowerCase());
    });

    it('counts from nobody but a proxy, and is stripped from everybody', async () => {
      await using gw = await gateway(header('Client-Cert', '192.0.2.1'));
      const forged = { 'client-cert': `:${der()}:`, client_cert: 'x', 'x-ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': 'CN=admin', 'x-amzn-mtls-clientcert': 'x', 'x-kept': '1' };
      expect((await gw.fetch('/named', { headers: forged })).status).toBe(401);
      const { seen } = await gw.fetch('/open', { headers: forged });
      expect(Object.keys(seen.headers).filter((name) => Object.hasOwn(forged, name))).toEqual(['x-kept']);
    });

    it.each([
      ['nothing', '', 401, 'unauthenticated'],
      ['nonsense', 'nonsense', 401, 'invalid-credential'],
      ['bytes that are no certificate', ':AAAA:', 401, 'invalid-credential'],
      ['a broken escape', '%', 401, 'invalid-credential'],
      ['nothing of the client', 'By=a;Hash=', 401, 'invalid-credential'],
      ['too much', 'x'.repeat(20_000), 401, 'invalid-credential'],
    ])('that says %s is refused', async (_what, value, status, code) => {
      await using gw = await gateway(header('X-Forwarded-Client-Cert'));
      const reply = await gw.fetch('/named', { headers: { 'x-forwarded-client-cert': value } });
      expect([reply.status, reply.json()['code']]).toEqual([status, code]);
    });

    it('that has expired is not accepted', async () => {
      await using gw = await gateway(header('Client-Cert').replace('san:uri', 'subject.CN'));
      const reply = await gw.fetch('/named', { headers: { 'client-cert': `:${expired.cert.replaceAll(/-----[^-]+-----|\s/g, '')}:` } });
      expect([reply.status, reply.json()['code']]).toEqual([401, 'expired-credential']);
    });
  });
});
