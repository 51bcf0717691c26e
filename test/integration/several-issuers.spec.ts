import { SignJWT } from 'jose';
import { gateway, type TestGateway } from '../support/gateway.js';

const [COMPANY, PARTNER, LEGACY] = ['company', 'partner', 'legacy'].map((name) => `${name}-secret-that-is-long-enough-for-tests`);
const FROM = 'from: [{ header: Authorization, scheme: Bearer }, { query: token }]';
const FILE = `
authenticate:
  company: { use: jwt, secret: "${COMPANY}", issuer: "https://company", ${FROM} }
  partner: { use: jwt, secret: "${PARTNER}", issuer: ["https://partner", "https://partner.example"], ${FROM} }
  keys: { use: api-key, from: [{ header: Authorization }], keys: "ci:0123456789abcdef0123456789abcdef" }
  legacy: { use: jwt, secret: "${LEGACY}", ${FROM} }
routes:
  all: { match: { path: /all/** }, to: echo, authenticate: [company, partner, legacy] }
  two: { match: { path: /two/** }, to: echo, authenticate: [company, partner] }
  one: { match: { path: /one/** }, to: echo, authenticate: company }
  keys: { match: { path: /keys/** }, to: echo, authenticate: [company, keys] }
  both: { match: { path: /both/** }, to: echo, authenticate: { any: [partner], all: [company] } }
unmatched: { unauthenticated: 401 }
`;

const sign = (secret: string | undefined, iss: string | undefined, sub = '7'): Promise<string> =>
  new SignJWT({ sub, ...(iss !== undefined && { iss }) }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(new TextEncoder().encode(secret));

describe('A1: several issuers side by side', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(FILE); });
  afterAll(() => gw[Symbol.asyncDispose]());

  const ask = (path: string, token: string) => gw.fetch(path, { headers: { authorization: `Bearer ${token}` } });

  it.each<[string, string, string | undefined, string | undefined]>([
    ['/all/1', 'the first', COMPANY, 'https://company'],
    ['/all/1', 'the second', PARTNER, 'https://partner'],
    ['/all/1', 'another name of the second', PARTNER, 'https://partner.example'],
    ['/all/1', 'one that does not name itself', LEGACY, undefined],
    ['/all/1', 'one that nobody was told of', LEGACY, 'https://elsewhere'],
    ['/two/1', 'the second', PARTNER, 'https://partner'],
  ])('%s takes a token of %s, the first time and once it is remembered', async (path, _who, secret, iss) => {
    const token = await sign(secret, iss);
    for (let i = 0; i < 2; i++) {
      const { status, seen } = await ask(path, token);
      expect([status, seen.headers['x-user-id']]).toEqual([200, '7']);
    }
    const { status, seen } = await gw.fetch(`${path}?a=1&token=${token}`);
    expect([status, seen.url]).toEqual([200, `${path}?a=1`]);
  });

  it.each<[string, string, string | undefined, string | undefined, string]>([
    ['/all/1', 'who signs with the secret of another', LEGACY, 'https://company', 'bad-signature'],
    ['/all/1', 'who signs with that of the first', COMPANY, 'https://elsewhere', 'bad-signature'],
    ['/two/1', 'nobody was told of', COMPANY, 'https://elsewhere', 'wrong-issuer'],
    ['/two/1', 'has no name', COMPANY, undefined, 'wrong-issuer'],
    ['/two/1', 'has another secret', LEGACY, 'https://partner', 'bad-signature'],
    ['/one/1', 'is somebody else', COMPANY, 'https://partner', 'wrong-issuer'],
    ['/both/1', 'satisfies one of two', COMPANY, 'https://company', 'bad-signature'],
    ['/nowhere', 'nobody was told of', COMPANY, 'https://elsewhere', 'bad-signature'],
  ])('%s refuses a token of one that %s', async (path, _who, secret, iss, reason) => {
    const answer = await ask(path, await sign(secret, iss));
    expect([answer.status, answer.json()['reason']]).toEqual([401, reason]);
  });

  it.each(['e30.e30.e30', 'a.b.c', 'garbage', `${'x'.repeat(9_000)}.e30.e30`])('says of %s that it is no token, once nobody else wants it', async (text) => {
    expect((await ask('/two/1', text)).status).toBe(401);
  });

  it('leaves what is no token to keys that come in the same place', async () => {
    expect((await ask('/keys/1', '0123456789abcdef0123456789abcdef')).status).toBe(200);
    expect((await ask('/keys/1', await sign(COMPANY, 'https://company'))).status).toBe(200);
  });

  it('hides what there is from a stranger, and not from whom any of them knows', async () => {
    expect((await ask('/nowhere', await sign(PARTNER, 'https://partner'))).status).toBe(404);
  });
});
