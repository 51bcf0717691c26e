import { events, type MessageDue } from '#libs/kernel';
import { until } from '#libs/testing';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { SECRET, token as jwt } from '../support/jwt.js';

const LIMIT = 60_000;
const PASSWORD = 'correct horse battery';
const WRONG = 'staple of the stable';
const file = (identity: string, memory = '8MiB'): string => `
database: { timeout: 10s, connectTimeout: 10s }
identity:
  loginBy: [email, username]
  password: { hash: { memory: ${memory}, passes: 1 } }
  ${identity}
authenticate:
  accounts: { use: identity }
  users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] }
roles: { superuser: root, implies: { admin: [teacher] } }
endpoints:
  identity: { at: /auth, authenticate: none }
  admin: { at: /admin, authenticate: users, authorize: { roles: [admin] } }
  own: { serve: admin, at: /own, authenticate: accounts, authorize: { roles: [admin] } }
`;

type Headers = Readonly<Record<string, string>>;
interface Tokens {
  readonly access_token: string;
  readonly user: Readonly<Record<string, unknown>> & { readonly id: string };
}

const send = (gw: TestGateway, method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Reply> =>
  gw.fetch(path, { method, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
const post = (gw: TestGateway, path: string, body: unknown, headers?: Headers): Promise<Reply> => send(gw, 'POST', path, body, headers);
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
/** All of an answer that is not of its very request. */
const shown = ({ headers: { date: _date, 'x-request-id': _id, ...headers }, status, text }: Reply): object => ({ status, headers: Object.keys(headers), length: text.length, text: text.replaceAll(/[\da-f]{8}-[\da-f-]{27}|[\da-f]{32}/g, '') });

describe('whoever wants to know who has an account', () => {
  let gw: TestGateway;
  beforeAll(async () => {
    gw = await gateway(file('register: { existing: silent, verify: required }\n  lockout: { after: 3, first: 1m }'));
    await post(gw, '/admin/accounts', { email: 'ada@example.org', username: 'ada', password: PASSWORD, verified: true }, bearer(await jwt({ sub: '1', role: 'root' })));
    await post(gw, '/auth/register', { email: 'new@example.org', password: PASSWORD });
  }, LIMIT);
  afterAll(() => gw[Symbol.asyncDispose]());

  it.each<[string, (email: string) => readonly [path: string, body: object]]>([
    ['registers', (email) => ['register', { email, password: PASSWORD }]],
    ['asks for another password', (email) => ['reset/request', { email }]],
    ['asks for a proof', (email) => ['verify/request', { email }]],
    ['guesses, until it takes no more', (email) => ['login', { email, password: WRONG }]],
  ])('is told the same: %s', async (_what, ask) => {
    for (let i = 0; i < 5; i++) {
      const replies: Reply[] = [];
      for (const email of ['ada@example.org', 'new@example.org', `nobody${ask('')[0]}@example.org`]) replies.push(await post(gw, `/auth/${ask(email)[0]}`, ask(email)[1]));
      // One second more or less is the machine's: they were not locked at the very same moment.
      const [first = 0, ...others] = replies.map(({ headers }) => Number(headers['retry-after'] ?? 0));
      expect(others.filter((wait) => Math.abs(wait - first) > 10)).toEqual([]);
      const answers = replies.map(shown);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual({ ...answers[0], length: (answers[2] as { length: number }).length });
    }
  });
});

it('nobody is told by the time either: the same hashing is done for who is not there', async () => {
  await using gw = await gateway(file('lockout: off', '64MiB'));
  await post(gw, '/auth/register', { email: 'ada@example.org', password: PASSWORD });
  const timed = async (body: object): Promise<number> => {
    // What this process worked, and not how long it waited for a machine that is busy.
    const before = process.cpuUsage();
    await post(gw, '/auth/login', body);
    const { system, user } = process.cpuUsage(before);
    return system + user;
  };
  const times: Record<'known' | 'unknown' | 'neither', number[]> = { known: [], unknown: [], neither: [] };
  for (let i = 0; i < 15; i++) {
    times.known.push(await timed({ email: 'ada@example.org', password: WRONG }));
    times.unknown.push(await timed({ email: `nobody${i}@example.org`, password: WRONG }));
    times.neither.push(await timed({ email: 'ada@example.org' }));
  }
  const [known, unknown, neither] = [times.known, times.unknown, times.neither].map((each) => each.toSorted((a, b) => a - b)[7] as number) as [number, number, number];
  expect(unknown).toBeGreaterThan(4 * neither);
  expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(2);
}, LIMIT);

describe('whoever guesses', () => {
  let gw: TestGateway;
  beforeEach(async () => {
    gw = await gateway(file('lockout: { after: 5, first: 1m }\n  register: { signsIn: off }'));
    await post(gw, '/auth/register', { email: 'ada@example.org', username: 'ada', password: PASSWORD });
  }, LIMIT);
  afterEach(() => gw[Symbol.asyncDispose]());

  it('gets no more guesses by writing the login in other ways', async () => {
    const ways = [
      { email: 'ADA@EXAMPLE.ORG' }, { email: ' ada@example.org\t' }, { username: 'ａｄａ' }, { email: 'ada' }, { username: 'ada@example.org', email: 'Ada' },
      { email: 'ada@example.org' }, { username: 'Ada' }, { email: 'nobody@example.org', username: 'nobody' }, { email: 'ada@example.org', username: 'other' },
    ];
    const statuses = [];
    for (const way of ways) statuses.push((await post(gw, '/auth/login', { ...way, password: WRONG })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 401, 429]);
    expect((await post(gw, '/auth/login', { email: 'ada@example.org', password: PASSWORD })).status).toBe(429);
  });

  it('gets no more by guessing everything at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => post(gw, '/auth/login', { email: 'ada@example.org', password: `${WRONG} ${i}` })));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
  });

  it.each<[string, unknown]>([
    ['a list of passwords', { email: 'ada@example.org', password: [PASSWORD, WRONG] }],
    ['an operator', { email: { $ne: '' }, password: PASSWORD }],
    ['one login twice', '{"email":"ada@example.org","email":["x"],"password":"x"}'],
    ['a password that would take long', { email: 'ada@example.org', password: 'x'.repeat(60_000) }],
    ['text that no database keeps', { email: 'ada\0@example.org', password: WRONG }],
  ])('gets nowhere with %s', async (_what, body) => {
    expect((await post(gw, '/auth/login', body)).status).toBe(422);
  });

  it.each(['{"a":'.repeat(8_000) + '1' + '}'.repeat(8_000), `{"email":"e@example.org","password":"${PASSWORD}","bio":${'['.repeat(8_000)}${']'.repeat(8_000)}}`])('breaks nothing with what is nested deeper than anybody needs', async (body) => {
    expect((await post(gw, '/auth/register', body)).status).toBe(400);
    expect((await send(gw, 'GET', '/admin/accounts', undefined, bearer(await jwt({ sub: '1', role: 'admin' })))).status).toBe(200);
  });
});

describe('nobody makes himself more than he is', () => {
  let gw: TestGateway;
  beforeEach(async () => { gw = await gateway(file('register: { roles: [student], role: student, attributes: [bio] }')); }, LIMIT);
  afterEach(() => gw[Symbol.asyncDispose]());
  const extras = { roles: ['root'], permissions: ['*'], id: '1', is_active: false, active: false, verified: true, is_verified: true, verified_at: 1, attributes: { bio: 'x', roles: ['root'] }, bio: 'mine' };

  it.each<[string, string]>([
    ['fields that are not asked for', JSON.stringify({ email: 'a@example.org', password: PASSWORD, ...extras })],
    ['__proto__', `{"email":"b@example.org","password":"${PASSWORD}","bio":"mine","__proto__":{"role":"root","roles":["root"]},"constructor":{"prototype":{"role":"root"}}}`],
  ])('by %s', async (_what, body) => {
    const made = await post(gw, '/auth/register', body);
    const { access_token: token, user } = made.json<Tokens>();
    expect(made.status).toBe(201);
    const expected = { id: expect.stringMatching(/^[\da-f-]{36}$/) as string, role: 'student', roles: ['student'], is_active: true, is_verified: false, bio: 'mine' };
    expect(user).toMatchObject(expected);
    const changed = await send(gw, 'PATCH', '/auth/me', { ...extras, role: 'root', email: 'root@example.org', password: 'x' }, bearer(token));
    expect(changed.json()).toEqual({ ...user, bio: 'mine' });
    expect((await send(gw, 'GET', '/own/accounts', undefined, bearer(token))).status).toBe(403);
    expect(Object.keys({})).toEqual([]);
  });

  it('an administrator gives nothing that he does not have, and lays no hand on who has more', async () => {
    const root = bearer(await jwt({ sub: '1', role: 'root' }));
    const make = async (email: string, more: object): Promise<string> => (await post(gw, '/admin/accounts', { email, password: PASSWORD, ...more }, root)).json<{ id: string }>().id;
    const [boss, own, student, reader] = [await make('boss@example.org', { roles: ['root'] }), await make('admin@example.org', { roles: ['admin'] }), await make('student@example.org', { roles: ['student'] }), await make('reader@example.org', { permissions: ['reports:read'] })];
    const admin = bearer((await post(gw, '/auth/login', { email: 'admin@example.org', password: PASSWORD })).json<Tokens>().access_token);
    const refused: readonly (readonly [string, string, object?])[] = [
      ['POST', '', { email: 'x@example.org', password: PASSWORD, roles: ['root'] }],
      ['POST', '', { email: 'x@example.org', password: PASSWORD, roles: ['admin', 'other'] }],
      ['POST', '', { email: 'x@example.org', password: PASSWORD, permissions: ['*'] }],
      ['PATCH', `/${student}`, { roles: ['root'] }], ['PATCH', `/${student}`, { permissions: ['reports:read'] }],
      ['PATCH', `/${own}`, { roles: ['admin', 'root'] }], ['PATCH', `/${own}`, { roles: [] }], ['PATCH', `/${own}`, { active: false }], ['DELETE', `/${own}`],
      ['PATCH', `/${boss}`, { roles: [] }], ['PATCH', `/${boss}`, { active: false }], ['DELETE', `/${boss}`], ['PATCH', `/${reader}`, { permissions: [] }],
    ];
    for (const [method, below, body] of refused) {
      const answer = await send(gw, method, `/own/accounts${below}`, body, admin);
      expect([method, below, body, answer.status, answer.json()['code']]).toEqual([method, below, body, 403, 'forbidden']);
    }
    for (const [method, below, body, status] of [
      ['POST', '', { email: 'y@example.org', password: PASSWORD, roles: ['admin', 'teacher', 'student'] }, 201], ['PATCH', `/${student}`, { roles: ['teacher'] }, 200], ['PATCH', `/${student}`, { active: false }, 200], ['DELETE', `/${student}`, undefined, 204],
    ] as const) expect([below, (await send(gw, method, `/own/accounts${below}`, body, admin)).status]).toEqual([below, status]);
    expect((await send(gw, 'PATCH', `/admin/accounts/${boss}`, { roles: ['admin'] }, root)).status).toBe(200);
  });
});

describe('answers and mails', () => {
  const mails: MessageDue[] = [];
  let end = (): void => undefined;
  let gw: TestGateway;
  let token: string;
  beforeAll(async () => {
    end = events.messageDue.subscribe((mail) => mails.push(mail));
    gw = await gateway(file('reset: { link: "https://app.example.org/reset?token={token}" }'));
    token = (await post(gw, '/auth/register', { email: 'ada@example.org', password: PASSWORD })).json<Tokens>().access_token;
  }, LIMIT);
  afterAll(() => {
    end();
    return gw[Symbol.asyncDispose]();
  });

  it('no header of a request leads a mail elsewhere', async () => {
    await post(gw, '/auth/reset/request', { email: 'ada@example.org' }, { 'host': 'evil.example', 'x-forwarded-host': 'evil.example', 'forwarded': 'host=evil.example', 'origin': 'https://evil.example', 'referer': 'https://evil.example/' });
    await until(() => mails.length > 0);
    expect(mails.map(({ link }) => link?.reveal().replace(/[\w-]{43}$/, ''))).toEqual(['https://app.example.org/reset?token=']);
  });

  it.each<[string, string, unknown]>([
    ['POST', '/auth/login', { email: 'ada@example.org', password: PASSWORD }], ['POST', '/auth/login', { email: 'ada@example.org', password: WRONG }], ['POST', '/auth/login', 'no JSON'], ['POST', '/auth/refresh', {}],
    ['POST', '/auth/reset/request', { email: 'ada@example.org' }], ['POST', '/auth/verify', { token: 'x' }], ['GET', '/auth/me', undefined], ['GET', '/auth/sessions', undefined], ['DELETE', '/auth/sessions/x', undefined],
    ['DELETE', '/auth/sessions', undefined], ['PATCH', '/auth/me', {}], ['POST', '/auth/password', {}], ['GET', '/auth/nothing', undefined], ['GET', '/admin/accounts', undefined], ['POST', '/auth/logout', undefined],
  ])('%s %s %j is kept by nobody', async (method, path, body) => {
    const { headers } = await send(gw, method, path, body, bearer(token));
    expect(headers['cache-control']).toBe('no-store');
  });
});
