import { decodeJwt, jwtVerify } from 'jose';
import { jwtSecret, noon, PlatformFixture } from '../platform.fixture.js';

const platform = new PlatformFixture();
beforeEach(() => platform.start());
afterEach(() => platform.close());
beforeEach(() => {
  platform.now = noon;
});

const auth = (line: string, asking = {}): ReturnType<PlatformFixture['ask']> =>
  platform.ask('auth-service', line.replace(' ', ' /api/v1/auth'), asking);
const login = (username: string, password = 'demo'): ReturnType<typeof auth> =>
  auth('POST /login', { json: { username, password } });

describe('login', () => {
  it.each([
    ['admin', 1, 'admin'],
    ['enseignant', 2, 'enseignant'],
    ['etudiant', 3, 'etudiant'],
    ['parent', 4, 'parent'],
  ])('%s gets a token in the layout of the platform', async (username, user_id, role) => {
    const { status, body } = await login(username);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      token_type: 'bearer',
      expires_in: 1800,
      accessToken: body['access_token'],
      refreshToken: body['refresh_token'],
    });
    const token = String(body['access_token']);
    await jwtVerify(token, new TextEncoder().encode(jwtSecret), { algorithms: ['HS256'], currentDate: new Date(noon) });
    expect(decodeJwt(token)).toEqual({
      sub: username,
      user_id,
      role,
      type: 'access',
      email: `${username}@presencepro.example`,
      exp: noon / 1000 + 1800,
    });
  });

  it.each([
    ['admin', 'wrong'],
    ['nobody', 'demo'],
  ])('refuses %s with %s', async (username, password) => {
    expect(await login(username, password)).toMatchObject({
      status: 401,
      body: { detail: 'Nom d’utilisateur ou mot de passe incorrect' },
    });
  });
});

describe('refresh', () => {
  it.each([
    ['/refresh', 'refresh_token'],
    ['/refresh-token', 'refreshToken'],
  ])('%s takes %s once and rotates it', async (path, field) => {
    const first = await login('parent');
    const json = { [field]: first.body['refresh_token'] };
    const second = await auth(`POST ${path}`, { json });
    expect(second).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String), accessToken: expect.any(String) },
    });
    expect(second.body['refresh_token']).not.toBe(first.body['refresh_token']);
    expect((await auth(`POST ${path}`, { json })).status).toBe(401);
  });

  it('needs a token', async () => {
    expect(await auth('POST /refresh', { json: {} })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'refresh_token'] }] },
    });
  });

  it('is over after seven days', async () => {
    const { body } = await login('parent');
    platform.now += 7 * 86_400_000;
    expect((await auth('POST /refresh', { json: { refresh_token: body['refresh_token'] } })).status).toBe(401);
  });
});

describe('the bearer', () => {
  it('is asked for: missing is 403, bad or expired 401', async () => {
    const bearer = await platform.login('etudiant');
    expect(await auth('GET /roles/me')).toMatchObject({ status: 403, body: { detail: 'Not authenticated' } });
    expect((await auth('GET /roles/me', { bearer: `${bearer}x` })).status).toBe(401);
    expect(await auth('GET /roles/me', { bearer })).toMatchObject({
      status: 200,
      body: { user_id: 3, username: 'etudiant', role: 'etudiant' },
    });
    expect((await auth('GET /roles/check?role=admin', { bearer })).body).toEqual({ role: 'etudiant', allowed: false });
    platform.now += 1_800_000;
    expect((await auth('GET /roles/me', { bearer })).status).toBe(401);
  });

  it('logs out: the refresh token is gone', async () => {
    const { body } = await login('etudiant');
    const json = { refresh_token: body['refresh_token'] };
    expect(await auth('POST /logout', { json, bearer: String(body['access_token']) })).toMatchObject({
      status: 200,
      body: { message: 'Déconnexion réussie' },
    });
    expect((await auth('POST /refresh', { json })).status).toBe(401);
  });
});

describe('register', () => {
  const person = {
    username: 'hugo',
    email: 'hugo@presencepro.example',
    first_name: 'Hugo',
    last_name: 'Roux',
    password: 'une phrase',
  };

  it('makes a student who can log in', async () => {
    const made = await auth('POST /register', { json: person });
    expect(made).toMatchObject({ status: 201, body: { username: 'hugo', role: 'etudiant' } });
    expect(made.body).not.toHaveProperty('password');
    expect((await login('hugo', person.password)).status).toBe(200);
    expect((await auth('POST /register', { json: person })).status).toBe(409);
  });

  it('makes an admin for an admin only', async () => {
    const json = { ...person, username: 'chef', email: 'chef@presencepro.example', role: 'admin' };
    expect((await auth('POST /register', { json })).status).toBe(403);
    expect((await auth('POST /register', { json, bearer: await platform.login('enseignant') })).status).toBe(403);
    expect((await auth('POST /register', { json, bearer: await platform.login('admin') })).status).toBe(201);
  });
});
