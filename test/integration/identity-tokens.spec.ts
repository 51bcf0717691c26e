import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { systemClock } from '#libs/kernel';
import { IdentityDirectory } from '../../src/identity/index.js';
import { ada } from '../../src/identity/tokens/tokens.fixture.js';
import { gateway, type TestGateway } from '../support/gateway.js';

const LIMIT = 60_000;
const SECRET = 'a secret that platforms share, long enough for HS256';
const file = (more: string, routes = ''): string => `
database: { timeout: 15s }
${more}
authenticate: { users: { use: identity, from: [{ header: Authorization, scheme: Bearer }, { query: token }] } }
roles: { implies: { admin: [teacher] } }
routes:
  any: { match: { path: /any/** }, to: echo }
  staff: { match: { path: /staff/** }, to: echo, authorize: { roles: [teacher] } }
  open: { match: { path: /open/** }, to: echo, authenticate: none, headers: { request: { token: {} } } }
${routes}`;

const tokensOf = ({ gateway: { app } }: TestGateway) => {
  const { current } = app.get(IdentityDirectory);
  if (current === null) throw new Error('There is no identity');
  return current.tokens;
};
const bearerOf = async (gw: TestGateway, account = ada): Promise<Record<string, string>> => ({ authorization: `Bearer ${(await tokensOf(gw).issue(account, 's1')).token}` });

describe.each([
  ['keys of its own', 'identity: { issuer: "https://gw", audience: api }'],
  ['a shared secret', `identity: { signing: { algorithm: HS256, secret: "${SECRET}" }, access: { typ: JWT, type: {}, claims: { number: user_id, roles: null } } }`],
])('A4: tokens of the gateway, signed with %s', (_what, identity) => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(file(identity)); }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each([
    ['any/1', ['student'], 200],
    ['staff/1', ['student'], 403],
    ['staff/1', ['teacher'], 200],
    ['staff/1', ['admin'], 200],
  ])('/%s for %j is %i', async (path, roles, status) => {
    expect((await gw.fetch(`/${path}`, { headers: await bearerOf(gw, { ...ada, roles }) })).status).toBe(status);
  });

  it('tells the service who is calling', async () => {
    const { seen } = await gw.fetch('/any/1', { headers: await bearerOf(gw) });
    expect(seen.headers).toMatchObject({ 'x-user-id': '7', 'x-user-email': 'ada@example.com', 'x-user-role': 'teacher', 'x-user-permissions': 'read' });
  });

  it('takes one from the query, and cuts it out', async () => {
    const { status, seen } = await gw.fetch(`/any/1?a=1&token=${(await tokensOf(gw).issue(ada, 's1')).token}`);
    expect([status, seen.url]).toEqual([200, '/any/1?a=1']);
  });

  it('refuses one that was revoked', async () => {
    const headers = await bearerOf(gw);
    const { jti } = decodeJwt(String(headers['authorization']).slice(7));
    expect((await gw.fetch('/any/1', { headers })).status).toBe(200);
    await gw.gateway.app.get((await import('../../src/identity/index.js')).KeptRevocations).revoke({ kind: 'token', subject: String(jti), before: 0, expiresAt: Date.now() + 60_000 });
    const { status, json } = await gw.fetch('/any/1', { headers });
    expect([status, json()['code']]).toEqual([401, 'revoked-credential']);
    expect((await gw.fetch('/any/1', { headers: await bearerOf(gw) })).status).toBe(200);
  });

  it('one who signs in within the second of a revocation of all is in', async () => {
    const before = await bearerOf(gw, { ...ada, id: '42' });
    const kept = gw.gateway.app.get((await import('../../src/identity/index.js')).KeptRevocations);
    await kept.revoke({ kind: 'owner', subject: 'account:42', before: systemClock.now() + 1, expiresAt: Date.now() + 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const after = await bearerOf(gw, { ...ada, id: '42' });
    expect([(await gw.fetch('/any/1', { headers: before })).status, (await gw.fetch('/any/1', { headers: after })).status]).toEqual([401, 200]);
  });

  it('goes on with the keys over a reload', async () => {
    const headers = await bearerOf(gw);
    await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${file(identity, '  more: { match: { path: /more/** }, to: echo }')}`);
    expect((await gw.fetch('/more/1', { headers })).status).toBe(200);
  });
});

describe('A8: a token for services', () => {
  let gw: TestGateway;
  const routes = `
  told: { match: { path: /told/** }, to: echo, headers: { request: { token: { claims: [sid] } } } }
  named: { match: { path: /named/** }, to: echo, headers: { request: { token: { header: X-Caller, audience: [orders, stock], lifetime: 5m, email: on } } } }
  instead: { match: { path: /instead/** }, to: echo, headers: { request: { token: { header: Authorization } } } }
  plain: { match: { path: /plain/** }, to: echo }`;
  beforeAll(async () => { gw = await gateway(file('identity: { issuer: "https://gw" }', routes)); }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());

  const told = async (path: string, header: string, more: Record<string, string> = {}): Promise<string> => {
    const { seen, status } = await gw.fetch(path, { headers: { ...(await bearerOf(gw)), ...more } });
    expect(status).toBe(200);
    return String(seen.headers[header]);
  };
  const verified = async (token: string, audience: string) => jwtVerify(token, createLocalJWKSet(tokensOf(gw).keySet() as never), { audience, issuer: 'https://gw', typ: 'internal+jwt' });

  it('says who is calling, to the service of the route, and nobody else can say so', async () => {
    const token = await told('/told/1', 'x-internal-token', { 'x-internal-token': 'mine', 'X_Internal_Token': 'mine too' });
    const { payload } = await verified(token, 'echo');
    expect(payload).toMatchObject({ sub: '7', role: 'teacher', roles: ['teacher', 'staff'], permissions: ['read'], authenticator: 'users', sid: 's1' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
    expect(payload).not.toHaveProperty('email');
    const { seen } = await gw.fetch('/told/1', { headers: { ...(await bearerOf(gw)), x_internal_token: 'mine' } });
    expect(seen.headers).not.toHaveProperty('x_internal_token');
  });

  it('by another name, for others', async () => {
    const { payload } = await verified(await told('/named/1', 'x-caller'), 'stock');
    expect(payload).toMatchObject({ aud: ['orders', 'stock'], email: 'ada@example.com' });
  });

  it('in place of the client’s own', async () => {
    const value = await told('/instead/1', 'authorization');
    expect(value).toMatch(/^Bearer /);
    expect((await verified(value.slice(7), 'echo')).payload.sub).toBe('7');
  });

  it('is made once for a caller', async () => {
    const headers = await bearerOf(gw);
    const seen = await Promise.all(Array.from({ length: 5 }, async () => (await gw.fetch('/told/1', { headers })).seen.headers['x-internal-token']));
    expect(new Set(seen).size).toBe(1);
  });

  it('is not there where nobody is known, and the client’s copy is not either', async () => {
    const { seen } = await gw.fetch('/open/1', { headers: { 'x-internal-token': 'mine' } });
    expect(seen.headers).not.toHaveProperty('x-internal-token');
  });

  it('is not there where nobody asks for it', async () => {
    // A service that believes such a header believes it on every route that leads there.
    const { seen } = await gw.fetch('/plain/1', { headers: { ...(await bearerOf(gw)), 'X-Internal-Token': 'mine', 'x_caller': 'mine' } });
    expect(Object.keys(seen.headers).filter((name) => /internal.token|caller/.test(name))).toEqual([]);
    expect(seen.headers).toHaveProperty('authorization');
  });

  it('is no credential here', async () => {
    const token = await told('/told/1', 'x-internal-token');
    expect((await gw.fetch('/any/1', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});

describe('a file that asks for what cannot be', () => {
  it.each([
    ['an authenticator without identity', 'authenticate: { users: { use: identity } }', 'authenticate.users.use'],
    ['a token for services without identity', 'routes: { a: { match: { path: /a }, to: echo, authenticate: none, headers: { request: { token: {} } } } }', 'routes.a.headers.request.token'],
    ['no secret', 'identity: { signing: { algorithm: HS256 } }', 'HS256 signs with a secret of 32 bytes'],
    ['a short secret', 'identity: { signing: { algorithm: HS512, secret: "only forty bytes, which is far too few.." } }', 'this has 40 bytes; HS512 needs 64'],
    ['a secret for nothing', `identity: { signing: { secret: "${SECRET}" } }`, 'EdDSA signs with keys that the gateway makes itself'],
    ['a lead longer than a key lasts', 'identity: { signing: { rotate: 10m } }', 'at most half of `rotate`'],
    ['a short secret to encrypt with', 'identity: { signing: { encrypt: short } }', 'expected 16 bytes or more'],
  ])('%s', async (_what, yaml, message) => {
    const started = gateway(yaml);
    await expect(started).rejects.toThrow(message);
  });
});
