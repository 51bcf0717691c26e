import { createPrivateKey } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { Agent, request } from 'undici';
import { signed } from '../../src/auth/auth.fixture.js';
import { Browser } from '../support/browser.js';
import { Authority } from '../support/certificates.js';
import { signingKey, TestIssuer } from '../support/oidc.js';
import { otlpReceiver } from '../support/otlp-receiver.js';
import { Files } from '../support/tls.js';
import { API, Dhatu, JWT_SECRET_KEY } from './dhatu.fixture.js';
import { DhatuServices } from './stand-ins/dhatu.js';

// A gateway starts in each test; machines may be busy.
jest.setTimeout(60_000);

describe('dhatu, A6: a provider of logins', () => {
  it('PROVIDER=login: people sign in there with their browser; roles are the provider’s, accounts and keys go on', async () => {
    await using issuer = await TestIssuer.start();
    await using on = await Dhatu.open({ env: { PROVIDER: 'login', OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: 'dhatu', OIDC_CLIENT_SECRET: 'a secret of dhatu', OIDC_COOKIE_SECRET: JWT_SECRET_KEY } });
    await issuer.client({ client_id: 'dhatu', client_secret: 'a secret of dhatu', grant_types: ['authorization_code', 'refresh_token'], redirect_uris: [`${on.url}${API}/oauth/callback`], post_logout_redirect_uris: [`${on.url}/docs`] });
    await using browser = new Browser();
    const page = await browser.open(`${on.url}${API}/oauth/login?return=${encodeURIComponent(`${API}/analytics`)}`);
    // Ada is an administrator there.
    expect([page.status, page.url]).toEqual([200, `${on.url}${API}/analytics`]);
    expect((await browser.ask(`${on.url}${API}/corpus/stats`)).json()).toEqual({ documents: 108 });
    expect((await on.send(`${API}/corpus/stats`, { bearer: (await on.person('bob')).access_token })).status).toBe(200);
  });

  it('PROVIDER=tokens: bearer tokens are the provider’s, with its scopes, or those of accounts; keys go on', async () => {
    const key = signingKey('one');
    await using issuer = await TestIssuer.start({}, [key]);
    await using on = await Dhatu.open({ env: { PROVIDER: 'tokens', OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'dhatu' } });
    const token = (claims: object): string => signed({ alg: 'RS256', kid: 'one' }, { sub: '7', iss: issuer.url, aud: 'dhatu', exp: Date.now() / 1000 + 60, ...claims }, createPrivateKey({ key: key as never, format: 'jwk' }));
    const ask = async (bearer: string): Promise<number> => (await on.send(`${API}/corpus/stats`, { bearer })).status;
    expect(await ask(token({ scope: 'openid corpus:read' }))).toBe(200);
    expect(await ask(token({ role: 'reader' }))).toBe(200);
    expect(await ask(token({ scope: 'openid' }))).toBe(403);
    expect(await ask(token({ aud: 'another', scope: 'corpus:read' }))).toBe(401);
    expect(await ask(token({ iss: 'https://elsewhere.example', scope: 'corpus:read' }))).toBe(401);
    const account = await on.person('bob');
    expect([await ask(account.access_token), (await on.send(`${API}/auth/me`, { bearer: account.access_token })).status]).toEqual([200, 200]);
  });
});

describe('dhatu, A7: certificates', () => {
  let ca: Authority;
  let files: Files;
  beforeAll(async () => {
    ca = await Authority.create();
    files = await Files.create({ 'ca.pem': ca.cert });
    await files.pair('own', await ca.issue({ cn: 'gateway' }));
  });
  afterAll(async () => { await ca[Symbol.asyncDispose](); await files[Symbol.asyncDispose](); });

  it('TLS=clients: a program shows one in place of a key', async () => {
    await using on = await Dhatu.open({ env: { TLS: 'clients', TLS_CERT: files.path('own.pem'), TLS_KEY: files.path('own.key'), TLS_CLIENT_CA: files.path('ca.pem') } });
    const ask = async (path: string, shown: object): Promise<unknown> => {
      const agent = new Agent({ connect: { ca: ca.cert, ...shown } });
      const { body, statusCode } = await request(`${on.url.replace('http:', 'https:')}${API}${path}`, { dispatcher: agent });
      await body.dump();
      await agent.destroy();
      return statusCode;
    };
    const program = await ca.issue({ cn: 'dashboard' });
    expect([await ask('/corpus/stats', program), await ask('/dashboard', program), await ask('/corpus/stats', {})]).toEqual([200, 403, 401]);
    expect(on.services.corpus.last.headers['x-user-id']).toBe('dashboard');
  });

  it('SERVICES=static-mtls: a service lets nobody in who shows none, and the gateway shows one', async () => {
    const server = createServer({ ...await ca.issue(), ca: ca.cert, requestCert: true, rejectUnauthorized: true }, (_request, response) => { response.setHeader('content-type', 'application/json').end('{"documents":7}'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    try {
      const CORPUS_SERVICE_URL = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await using on = await Dhatu.open({ env: { SERVICES: 'static-mtls', CORPUS_SERVICE_URL, SERVICES_CA: files.path('ca.pem'), SERVICES_CERT: files.path('own.pem'), SERVICES_KEY: files.path('own.key') } });
      const { key } = await on.key('program', { scopes: ['corpus:read'] });
      expect((await on.send(`${API}/corpus/stats`, { key })).json()).toEqual({ documents: 7 });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('dhatu: versions, traces, balancing', () => {
  it('T3: API_VERSIONS=v1-v2: the second stands beside the first, which tells that it ends', async () => {
    await using on = await Dhatu.open({ env: { API_VERSIONS: 'v1-v2', V1_DEPRECATED: '2026-01-31', V1_SUNSET: '2027-01-31' } });
    const { key } = await on.key('program', { scopes: ['compress:write'] });
    const [first, second] = await Promise.all([1, 2].map((version) => on.send(`/api/v${version}/compress`, { json: { text: 'a' }, key })));
    expect(first?.headers).toMatchObject({ deprecation: '@1769817600', sunset: 'Sun, 31 Jan 2027 00:00:00 GMT', link: expect.stringContaining('</docs>; rel="deprecation"'), warning: expect.stringContaining('/api/v2') });
    expect([second?.json(), second?.headers['deprecation']]).toEqual([{ version: 2 }, undefined]);
    expect((await on.send('/openapi.json')).json<{ paths: Record<string, Record<string, { deprecated?: boolean }>> }>().paths[`${API}/compress`]?.['post']?.deprecated).toBe(true);
  });

  it('O3: traces go where JAEGER_ENDPOINT says, from client to service', async () => {
    await using collector = await otlpReceiver();
    await using on = await Dhatu.open({ env: { JAEGER_ENDPOINT: collector.url, TRACE_RATIO: '1', PASSERELLE__TRACING__EXPORT__EVERY: '20ms' } });
    const { key } = await on.key('program', { scopes: ['corpus:read'] });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await on.send(`${API}/corpus/stats`, { key, headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
    const spans = await collector.trace(traceId, 2);
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining([`GET ${API}/corpus/stats`]));
    expect(on.services.corpus.last.headers['traceparent']).toContain(traceId);
  });

  it('T5: LOAD_BALANCING=round-robin: by weight', async () => {
    await using more = await DhatuServices.start();
    await using less = await DhatuServices.start();
    await using on = await Dhatu.open({ env: { LOAD_BALANCING: 'round-robin', COMPRESSION_SERVICE_URL: `${more.compression.url}|3,${less.compression.url}` } });
    const { key } = await on.key('program', { scopes: ['compress:write'] });
    for (let i = 0; i < 8; i++) await on.send(`${API}/compress`, { json: { text: 'a' }, key });
    expect([more.compression.heard.length, less.compression.heard.length]).toEqual([6, 2]);
  });
});
