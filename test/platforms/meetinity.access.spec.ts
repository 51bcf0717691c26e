import { createHash } from 'node:crypto';
import { gateway, type Reply } from '../support/gateway.js';
import { token as jwt } from '../support/jwt.js';
import { CLAIMS as claims, meetinity, signature, type Meetinity, type SignedRequest } from './meetinity.fixture.js';

const told = ({ json, status }: Reply): unknown => [status, json()];
const refusal = (code: number, message: string): unknown => [code, { error: { code, message } }];

describe('Meetinity: tokens', () => {
  let subject: Meetinity;
  beforeAll(async () => { subject = await meetinity(); });
  afterAll(() => subject[Symbol.asyncDispose]());

  const ask = (authorization?: string): Promise<Reply> => subject.fetch('/api/users/7', { headers: authorization === undefined ? {} : { authorization } });

  it('reads a sub that is a number, and hands the token on', async () => {
    const authorization = `Bearer ${await jwt(claims)}`;
    const { seen, status } = await ask(authorization);
    expect([status, seen.url, seen.headers]).toEqual([200, '/users/7', expect.objectContaining({ authorization, 'x-user-id': '9000' })]);
  });

  it.each<[string, () => Promise<string | undefined>]>([
    ['no token', () => Promise.resolve(undefined)],
    ['another scheme', () => Promise.resolve('Basic YTpi')],
    ['an old one', async () => `Bearer ${await jwt(claims, Math.floor(Date.now() / 1_000) - 60)}`],
    ['one without sub', async () => `Bearer ${await jwt({ email: claims.email })}`],
    ['an empty sub', async () => `Bearer ${await jwt({ ...claims, sub: '' })}`],
    ['nonsense', () => Promise.resolve('Bearer x.y.z')],
  ])('401 in its words: %s', async (_what, authorization) => {
    expect(told(await ask(await authorization()))).toEqual(refusal(401, 'Unauthorized'));
  });

  it('needs neither key nor signature where there are none', async () => {
    expect((await subject.fetch('/api/auth/google')).status).toBe(200);
    expect((await subject.fetch('/metrics')).status).toBe(200);
    expect((await subject.fetch('/api/users', { method: 'OPTIONS' })).status).toBe(204);
    expect(told(await subject.fetch('/api/none'))).toEqual(refusal(404, 'Not Found'));
  });
});

describe('Meetinity: API keys', () => {
  let subject: Meetinity;
  let bearer = '';
  beforeAll(async () => {
    subject = await meetinity({ API_KEYS: 'web:web-key,partner:part:ner' });
    bearer = `Bearer ${await jwt(claims)}`;
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  it.each<[string, string, Record<string, string>, number, string | null]>([
    ['none', '/api/auth/google', {}, 401, 'API key required'],
    ['none, with a token', '/api/users/7', { authorization: 'token' }, 401, 'API key required'],
    ['another one', '/api/auth/google', { 'x-api-key': 'nope' }, 403, 'Invalid API key'],
    ['an id instead of it', '/api/auth/google', { 'x-api-key': 'web' }, 403, 'Invalid API key'],
    ['the pair', '/api/auth/google', { 'x-api-key': 'web:web-key' }, 403, 'Invalid API key'],
    ['a good one on a public route', '/api/auth/google', { 'x-api-key': 'web-key' }, 200, null],
    ['one with a colon in it', '/api/auth/google', { 'x-api-key': 'part:ner' }, 200, null],
    ['a good one, but no token', '/api/users/7', { 'x-api-key': 'web-key' }, 401, 'Unauthorized'],
    ['a good one and a token', '/api/users/7', { 'x-api-key': 'web-key', authorization: 'token' }, 200, null],
    ['none for the metrics', '/metrics', {}, 401, 'API key required'],
    ['none for health', '/health', {}, 200, null],
    ['none for the health of a service', '/health/user-service', {}, 200, null],
  ])('%s: %s', async (_what, path, { authorization, ...headers }, status, message) => {
    const answer = await subject.fetch(path, { headers: { ...headers, ...(authorization !== undefined && { authorization: bearer }) } });
    if (message === null) expect(answer.status).toBe(status);
    else expect(told(answer)).toEqual(refusal(status, message));
  });

  it('the caller is who the token says, and no service sees the key', async () => {
    const { seen } = await subject.fetch('/api/users/7', { headers: { 'x-api-key': 'web-key', authorization: bearer } });
    expect(seen.headers).toMatchObject({ 'x-user-id': '9000' });
    expect(JSON.stringify(seen.rawHeaders)).not.toContain('web-key');
  });

  it('are accepted as the salted SHA-256 that the platform keeps, in a header of another name', async () => {
    const hash = createHash('sha256').update('salt' + 'web-key').digest('hex');
    await using salted = await gateway(`
authenticate: { keys: { use: api-key, from: [{ header: X-Key }], salt: salt, keys: { web: { hash: "sha256:${hash}" } } } }
routes: { all: { match: { path: /** }, to: echo } }
`);
    expect((await salted.fetch('/a', { headers: { 'x-key': 'web-key' } })).seen.headers).toMatchObject({ 'x-user-id': 'web' });
    expect((await salted.fetch('/a', { headers: { 'x-key': hash } })).status).toBe(401);
    expect((await salted.fetch('/a', { headers: { 'x-api-key': 'web-key' } })).status).toBe(401);
  });
});

describe('Meetinity: signatures', () => {
  let subject: Meetinity;
  let bearer = '';
  beforeAll(async () => {
    subject = await meetinity({ SIGNING_SECRETS: 'mobile:sesame,web:other' });
    bearer = `Bearer ${await jwt(claims)}`;
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  const now = (): number => Math.floor(Date.now() / 1_000);
  const POST = { method: 'POST', path: '/api/users/7', body: '{"name":"Zoë"}' };
  const GET = { method: 'GET', path: '/api/users/7?page=2' };

  /** @param request what is signed. @param sent what is sent instead. */
  function ask(request: SignedRequest, sent: Partial<SignedRequest & { headers: Record<string, string> }> = {}): Promise<Reply> {
    const { body, headers, method, path } = { ...request, ...sent };
    return subject.fetch(path, { method, headers: { authorization: bearer, 'content-type': 'application/json', ...signature(request), ...headers }, ...(body !== undefined && { body }) });
  }

  it('a signed request passes, whole', async () => {
    const { seen, status } = await ask(POST);
    expect([status, seen.method, seen.url, seen.body]).toEqual([200, 'POST', '/users/7', POST.body]);
    expect((await ask(GET)).status).toBe(200);
    expect((await ask({ ...GET, client: 'web', secret: 'other' })).status).toBe(200);
    expect((await ask({ method: 'DELETE', path: '/api/users/7' })).status).toBe(200);
  });

  it('a body of some size, and one of any bytes', async () => {
    for (const body of [Buffer.alloc(300_000, 'ab'), Buffer.from([0, 255, 10, 13, 0])]) expect((await ask({ ...POST, body })).status).toBe(200);
  });

  it('within 300 seconds, before and after', async () => {
    for (const time of [now() - 290, now() + 290]) expect((await ask({ ...GET, time })).status).toBe(200);
    for (const time of [now() - 310, now() + 310, 0]) expect(told(await ask({ ...GET, time }))).toEqual(refusal(401, 'Expired signature'));
  });

  it.each<[string, () => Promise<Reply>, unknown]>([
    ['no signature', () => subject.fetch(GET.path, { headers: { authorization: bearer } }), refusal(401, 'Signed request headers missing')],
    ['no signature on a public route', () => subject.fetch('/api/auth/google'), refusal(401, 'Signed request headers missing')],
    ['one header of three', () => subject.fetch(GET.path, { headers: { authorization: bearer, 'x-client-id': 'mobile' } }), refusal(401, 'Signed request headers missing')],
    ['no time', () => ask(GET, { headers: { 'X-Timestamp': '' } }), refusal(401, 'Signed request headers missing')],
    ['a time that is none', () => ask(GET, { headers: { 'X-Timestamp': 'yesterday' } }), refusal(401, 'Expired signature')],
    ['an unknown client', () => ask({ ...GET, client: 'nobody' }), refusal(403, 'Unknown signing key')],
    ['the secret of another', () => ask({ ...GET, client: 'web' }), refusal(403, 'Invalid signature')],
    ['another body', () => ask(POST, { body: '{"name":"Eve"}' }), refusal(403, 'Invalid signature')],
    ['another path', () => ask(GET, { path: '/api/users/8' }), refusal(403, 'Invalid signature')],
    ['another method', () => ask(GET, { method: 'DELETE' }), refusal(403, 'Invalid signature')],
    ['another time', () => ask(GET, { headers: { 'X-Timestamp': String(now() + 5) } }), refusal(403, 'Invalid signature')],
    ['no base64', () => ask(GET, { headers: { 'X-Signature': '***' } }), refusal(403, 'Invalid signature')],
    ['a good one, but no token', () => ask(GET, { headers: { authorization: '' } }), refusal(401, 'Unauthorized')],
  ])('%s', async (_what, call, expected) => {
    expect(told(await call())).toEqual(expected);
  });

  it('health is exempt, and signing is open to whoever has no account', async () => {
    expect((await subject.fetch('/health')).status).toBe(200);
    expect((await subject.fetch('/api/auth/google', { method: 'POST', headers: { 'content-type': 'application/json', ...signature({ method: 'POST', path: '/api/auth/google', body: '{}' }) }, body: '{}' })).status).toBe(200);
  });

  it('signs headers that the file names, sorted, in small letters', async () => {
    await using more = await meetinity({ SIGNING_SECRETS: 'mobile:sesame', SIGNATURE_HEADERS: 'X-Tenant,Content-Type' });
    const request = { method: 'POST', path: '/api/auth/google', body: '{}', headers: { 'X-Tenant': 'north', 'Content-Type': 'application/json' } };
    const headers = signature(request);
    expect((await more.fetch(request.path, { ...request, headers })).status).toBe(200);
    expect(told(await more.fetch(request.path, { ...request, headers: { ...headers, 'X-Tenant': 'south' } }))).toEqual(refusal(403, 'Invalid signature'));
  });

  it('comes on top of a key', async () => {
    await using both = await meetinity({ SIGNING_SECRETS: 'mobile:sesame', API_KEYS: 'web:web-key' });
    const key = { 'x-api-key': 'web-key' };
    const signing = signature({ method: 'GET', path: '/api/auth/google' });
    const answers = await Promise.all([{}, signing, key, { ...key, ...signing }].map((headers) => both.fetch('/api/auth/google', { headers })));
    expect(answers.slice(0, 3).map(told)).toEqual([refusal(401, 'API key required'), refusal(401, 'API key required'), refusal(401, 'Signed request headers missing')]);
    expect(answers[3]?.status).toBe(200);
  });
});

describe('Meetinity: lists of addresses', () => {
  it.each<[string, Record<string, string>, number]>([
    ['allowed', { IP_WHITELIST: '127.0.0.1,10.0.0.0/8' }, 200],
    ['not allowed', { IP_WHITELIST: '10.0.0.0/8' }, 403],
    ['denied', { IP_BLACKLIST: '127.0.0.0/8' }, 403],
    ['denied though allowed', { IP_WHITELIST: '127.0.0.1', IP_BLACKLIST: '127.0.0.1' }, 403],
    ['no list', {}, 200],
  ])('%s', async (_what, env, status) => {
    await using subject = await meetinity({ ...env, API_KEYS: 'web:web-key' });
    const answer = await subject.fetch('/api/auth/google', { headers: { 'x-api-key': 'web-key', 'x-forwarded-for': '10.1.1.1' } });
    expect(answer.status).toBe(status);
    // Whoever is refused for his address is not told what else is missing.
    if (status === 403) expect(told(await subject.fetch('/api/auth/google'))).toEqual(refusal(403, 'Forbidden'));
  });

  it('count the client that a trusted proxy names', async () => {
    await using subject = await meetinity({ IP_BLACKLIST: '203.0.113.7', TRUSTED_PROXIES: 'loopback' });
    const statuses = await Promise.all(['203.0.113.7', '203.0.113.8'].map(async (client) => (await subject.fetch('/api/auth/google', { headers: { 'x-forwarded-for': client } })).status));
    expect(statuses).toEqual([403, 200]);
  });
});
