import { createRequire } from 'node:module';
import { createPublicKey } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { IdentityDirectory } from '../../src/identity/index.js';
import { ada } from '../../src/identity/tokens/tokens.fixture.js';
import { gateway, type TestGateway } from '../support/gateway.js';

const LIMIT = 60_000;
const ROUTES = 'routes: { a: { match: { path: /a/** }, to: echo, authenticate: none } }';
const require = createRequire(import.meta.url);

const issue = (gw: TestGateway): Promise<{ readonly token: string }> => {
  const { current } = gw.gateway.app.get(IdentityDirectory);
  if (current === null) throw new Error('There is no identity');
  return current.tokens.issue(ada, 's1');
};

describe.each(['EdDSA', 'ES256', 'RS256', 'PS256'])('A8: the key set, %s', (algorithm) => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(`identity: { issuer: "https://gw", audience: api, signing: { algorithm: ${algorithm}, lead: 4m } }\n${ROUTES}`); }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());

  it('is what a stock library verifies tokens with', async () => {
    const { token } = await issue(gw);
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${gw.url}/.well-known/jwks.json`)), { issuer: 'https://gw', audience: 'api', typ: 'at+jwt', algorithms: [algorithm] });
    expect(payload.sub).toBe('7');
  });

  // The other library does not know EdDSA.
  if (algorithm !== 'EdDSA') it('and another one', async () => {
    const { verify } = require('jsonwebtoken') as { verify(this: void, token: string, key: unknown, options: object): { sub: string } };
    const { token } = await issue(gw);
    const { keys } = (await gw.fetch('/.well-known/jwks.json')).json<{ keys: { kid: string }[] }>();
    const jwk = keys.find(({ kid }) => kid === decodeProtectedHeader(token).kid);
    expect(verify(token, createPublicKey({ key: jwk as object, format: 'jwk' }), { algorithms: [algorithm as 'RS256'], issuer: 'https://gw', audience: 'api' }).sub).toBe('7');
  });

  it('holds nothing but public keys, may be kept for half of the lead, and is not sent twice', async () => {
    const { headers, json, status } = await gw.fetch('/.well-known/jwks.json');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, expect.stringMatching(/^application\/jwk-set\+json(;|$)/), 'public, max-age=120']);
    const { keys } = json<{ keys: Record<string, unknown>[] }>();
    expect(keys).toHaveLength(1);
    for (const key of keys) {
      expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: algorithm });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
    const again = await gw.fetch('/.well-known/jwks.json', { headers: { 'if-none-match': `"x", W/${String(headers['etag'])}` } });
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', headers['etag']]);
    expect((await gw.fetch('/.well-known/jwks.json', { headers: { 'if-none-match': '"another"' } })).status).toBe(200);
  });
});

it.each([
  ['there is no identity', ''],
  ['there are secrets only', 'identity: { signing: { algorithm: HS256, secret: "a secret that platforms share, long enough" } }'],
  ['the file says so', 'identity: {}\nendpoints: { jwks: off }'],
])('is not there where %s', async (_why, yaml) => {
  await using gw = await gateway(`${yaml}\n${ROUTES}`);
  expect((await gw.fetch('/.well-known/jwks.json')).status).toBe(404);
}, LIMIT);

it('is wherever the file wants it', async () => {
  await using gw = await gateway(`identity: {}\nendpoints: { jwks: { at: [/keys, /api/keys.json] } }\n${ROUTES}`);
  for (const path of ['/keys', '/api/keys.json']) expect((await gw.fetch(path)).status).toBe(200);
}, LIMIT);
