import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { until } from '#libs/testing';
import { encode, signed } from '../../src/auth/auth.fixture.js';
import { IdentityDirectory, KeptRevocations } from '../../src/identity/index.js';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

const LIMIT = 60_000;
const PASSWORD = 'correct horse battery';
const file = (refresh = ''): string => `
database: { timeout: 10s, connectTimeout: 10s }
identity:
  issuer: https://gw.example
  audience: api
  signing: { algorithm: RS256 }
  password: { hash: { memory: 8MiB, passes: 1 } }
  refresh: { ${refresh} }
authenticate: { accounts: { use: identity } }
routes:
  any: { match: { path: /any/** }, to: echo }
  told: { match: { path: /told }, to: echo, headers: { request: { token: { audience: [api], claims: [sid] } } } }
endpoints: { identity: { at: /auth, authenticate: none } }
`;

type Headers = Readonly<Record<string, string>>;
interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

const post = (gw: TestGateway, path: string, body: unknown, headers: Headers = {}): Promise<Reply> =>
  gw.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': 'Browser/1', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
const register = (gw: TestGateway, email: string): Promise<Reply> => post(gw, '/auth/register', { email, password: PASSWORD });
const login = async (gw: TestGateway, email = 'ada@example.org'): Promise<Tokens> => (await post(gw, '/auth/login', { email, password: PASSWORD })).json<Tokens>();
const refresh = (gw: TestGateway, token: string, headers?: Headers): Promise<Reply> => post(gw, '/auth/refresh', { refresh_token: token }, headers);
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const statusOf = async (gw: TestGateway, token: string): Promise<readonly number[]> => [(await gw.fetch('/any/1', { headers: bearer(token) })).status, (await gw.fetch('/auth/me', { headers: bearer(token) })).status];
const partOf = (token: string, part: 0 | 1): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('a token that is none', () => {
  let gw: TestGateway;
  let honest: Tokens;
  let key: KeyObject;
  beforeAll(async () => {
    gw = await gateway(file());
    await register(gw, 'ada@example.org');
    honest = await login(gw);
    key = gw.gateway.app.get(IdentityDirectory).current?.tokens.keys.signer().key as KeyObject;
  }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());

  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  /** The honest one with other words in it, signed with the gateway's own key or with another. */
  const made = (claims: object, header: object = {}, signer: KeyObject | string = key): string =>
    signed({ ...partOf(honest.access_token, 0), ...header }, { ...partOf(honest.access_token, 1), ...claims }, signer);
  const foreign = (header: object): string => made({}, header, other.privateKey);
  const unsigned = (alg: string, tail = ''): string => `${encode({ ...partOf(honest.access_token, 0), alg })}.${encode(partOf(honest.access_token, 1))}.${tail}`;
  const pem = (): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string;
  const seconds = (from: number): number => Math.floor(Date.now() / 1_000) + from;

  it('passes where it is one, so that what follows fails for what it is', async () => {
    expect(await statusOf(gw, honest.access_token)).toEqual([200, 200]);
    expect(await statusOf(gw, made({}))).toEqual([200, 200]);
  });

  it.each<[string, () => string | Promise<string>]>([
    ['algorithm none', () => unsigned('none')],
    ['algorithm None with a signature', () => unsigned('None', 'AAAA')],
    ['the public key as the secret of HS256', () => made({}, { alg: 'HS256' }, pem())],
    ['the published key as the secret of HS256', async () => made({}, { alg: 'HS256' }, JSON.stringify((await gw.fetch('/.well-known/jwks.json')).json<{ keys: object[] }>().keys[0]))],
    ['a path as kid', () => made({}, { kid: '../../../../dev/null' })],
    ['a path as kid, signed with what is there', () => made({}, { alg: 'HS256', kid: '../../../../dev/null' }, '')],
    ['SQL as kid', () => made({}, { kid: "x' UNION SELECT 'key' -- " }, 'key')],
    ['SQL around the right kid', () => made({}, { kid: `${String(partOf(honest.access_token, 0)['kid'])}' OR '1'='1` })],
    ['an embedded key', () => foreign({ jwk: other.publicKey.export({ format: 'jwk' }) })],
    ['an embedded key, and no kid', () => foreign({ kid: undefined, jwk: other.publicKey.export({ format: 'jwk' }) })],
    ['a link to keys', () => foreign({ jku: `${gw.echo.url}/keys` })],
    ['a link to a certificate', () => foreign({ x5u: `${gw.echo.url}/cert` })],
    ['a critical extension', () => made({}, { crit: ['exp'] })],
    ['expired', () => made({ iat: seconds(-600), exp: seconds(-10) })],
    ['not yet valid', () => made({ nbf: seconds(60) })],
    ['issued in the future', () => made({ iat: seconds(60) })],
    ['good for longer than any of ours', () => made({ iat: seconds(-1_000), exp: seconds(86_400) })],
    ['of another issuer', () => made({ iss: 'https://gw.example.evil.org' })],
    ['for another audience', () => made({ aud: ['web'] })],
    ['of no session', () => made({ sid: undefined })],
    ['another subject under the same signature', () => honest.access_token.replace(/\.[^.]+\./, `.${encode({ ...partOf(honest.access_token, 1), sub: 'root' })}.`)],
    ['of another type, signed with the same key', () => made({}, { typ: 'JWT' })],
    ['the token that services get', async () => String((await gw.fetch('/told', { headers: bearer(honest.access_token) })).seen.headers['x-internal-token'])],
    ['a refresh token', () => honest.refresh_token],
    ['twice the same, with a comma', () => `${honest.access_token}, ${honest.access_token}`],
    ['huge', () => made({ padding: 'x'.repeat(9_000) })],
  ])('%s', async (_what, make) => {
    const token = await make();
    const before = gw.echo.requests.length;
    expect(await statusOf(gw, token)).toEqual([401, 401]);
    expect(gw.echo.requests).toHaveLength(before);
  });

  it.each([['an access token', () => honest.access_token], ['nothing', () => ''], ['one with more behind it', () => `${honest.refresh_token}\n`], ['a guess', () => `prt_${'a'.repeat(43)}`]])('is no refresh token either: %s', async (_what, token) => {
    expect([401, 422]).toContain((await refresh(gw, token())).status);
    expect((await refresh(gw, honest.refresh_token)).status).toBe(200);
    honest = await login(gw);
  });
});

describe('a session', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(file());
    for (const name of ['ada', 'eve']) await register(gw, `${name}@example.org`);
  }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());

  it('is over for thief and owner when a refresh token comes again from elsewhere', async () => {
    const first = await login(gw);
    const second = (await refresh(gw, first.refresh_token)).json<Tokens>();
    expect(await statusOf(gw, second.access_token)).toEqual([200, 200]);
    expect((await refresh(gw, first.refresh_token, { 'user-agent': 'Thief/1' })).status).toBe(401);
    expect((await refresh(gw, second.refresh_token)).status).toBe(401);
    for (const token of [first, second]) expect(await statusOf(gw, token.access_token)).toEqual([401, 401]);
  });

  it('is stolen and used first: the owner is noticed', async () => {
    const own = await login(gw);
    const stolen = (await refresh(gw, own.refresh_token, { 'user-agent': 'Thief/1' })).json<Tokens>();
    expect((await refresh(gw, own.refresh_token)).status).toBe(401);
    expect(await statusOf(gw, stolen.access_token)).toEqual([401, 401]);
    expect((await refresh(gw, stolen.refresh_token)).status).toBe(401);
  });

  it('brings one successor, however many ask at once', async () => {
    const { refresh_token: token } = await login(gw);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(gw, token)));
    const successors = new Set(answers.filter(({ status }) => status === 200).map((answer) => answer.json<Tokens>().refresh_token));
    expect(successors.size).toBe(1);
  });

  it('is not what anybody chose before the login', async () => {
    const eve = await login(gw, 'eve@example.org');
    const given = { email: 'ada@example.org', password: PASSWORD, session: partOf(eve.access_token, 1)['sid'], sid: 'fixed', refresh_token: eve.refresh_token };
    const ada = (await post(gw, '/auth/login', given, { ...bearer(eve.access_token), cookie: `passerelle_refresh=${eve.refresh_token}; sid=fixed` })).json<Tokens>();
    const claims = [eve, ada].map(({ access_token: token }) => partOf(token, 1));
    expect(new Set(claims.map(({ sid }) => sid)).size).toBe(2);
    expect(new Set(claims.map(({ sub }) => sub)).size).toBe(2);
    expect(ada.refresh_token).not.toBe(eve.refresh_token);
    expect(partOf((await refresh(gw, eve.refresh_token)).json<Tokens>().access_token, 1)['sub']).toBe(claims[0]?.['sub']);
  });

  it('of somebody else is neither shown nor ended', async () => {
    const [ada, eve] = [await login(gw), await login(gw, 'eve@example.org')];
    const sid = String(partOf(ada.access_token, 1)['sid']);
    expect((await gw.fetch('/auth/sessions', { headers: bearer(eve.access_token) })).text).not.toContain(sid);
    expect((await gw.fetch(`/auth/sessions/${sid}`, { method: 'DELETE', headers: bearer(eve.access_token) })).status).toBe(404);
    expect((await gw.fetch('/auth/sessions', { method: 'DELETE', headers: bearer(eve.access_token) })).status).toBe(200);
    expect(await statusOf(gw, ada.access_token)).toEqual([200, 200]);
  });

  it('that ended leaves nothing: neither its tokens, nor those that were under way', async () => {
    const own = await login(gw);
    const [, ...others] = await Promise.all([post(gw, '/auth/logout', '', bearer(own.access_token)), ...Array.from({ length: 4 }, () => refresh(gw, own.refresh_token))]);
    const tokens = [own, ...others.filter(({ status }) => status === 200).map((answer) => answer.json<Tokens>())];
    for (const { access_token: token } of tokens) await until(async () => (await statusOf(gw, token)).every((status) => status === 401));
  });

  it('says whose it is where it is revoked, so that nobody alone fills what there is room for', async () => {
    const { access_token: token } = await login(gw);
    const { sid, sub } = partOf(token, 1);
    await post(gw, '/auth/logout', '', bearer(token));
    expect(gw.gateway.app.get(KeptRevocations).list()).toContainEqual(expect.objectContaining({ kind: 'session', subject: sid, owner: `account:${String(sub)}` }));
  });
});

describe('what a browser sends along by itself', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(file('cookie: { path: /auth }'));
    await register(gw, 'ada@example.org');
  }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());
  const cookieOf = ({ headers }: Reply): string => String(headers['set-cookie']).split(';', 1)[0] as string;

  it.each<[string, Headers]>([
    ['another site', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a neighbour', { origin: 'http://127.0.0.1.evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['a site that the browser calls another', { 'sec-fetch-site': 'cross-site' }],
    ['nobody knows whom', {}],
  ])('a refresh and a logout of %s are refused, and use nothing up', async (_who, headers) => {
    const cookie = cookieOf(await post(gw, '/auth/login', { email: 'ada@example.org', password: PASSWORD }));
    for (const path of ['/auth/refresh', '/auth/logout']) {
      const answer = await gw.fetch(path, { method: 'POST', headers: { ...headers, cookie } });
      expect([path, answer.status, answer.headers['set-cookie'], answer.headers['access-control-allow-origin']]).toEqual([path, 403, undefined, undefined]);
    }
    const own = await gw.fetch('/auth/refresh', { method: 'POST', headers: { origin: gw.url, cookie } });
    expect([own.status, own.json()['refresh_token'], cookieOf(own) === cookie]).toEqual([200, undefined, false]);
    const tossed = await gw.fetch('/auth/refresh', { method: 'POST', headers: { origin: gw.url, cookie: `${cookie}; ${cookieOf(own)}` } });
    expect(tossed.status).toBe(403);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', ''])('a form signs nobody in: %j', async (type) => {
    const answer = await gw.fetch('/auth/login', { method: 'POST', headers: { ...(type !== '' && { 'content-type': type }), origin: 'https://evil.example' }, body: JSON.stringify({ email: 'ada@example.org', password: PASSWORD }) });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([415, undefined]);
  });

  it('a page elsewhere may not even ask', async () => {
    const answer = await gw.fetch('/auth/login', { method: 'OPTIONS', headers: { 'origin': 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
    expect([answer.headers['access-control-allow-origin'], answer.headers['access-control-allow-credentials']]).toEqual([undefined, undefined]);
  });
});
