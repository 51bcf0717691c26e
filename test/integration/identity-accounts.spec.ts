import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { events, type AuditNotice } from '#libs/kernel';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { token as jwt, USERS } from '../support/jwt.js';

const PASSWORD = 'correct horse battery';
const OTHER = 'staple of the stable';
/** A machine that stands still is no database that is away. */
const PATIENT = 'database: { timeout: 15s }';
const QUICK = 'hash: { memory: 8MiB, passes: 1 }';

type Body = Readonly<Record<string, unknown>>;

function send(subject: TestGateway, path: string, body: unknown, { method = 'POST', token }: { method?: string; token?: string } = {}): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return subject.fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}

function ask(subject: TestGateway, path: string, token?: string): Promise<Reply> {
  return subject.fetch(path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

describe('A4: the accounts of SuperSmartMatch', () => {
  let subject: TestGateway;
  beforeAll(async () => {
    subject = await gateway(`${PATIENT}
identity:
  password: { ${QUICK} }
  register: { roles: [candidat, recruteur], role: candidat }
  fields: { name: full_name }
  answers:
    me: { id: "{user.id}", email: "{user.email}", full_name: "{user.name}", role: "{user.role}", created_at: "{user.createdAt}", is_active: "{user.active}" }
    logout: { message: Déconnexion réussie }
authenticate: { accounts: { use: identity } }
defaults:
  errors:
    body: { error: true, message: "{message}", code: "{code}" }
    only: { unprocessable: { body: { error: true, details: "{details}" } } }
endpoints:
  identity: { at: /api/gateway/auth }
`);
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  const user = { email: 'ada@example.org', password: PASSWORD, full_name: 'Ada Lovelace', role: 'recruteur' };

  it('are made, sign in, and are told who they are', async () => {
    const made = await send(subject, '/api/gateway/auth/register', user);
    expect(made.status).toBe(201);
    expect(made.json()).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer', expires_in: 900, user: { id: expect.any(String), email: user.email, full_name: user.full_name, role: 'recruteur' } });
    const login = await send(subject, '/api/gateway/auth/login', { email: ' ADA@example.org', password: PASSWORD });
    expect(login.status).toBe(200);
    expect(login.headers['cache-control']).toBe('no-store');
    const { access_token: token, user: { id } } = login.json<{ access_token: string; user: { id: string } }>();
    const me = await ask(subject, '/api/gateway/auth/me', token);
    expect(me.json()).toEqual({ id, email: user.email, full_name: user.full_name, role: 'recruteur', created_at: expect.stringMatching(/^\d{4}-.*Z$/), is_active: true });
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Body;
    expect(claims['sub']).toBe(id);
    const changed = await send(subject, '/api/gateway/auth/me', { full_name: 'Ada King' }, { method: 'PATCH', token });
    expect(changed.json()).toMatchObject({ full_name: 'Ada King' });
    const left = await send(subject, '/api/gateway/auth/logout', undefined, { token });
    expect([left.status, left.json()]).toEqual([200, { message: 'Déconnexion réussie' }]);
    expect((await ask(subject, '/api/gateway/auth/me', token)).status).toBe(401);
  });

  it.each<[string, string, unknown, number, object]>([
    ['nobody makes himself an administrator', 'register', { ...user, email: 'eve@example.org', role: 'admin' }, 403, { error: true, code: 'forbidden' }],
    ['there is one account of an address', 'register', { ...user, email: 'ADA@example.org' }, 409, { error: true, code: 'account-exists' }],
    ['what is missing is told', 'register', { email: 'bob@example.org' }, 422, { error: true, details: { errors: [{ path: 'password', message: 'expected a password' }] } }],
    ['weak passwords are told', 'register', { email: 'bob@example.org', password: 'password1234' }, 422, { error: true, details: { errors: [{ path: 'password', message: 'it is one of the first that anybody would guess' }] } }],
    ['a name has one line', 'register', { ...user, email: 'bob@example.org', full_name: 'Bob\nBcc: eve' }, 422, { error: true, details: { errors: [{ path: 'full_name', message: 'expected a name in one line' }] } }],
    ['a body is an object', 'login', [], 422, { error: true, details: { errors: [{ path: '', message: 'expected an object' }] } }],
    ['all that is missing is told at once', 'login', {}, 422, { error: true, details: { errors: [{ path: 'password', message: 'expected a password' }, { path: 'email', message: 'expected text' }] } }],
    ['a login is text', 'login', { email: { $ne: '' }, password: PASSWORD }, 422, { error: true }],
    ['a password has an end', 'login', { email: user.email, password: 'x'.repeat(2_000) }, 422, { error: true }],
    ['a wrong password is refused', 'login', { email: 'ada@example.org', password: OTHER }, 401, { error: true, code: 'invalid-credential' }],
    ['a token of a mail is text', 'verify', { token: 7 }, 422, { error: true }],
    ['a token of a mail has to be one', 'reset', { token: 'nonsense', new_password: OTHER }, 422, { error: true }],
    ['a reset has a password', 'reset', { token: 'nonsense' }, 422, { error: true }],
  ])('%s', async (_, operation, body, status, expected) => {
    const answer = await send(subject, `/api/gateway/auth/${operation}`, body);
    expect(answer.json()).toMatchObject(expected);
    expect(answer.status).toBe(status);
  });

  it.each<[string, string, string]>([['GET', 'me', ''], ['POST', 'password', ''], ['PATCH', 'me', ''], ['GET', 'me', 'nonsense']])('%s %s wants a token, and %j is none', async (method, operation, token) => {
    const answer = await subject.fetch(`/api/gateway/auth/${operation}`, { method, ...(token !== '' && { headers: { authorization: `Bearer ${token}` } }) });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('does not read forms, which pages of others could send', async () => {
    const answer = await subject.fetch('/api/gateway/auth/login', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `email=ada@example.org&password=${PASSWORD}` });
    expect(answer.status).toBe(415);
  });
});

/** What of an answer somebody could learn from. */
function visible({ headers, status, text }: Reply): object {
  const { date: _date, 'x-request-id': id, ...others } = headers;
  return { status, headers: others, text: text.replaceAll(String(id), 'ID') };
}

describe('who has an account', () => {
  let subject: TestGateway;
  beforeAll(async () => {
    subject = await gateway(`${PATIENT}
identity:
  password: { ${QUICK} }
  lockout: { after: 3, first: 1m }
  register: { existing: silent, verify: required }
endpoints: { identity: { at: /auth } }
`);
    for (const name of ['ada', 'bob']) await send(subject, '/auth/register', { email: `${name}@example.org`, password: PASSWORD });
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  it.each<[string, string, Body, number]>([
    ['a login', 'login', { password: OTHER }, 401],
    ['the right password before the address is verified', 'login', { password: PASSWORD }, 401],
    ['a registration', 'register', { password: OTHER }, 202],
    ['a lost password', 'reset/request', {}, 202],
    ['a mail once more', 'verify/request', {}, 202],
  ])('is not told by %s', async (_, operation, body, status) => {
    const known = await send(subject, `/auth/${operation}`, { email: 'ada@example.org', ...body });
    const unknown = await send(subject, `/auth/${operation}`, { email: `${operation.replace('/', '-')}-${status}@example.org`, ...body });
    expect(visible(known)).toEqual(visible(unknown));
    expect(known.status).toBe(status);
  });

  it('is not told by the lock-out', async () => {
    const guess = async (email: string): Promise<object[]> => {
      const answers: object[] = [];
      for (let i = 0; i < 5; i++) answers.push(visible(await send(subject, '/auth/login', { email, password: OTHER })));
      return answers;
    };
    const [known, unknown] = [await guess('bob@example.org'), await guess('nobody@example.org')];
    expect(known.map((answer) => (answer as { status: number }).status)).toEqual([401, 401, 401, 429, 429]);
    // Seconds may pass between the two.
    const calm = (answers: object[]): unknown => JSON.parse(JSON.stringify(answers).replaceAll(/"retry-after":"\d\d"/g, '"retry-after":"60"'));
    expect(calm(known)).toEqual(calm(unknown));
  });

  it('is not told by the time it takes', async () => {
    const time = async (email: string): Promise<number> => {
      const start = performance.now();
      expect((await send(subject, '/auth/login', { email, password: OTHER })).status).toBe(401);
      return performance.now() - start;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let i = 0; i < 10; i++) {
      await send(subject, '/auth/register', { email: `here-${i}@example.org`, password: PASSWORD });
      known.push(await time(`here-${i}@example.org`));
      unknown.push(await time(`gone-${i}@example.org`));
    }
    const ratio = Math.min(...known) / Math.min(...unknown);
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
  });
});

describe('mail', () => {
  it('verifies an address and brings another password, in the shapes of the other platform', async () => {
    const mails: string[] = [];
    const post = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], onData: (stream, _, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => { text += chunk.toString(); }).on('end', () => {
        mails.push(text.replaceAll(/=\r\n/g, '').replaceAll('=3D', '='));
        done();
      });
    } });
    const listening = post.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const tokenOf = async (index: number): Promise<string> => {
      for (let i = 0; mails.length <= index && i < 750; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      return /\?t=([\w-]{43})/.exec(mails[index] ?? '')?.[1] ?? 'none';
    };
    await using subject = await gateway(`${PATIENT}
identity:
  password: { ${QUICK} }
  loginBy: [username, email]
  register: { verify: required, attributes: [userType] }
  verify: { link: "https://app.example.org/verify?t={token}" }
  reset: { link: "https://app.example.org/reset?t={token}" }
  mail: { smtp: "smtp://127.0.0.1:${(listening.address() as AddressInfo).port}", from: no-reply@example.org }
  fields: { refreshToken: [refreshToken, refresh_token] }
  answers:
    login: { success: true, message: Connecté, data: { accessToken: "{accessToken}", refreshToken: "{refreshToken}", user: "{user}" } }
    refresh: { accessToken: "{accessToken}", refreshToken: "{refreshToken}" }
    reset: { success: true }
endpoints: { identity: { at: [/api/v1/auth, /auth] } }
`);
    try {
      const made = await send(subject, '/api/v1/auth/register', { username: 'ada', email: 'ada@example.org', password: PASSWORD, userType: 'teacher' });
      expect([made.status, made.json()]).toMatchObject([201, { user: { username: 'ada', userType: 'teacher', is_verified: false } }]);
      expect((await send(subject, '/auth/login', { username: 'ada', password: PASSWORD })).status).toBe(403);
      expect((await send(subject, '/api/v1/auth/verify', { token: await tokenOf(0) })).status).toBe(204);
      const { data } = (await send(subject, '/auth/login', { username: 'ada@example.org', password: PASSWORD })).json<{ data: { refreshToken: string } }>();
      const refreshed = await send(subject, '/api/v1/auth/refresh', { refreshToken: data.refreshToken });
      expect(Object.keys(refreshed.json())).toEqual(['accessToken', 'refreshToken']);
      expect((await send(subject, '/auth/reset/request', { username: 'ADA' })).status).toBe(202);
      const reset = await send(subject, '/auth/reset', { token: await tokenOf(1), password: OTHER });
      expect([reset.status, reset.json()]).toEqual([200, { success: true }]);
      expect((await send(subject, '/api/v1/auth/refresh', { refreshToken: refreshed.json<{ refreshToken: string }>().refreshToken })).status).toBe(401);
      expect((await send(subject, '/auth/login', { username: 'ada', password: OTHER })).status).toBe(200);
    } finally {
      await new Promise<void>((resolve) => post.close(() => resolve()));
    }
  });
});

it('changes a password, which ends the other sessions', async () => {
  await using subject = await gateway(`${PATIENT}
identity: { password: { ${QUICK} } }
endpoints: { identity: { at: /auth } }
`);
  const tokens: string[] = [];
  const user = { email: 'ada@example.org', password: PASSWORD };
  for (const operation of ['register', 'login']) tokens.push((await send(subject, `/auth/${operation}`, user)).json<{ access_token: string }>().access_token);
  const [here = '', there = ''] = tokens;
  const change = (current: string, next: string): Promise<Reply> => send(subject, '/auth/password', { current_password: current, newPassword: next }, { token: here });
  expect((await change(OTHER, OTHER)).json()).toMatchObject({ status: 422, errors: [{ path: 'current_password', message: 'it is not the password' }] });
  expect((await change(PASSWORD, 'short')).json()).toMatchObject({ status: 422, errors: [{ path: 'new_password' }] });
  expect((await change(PASSWORD, OTHER)).status).toBe(204);
  expect((await ask(subject, '/auth/me', here)).status).toBe(200);
  expect((await ask(subject, '/auth/me', there)).status).toBe(401);
});

it('limits one operation at a place of its own', async () => {
  await using subject = await gateway(`${PATIENT}
identity: { password: { ${QUICK} } }
endpoints:
  identity: { at: /auth }
  login: { serve: identity, at: [/auth/login, /signin], operation: login, limit: { rate: 2/min, by: [ip, { body: email }] } }
`);
  const tries: number[] = [];
  for (const email of ['a@example.org', 'a@example.org', 'a@example.org', 'b@example.org']) tries.push((await send(subject, '/signin', { email, password: OTHER })).status);
  expect(tries).toEqual([401, 401, 429, 401]);
  expect((await send(subject, '/auth/login', { email: 'a@example.org', password: OTHER })).status).toBe(429);
  expect((await send(subject, '/auth/register', { email: 'a@example.org', password: PASSWORD })).status).toBe(201);
});

describe('administrators', () => {
  it('see accounts, make them, give them roles, close and remove them', async () => {
    await using subject = await gateway(`${PATIENT}
identity: { password: { ${QUICK} }, register: { roles: [admin, teacher] } }
authenticate: { accounts: { use: identity } }
endpoints:
  identity: { at: /auth }
  admin: { at: /admin, authenticate: [accounts], authorize: { roles: [admin] } }
`);
    const notices: AuditNotice[] = [];
    const end = events.audited.subscribe((notice) => notices.push(notice));
    const root = (await send(subject, '/auth/register', { email: 'root@example.org', password: PASSWORD, role: 'admin' })).json<{ access_token: string; user: { id: string } }>();
    const token = root.access_token;
    const made = await send(subject, '/admin/accounts', { email: 'Ada@example.org', password: PASSWORD, roles: ['teacher'], verified: true }, { token });
    expect([made.status, made.json()]).toMatchObject([201, { login: 'ada@example.org', roles: ['teacher'], active: true, verifiedAt: expect.any(String) as string }]);
    const { id } = made.json<{ id: string }>();
    const ada = (await send(subject, '/auth/login', { email: 'ada@example.org', password: PASSWORD })).json<{ access_token: string }>().access_token;
    expect((await ask(subject, '/admin/accounts', ada)).status).toBe(403);
    expect((await ask(subject, '/admin/accounts?search=ADA&role=teacher&active=true', token)).json()).toMatchObject({ total: 1, next: null, accounts: [{ id }] });
    const page = (await ask(subject, '/admin/accounts?limit=1', token)).json<{ next: string }>();
    expect((await ask(subject, `/admin/accounts?limit=1&after=${page.next}`, token)).json()).toMatchObject({ next: null, accounts: [{ id }] });
    expect((await send(subject, `/admin/accounts/${id}`, { roles: [] }, { method: 'PATCH', token })).json()).toMatchObject({ roles: [] });
    expect((await ask(subject, '/auth/me', ada)).status).toBe(401);
    expect((await send(subject, `/admin/accounts/${id}`, { active: false }, { method: 'PATCH', token })).json()).toMatchObject({ active: false });
    expect((await send(subject, '/auth/login', { email: 'ada@example.org', password: PASSWORD })).status).toBe(403);
    expect((await ask(subject, `/admin/accounts/${id}`, token)).json()).toMatchObject({ id, active: false });
    expect((await send(subject, `/admin/accounts/${id}`, undefined, { method: 'DELETE', token })).status).toBe(204);
    end();
    expect(notices.filter(({ actor, subject: about }) => actor === `accounts:${root.user.id}` && about === `account:${id}`).map(({ action }) => action))
      .toEqual(['account.create', 'account.roles', 'session.end-all', 'account.deactivate', 'account.remove']);
    expect(JSON.stringify(notices)).not.toMatch(/correct horse|argon2/);
  });

  describe('are told what is wrong', () => {
    let subject: TestGateway;
    beforeAll(async () => { subject = await gateway(`${USERS}\nidentity: {}\nendpoints: { identity: { at: /auth, authenticate: none }, admin: { at: /admin, authorize: { roles: [admin] } } }\n`); });
    afterAll(() => subject[Symbol.asyncDispose]());

    it.each<[string, string, unknown, number]>([
      ['GET', '/admin/accounts/nobody', undefined, 404],
      ['PATCH', '/admin/accounts/nobody', { active: false }, 404],
      ['PATCH', '/admin/accounts/nobody', { role: 'x' }, 422],
      ['DELETE', '/admin/accounts/nobody', undefined, 404],
      ['POST', '/admin/accounts', { email: 'a@example.org', password: 'short' }, 422],
      ['POST', '/admin/accounts', { email: 'a@example.org', admin: true }, 422],
      ['GET', '/admin/accounts?limit=1000', undefined, 422],
      ['GET', '/admin/accounts?active=perhaps', undefined, 422],
      ['GET', '/admin/accounts?after=nonsense', undefined, 422],
      ['GET', '/admin/accounts?role=a&role=b', undefined, 422],
    ])('%s %s %j: %i', async (method, path, body, status) => {
      expect((await send(subject, path, body, { method, token: await jwt({ sub: '1', role: 'admin' }) })).status).toBe(status);
    });

    it('with the methods there are', async () => {
      const { status, headers } = await subject.fetch('/auth/login');
      expect([status, headers['allow']]).toEqual([405, 'POST']);
    });
  });
});

it('is not there where the file has no accounts', async () => {
  await using subject = await gateway(`${USERS}\nendpoints: { identity: { at: /auth, authenticate: none }, admin: { at: /admin, authorize: { roles: [admin] } } }\n`);
  expect((await send(subject, '/auth/login', {})).status).toBe(404);
  expect((await ask(subject, '/admin/accounts', await jwt({ sub: '1', role: 'admin' }))).status).toBe(404);
});
