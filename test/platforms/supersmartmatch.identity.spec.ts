import { createHmac } from 'node:crypto';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hash } from 'bcryptjs';
import { jwtVerify } from 'jose';
import type { Reply } from '../support/gateway.js';
import { AUTH, claimsOf, headerOf, JWT_SECRET, PASSWORD, supersmartmatch, type SuperSmartMatch, type Tokens } from './supersmartmatch.fixture.js';

/** Seconds are counted down to the answer: some may have passed. */
const DAY = expect.closeTo(86_400, -1) as number;
const seconds = (): number => Math.floor(Date.now() / 1_000);

/** A token as the platform's own gateway made them, by hand. */
function signed(claims: object, header: object = { alg: 'HS256', typ: 'JWT' }, secret = JWT_SECRET): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Puts a row into the accounts, as whoever takes the users of the former database over does. */
async function takeOver(platform: SuperSmartMatch, { email, id, password = PASSWORD, role }: { id: string; email: string; role: string; password?: string }): Promise<void> {
  using database = new DatabaseSync(path.join(platform.platform.folder, 'passerelle.db'));
  database.prepare(`insert into accounts (id, login, email, name, password, roles, permissions, active, verified_at, created_at, updated_at, password_changed_at, attributes)
    values (?, ?, ?, 'Taken Over', ?, ?, '[]', 1, null, 1700000000000, 1700000000000, 1700000000000, '{}')`).run(id, email, email, await hash(password, 4), JSON.stringify([role]));
}

const tokens = (reply: Reply): Tokens => reply.json<Tokens>();
const verdict = ({ json, status }: Reply): unknown => [status, json()['code']];

describe('SuperSmartMatch: /api/gateway/auth', () => {
  let platform: SuperSmartMatch;
  beforeAll(async () => { platform = await supersmartmatch(); });
  afterAll(() => platform[Symbol.asyncDispose]());

  it.each(['candidat', 'recruteur'])('register: somebody is %s', async (role) => {
    const made = await platform.register(`new-${role}`, role);
    expect([made.status, made.headers['x-request-id']]).toEqual([201, expect.stringMatching(/^[0-9a-f]{8}$/)]);
    expect(made.json()).toEqual({
      access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer', expires_in: DAY,
      user: { id: expect.any(String), email: `new-${role}@example.org`, full_name: `new-${role} Dupont`, role },
    });
  });

  it('register: nobody makes himself an administrator, and no address has two accounts', async () => {
    const admin = await platform.register('mallory', 'admin');
    expect([admin.status, admin.json()]).toEqual([403, { error: true, message: 'Accès refusé pour votre rôle', detail: 'Accès refusé pour votre rôle', status_code: 403, path: `${AUTH}/register` }]);
    expect((await platform.login('mallory@example.org')).status).toBe(401);
    await platform.member('twice');
    expect(verdict(await platform.register('Twice'))).toEqual([400, undefined]);
  });

  it('login: tokens, and what a service reads in them', async () => {
    const { user } = await platform.member('ada', 'recruteur');
    const login = await platform.login('Ada@example.org');
    expect([login.status, login.json()]).toEqual([200, { access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer', expires_in: DAY, user }]);
    const { access_token: token } = tokens(login);
    expect(headerOf(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    const { payload } = await jwtVerify(token, Buffer.from(JWT_SECRET), { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] });
    expect(payload).toMatchObject({ sub: user.id, email: 'ada@example.org', role: 'recruteur', type: 'access' });
    expect((payload.exp ?? 0) - seconds()).toBeGreaterThan(86_380);
    expect(payload).not.toHaveProperty('roles');
  });

  it('login: the same refusal for a wrong password and for nobody, in the envelope of all others', async () => {
    await platform.member('grace');
    const answers = await Promise.all([platform.login('grace@example.org', 'something else'), platform.login('nobody@example.org')]);
    for (const answer of answers) expect([answer.status, answer.json()]).toEqual([401, { error: true, message: 'Email ou mot de passe incorrect', detail: 'Email ou mot de passe incorrect', code: 'INVALID_CREDENTIALS', status_code: 401, path: `${AUTH}/login` }]);
  });

  it('me', async () => {
    const { access_token: token, user } = await platform.member('marie');
    const me = await platform.me(token);
    expect([me.status, me.json()]).toEqual([200, { ...user, created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), is_active: true }]);
  });

  it('refresh: another access token, and no refresh token passes for one', async () => {
    const { access_token: first, refresh_token } = await platform.member('rosa');
    const refreshed = await platform.refresh(refresh_token);
    expect([refreshed.status, refreshed.json()]).toEqual([200, { access_token: expect.any(String), refresh_token: expect.any(String), token_type: 'bearer', expires_in: DAY }]);
    const { access_token: second, refresh_token: next } = tokens(refreshed);
    expect(second).not.toBe(first);
    expect(next).not.toBe(refresh_token);
    expect((await platform.me(second)).status).toBe(200);
    for (const bad of [second, 'dummy', signed({ sub: '1', type: 'refresh', exp: seconds() + 60 })]) expect((await platform.refresh(bad)).status).toBe(401);
  });

  it('logout: in French, and then nothing of the login goes on', async () => {
    const [here, there] = [await platform.member('simone'), tokens(await platform.login('simone@example.org'))];
    const logout = await platform.send(`${AUTH}/logout`, { method: 'POST', bearer: here.access_token });
    expect([logout.status, logout.json()]).toEqual([200, { message: 'Déconnexion réussie' }]);
    expect(verdict(await platform.me(here.access_token))).toEqual([401, 'TOKEN_REVOKED']);
    expect(verdict(await platform.send('/api/gateway/match', { json: {}, bearer: here.access_token }))).toEqual([401, 'TOKEN_REVOKED']);
    // The original went on giving tokens for it.
    expect((await platform.refresh(here.refresh_token)).status).toBe(401);
    // Its tokens of the same second were equal, so that one logout took all of them.
    expect((await platform.me(there.access_token)).status).toBe(200);
  });

  it.each<[string, () => string | undefined, string]>([
    ['no token', () => undefined, 'MISSING_TOKEN'],
    ['another scheme', () => 'Basic YTpi', 'INVALID_TOKEN_FORMAT'],
    ['the token alone', () => signed({ sub: '1', type: 'access', exp: seconds() + 60 }), 'INVALID_TOKEN_FORMAT'],
    ['no JWT', () => 'Bearer abc', 'INVALID_TOKEN'],
    ['another secret', () => `Bearer ${signed({ sub: '1', type: 'access', exp: seconds() + 60 }, undefined, 'another secret than that of the platform')}`, 'INVALID_TOKEN'],
    ['no signature at all', () => `Bearer ${signed({ sub: '1', type: 'access', exp: seconds() + 60 }, { alg: 'none', typ: 'JWT' }).replace(/\.[^.]*$/, '.')}`, 'INVALID_TOKEN'],
    ['an old token', () => `Bearer ${signed({ sub: '1', email: 'a@b.c', role: 'admin', type: 'access', exp: seconds() - 60 })}`, 'TOKEN_EXPIRED'],
    ['a refresh token of before', () => `Bearer ${signed({ sub: '1', email: 'a@b.c', type: 'refresh', exp: seconds() + 60 })}`, 'WRONG_TOKEN_TYPE'],
    ['a token without a type', () => `Bearer ${signed({ sub: '1', exp: seconds() + 60 })}`, 'WRONG_TOKEN_TYPE'],
  ])('401 for %s, on every route alike', async (_what, authorization, code) => {
    const value = authorization();
    const headers = value === undefined ? {} : { authorization: value };
    for (const [method, at] of [['GET', `${AUTH}/me`], ['POST', `${AUTH}/logout`], ['POST', '/api/gateway/match'], ['GET', '/api/gateway/match/algorithms']] as const) {
      const answer = await platform.send(at, { method, headers });
      expect([at, answer.status, answer.json()]).toEqual([at, 401, { error: true, message: expect.any(String), detail: expect.any(String), code }]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it('401 for the refresh token of a login, too', async () => {
    const { refresh_token } = await platform.member('olympe');
    for (const at of [`${AUTH}/me`, '/api/gateway/match/algorithms']) expect(verdict(await platform.send(at, { bearer: refresh_token }))).toEqual([401, 'WRONG_TOKEN_TYPE']);
  });

  it.each<[string, string, string, readonly (readonly string[])[]]>([
    ['what is missing', 'register', '{"full_name":"X"}', [['body', 'password']]],
    ['all of it', 'login', '{}', [['body', 'password'], ['body', 'email']]],
    ['no address', 'register', `{"email":"nowhere","password":"${PASSWORD}"}`, [['body', 'email']]],
    ['a weak password', 'register', '{"email":"w@example.org","password":"1234"}', [['body', 'password']]],
    ['another type', 'register', `{"email":"w@example.org","password":"${PASSWORD}","full_name":7}`, [['body', 'full_name']]],
    ['no refresh token', 'refresh', '{}', [['body', 'refresh_token']]],
    ['no object', 'login', '[]', [['body']]],
    ['no JSON', 'login', '{"email":', [['body']]],
  ])('422 tells where: %s', async (_what, operation, body, places) => {
    const { json, status } = await platform.send(`${AUTH}/${operation}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(status).toBe(422);
    expect(json()).toEqual({ detail: places.map((loc) => ({ loc, msg: expect.any(String), type: 'value_error' })) });
  });

  it('users of before sign in with the password that bcrypt hashed, and keep their id', async () => {
    await takeOver(platform, { id: '42', email: 'ancien@example.org', role: 'recruteur' });
    expect((await platform.login('ancien@example.org', 'something else')).status).toBe(401);
    for (let times = 0; times < 2; times += 1) {
      const login = tokens(await platform.login('ancien@example.org'));
      expect(login.user).toEqual({ id: '42', email: 'ancien@example.org', full_name: 'Taken Over', role: 'recruteur' });
      expect(claimsOf(login.access_token)['sub']).toBe('42');
    }
  });
});

describe('SuperSmartMatch: who may what', () => {
  let platform: SuperSmartMatch;
  const bearers = new Map<string, string>();
  beforeAll(async () => {
    platform = await supersmartmatch();
    await takeOver(platform, { id: '1', email: 'root@example.org', role: 'admin' });
    bearers.set('admin', tokens(await platform.login('root@example.org')).access_token);
    for (const role of ['candidat', 'recruteur']) bearers.set(role, (await platform.member(role, role)).access_token);
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  it.each<[string, string, readonly [number, number, number, number]]>([
    ['POST', '/api/gateway/match', [401, 200, 200, 200]],
    ['GET', '/api/gateway/match/algorithms', [401, 200, 200, 200]],
    ['POST', '/api/gateway/match/batch', [401, 403, 200, 200]],
    ['POST', '/api/gateway/match/calibrate', [401, 403, 403, 200]],
    ['GET', '/api/gateway/health/detailed/all', [401, 403, 403, 200]],
  ])('%s %s', async (method, at, expected) => {
    const answers = await Promise.all([undefined, 'candidat', 'recruteur', 'admin'].map((role) => platform.send(at, { method, ...(role !== undefined && { bearer: bearers.get(role) as string }) })));
    expect(answers.map(({ status }) => status)).toEqual(expected);
    for (const answer of answers.filter(({ status }) => status === 403)) expect(answer.json()).toEqual({ error: true, message: expect.any(String), detail: expect.any(String), status_code: 403, path: at });
  });

  it('without a token, this much is open and no more', async () => {
    const open: [string, string, number][] = [
      ['POST', `${AUTH}/register`, 422], ['POST', `${AUTH}/login`, 422], ['POST', `${AUTH}/refresh`, 422],
      ['GET', '/api/gateway', 200], ['GET', '/api/gateway/status', 200], ['GET', '/api/gateway/health', 200], ['GET', '/api/gateway/metrics', 200], ['GET', '/api/gateway/docs', 200], ['GET', '/api/gateway/openapi.json', 200],
    ];
    const closed: [string, string, number][] = [
      ['GET', `${AUTH}/me`, 401], ['POST', `${AUTH}/logout`, 401], ['POST', '/api/gateway/parse-cv', 401], ['POST', '/api/gateway/match', 401], ['GET', '/api/gateway/health/detailed/all', 401], ['GET', '/api/gateway/admin/services', 401],
    ];
    // Neither what lies below an open path, nor what else identity could do, nor where things usually are.
    const absent = [
      '/api/gateway/auth/login/again', '/api/gateway/auth/loginx', '/api/gateway/matchx', '/api/gateway/zzz', '/api/gateway/auth', '/api/gateway/auth/sessions', '/api/gateway/auth/reset/request', '/api/gateway/auth/password',
      '/metrics', '/docs', '/auth/login', '/gateway/info', '/.well-known/jwks.json',
    ].flatMap((at): [string, string, number][] => [['GET', at, 404], ['POST', at, 404]]);
    const all = [...open, ...closed, ...absent];
    const found = await Promise.all(all.map(async ([method, at]) => [method, at, (await platform.send(at, { method })).status]));
    expect(found).toEqual(all);
  });

  it('an unknown path is 404 with a token, too, in the envelope of the platform', async () => {
    const answer = await platform.send('/api/gateway/zzz', { bearer: bearers.get('admin') as string });
    expect([answer.status, answer.json()]).toEqual([404, { error: true, message: 'Ressource introuvable', detail: 'Ressource introuvable', status_code: 404, path: '/api/gateway/zzz' }]);
  });

  it('roles have limits of their own, which every answer tells', async () => {
    for (const [role, limit] of [['candidat', '50'], ['recruteur', '200'], ['admin', '1000']] as const) {
      const { headers } = await platform.send('/api/gateway/match/algorithms', { bearer: bearers.get(role) as string });
      expect([role, headers['x-ratelimit-limit'], headers['x-ratelimit-window']]).toEqual([role, limit, '60']);
    }
  });
});

describe('SuperSmartMatch: limits of accounts', () => {
  it.each([['register', 5, 'REGISTER_LIMIT'], ['login', 10, 'LOGIN_LIMIT']])('%s takes %i a minute', async (operation, most, name) => {
    await using platform = await supersmartmatch({ [name]: String(most) });
    const ask = (): Promise<Reply> => platform.send(`${AUTH}/${operation}`, { json: {} });
    const first = await ask();
    expect(first.status).toBe(422);
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': String(most), 'x-ratelimit-remaining': String(most - 1), 'x-ratelimit-window': '60' });
    // Until the bucket is full again, with the twenty that it holds besides.
    const full = Number(first.headers['x-ratelimit-reset']) - seconds();
    expect([full > 50, full <= (60 * 21) / most + 2]).toEqual([true, true]);
    const others = await Promise.all(Array.from({ length: most }, ask));
    expect(others.map(({ status }) => status).sort((a, b) => a - b)).toEqual([...Array.from({ length: most - 1 }, () => 422), 429]);
    const refused = others.find(({ status }) => status === 429);
    expect(refused?.json()).toEqual({ error: true, message: 'Trop de requêtes', detail: 'Trop de requêtes', code: 'RATE_LIMIT_EXCEEDED', retry_after: expect.any(Number) });
    // Each operation counts for itself.
    expect((await platform.send(`${AUTH}/refresh`, { json: {} })).status).toBe(422);
  });
});

describe('SuperSmartMatch: clients that keep one refresh token', () => {
  it('get the very same one back, until they sign out', async () => {
    await using platform = await supersmartmatch({ REFRESH_TOKENS: 'reuse' });
    const { access_token: bearer, refresh_token } = await platform.member('ada');
    for (let times = 0; times < 3; times += 1) expect(tokens(await platform.refresh(refresh_token)).refresh_token).toBe(refresh_token);
    expect((await platform.send(`${AUTH}/logout`, { method: 'POST', bearer })).status).toBe(200);
    expect((await platform.refresh(refresh_token)).status).toBe(401);
  });
});
