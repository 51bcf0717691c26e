import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

const PASSWORD = 'correct horse battery';
/** Seconds are counted down to the answer: some may have passed. */
const QUARTER = expect.closeTo(900, -1) as number;

function send(subject: TestGateway, path: string, body: object, bearer?: string): Promise<Reply> {
  return subject.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json', ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) }, body: JSON.stringify(body) });
}

interface Both {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly access_token: string;
  readonly refresh_token: string;
}

/** `identity` for a school, its usernames and its answers. */
const SCHOOL = (answers: string): string => `
database: { timeout: 10s, connectTimeout: 10s }
identity:
  loginBy: [username, email]
  password: { hash: { memory: 8MiB, passes: 1 } }
  register: { roles: [student, parent], role: student, attributes: [first_name, last_name] }
  fields: { refreshToken: [refreshToken, refresh_token], currentPassword: [currentPassword, current_password], newPassword: [newPassword, new_password] }
  answers: ${answers}
authenticate: { accounts: { use: identity } }
endpoints: { identity: { at: /api/v1/auth, authenticate: none } }
routes: { courses: { match: { path: /api/v1/courses/** }, to: echo } }
`;

const USER = { username: 'ada', email: 'ada@example.org', password: PASSWORD, first_name: 'Ada', last_name: 'Lovelace' };

describe('a frontend of two layers that disagree', () => {
  it('refreshes in either spelling, and reads the answer in either', async () => {
    await using subject = await gateway(SCHOOL('{ refresh: { accessToken: "{accessToken}", refreshToken: "{refreshToken}", access_token: "{accessToken}", refresh_token: "{refreshToken}", expires_in: "{expiresIn}" } }'));
    const made = (await send(subject, '/api/v1/auth/register', USER)).json<Both>();
    const camel = await send(subject, '/api/v1/auth/refresh', { refreshToken: made.refreshToken });
    const first = camel.json<Both>();
    expect([camel.status, first]).toEqual([200, { accessToken: first.access_token, refreshToken: first.refresh_token, access_token: expect.any(String), refresh_token: expect.stringMatching(/^prt_/), expires_in: QUARTER }]);
    const snake = await send(subject, '/api/v1/auth/refresh', { refresh_token: first.refresh_token });
    expect(snake.status).toBe(200);
    const { access_token: bearer, refresh_token } = snake.json<Both>();
    expect((await subject.fetch('/api/v1/courses', { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(200);
    // One that says both counts as the first that the file names.
    expect((await send(subject, '/api/v1/auth/refresh', { refreshToken: 'prt_none', refresh_token })).status).toBe(401);
    expect((await send(subject, '/api/v1/auth/logout', { refresh_token })).status).toBe(204);
    expect((await send(subject, '/api/v1/auth/refresh', { refreshToken: refresh_token })).status).toBe(401);
  });

  it('gets its answers in an envelope', async () => {
    await using subject = await gateway(SCHOOL(`
    register: &session { success: true, message: "Bienvenue {user.attributes.first_name}", data: { accessToken: "{accessToken}", refreshToken: "{refreshToken}", user: { id: "{user.id}", username: "{user.username}", email: "{user.email}", role: "{user.role}", firstName: "{user.attributes.first_name}" } } }
    login: *session
    me: { data: "{user}" }
    logout: { success: true, message: Déconnecté, data: null }
    password: { success: true, message: Mot de passe changé }`));
    const user = { id: expect.any(String), username: 'ada', email: 'ada@example.org', role: 'student', firstName: 'Ada' };
    const envelope = { success: true, message: 'Bienvenue Ada', data: { accessToken: expect.any(String), refreshToken: expect.any(String), user } };
    const made = await send(subject, '/api/v1/auth/register', USER);
    expect([made.status, made.json()]).toEqual([201, envelope]);
    for (const by of [{ username: 'Ada' }, { email: 'ada@example.org' }]) {
      const login = await send(subject, '/api/v1/auth/login', { ...by, password: PASSWORD });
      expect([login.status, login.json()]).toEqual([200, envelope]);
    }
    const bearer = made.json<{ data: { accessToken: string } }>().data.accessToken;
    const me = await subject.fetch('/api/v1/auth/me', { headers: { authorization: `Bearer ${bearer}` } });
    expect(me.json()).toMatchObject({ data: { username: 'ada', role: 'student', first_name: 'Ada', last_name: 'Lovelace' } });
    const changed = await send(subject, '/api/v1/auth/password', { currentPassword: PASSWORD, newPassword: 'another horse battery' }, bearer);
    expect([changed.status, changed.json()]).toEqual([200, { success: true, message: 'Mot de passe changé' }]);
    const left = await send(subject, '/api/v1/auth/logout', {}, bearer);
    expect([left.status, left.json()]).toEqual([200, { success: true, message: 'Déconnecté', data: null }]);
  });
});

describe('a mobile app', () => {
  it('reads a refresh at the top, in snake case, by an address of its own', async () => {
    await using subject = await gateway(`
database: { timeout: 10s, connectTimeout: 10s }
identity:
  password: { hash: { memory: 8MiB, passes: 1 } }
  access: { claims: { number: user_id } }
  answers: { login: { token: "{accessToken}", refresh_token: "{refreshToken}", expires_in: "{expiresIn}" }, refresh: { access_token: "{accessToken}", refresh_token: "{refreshToken}", expires_in: "{expiresIn}" } }
endpoints:
  identity: { at: /api/auth, authenticate: none }
  refresh: { serve: identity, operation: refresh, at: [/auth/refresh, /v1/auth/refresh], authenticate: none }
`);
    await send(subject, '/api/auth/register', { email: 'ada@example.org', password: PASSWORD });
    const login = await send(subject, '/api/auth/login', { email: 'ada@example.org', password: PASSWORD });
    expect(login.json()).toEqual({ token: expect.any(String), refresh_token: expect.any(String), expires_in: QUARTER });
    let { refresh_token } = login.json<Both>();
    for (const at of ['/auth/refresh', '/v1/auth/refresh', '/api/auth/refresh']) {
      const refreshed = await send(subject, at, { refresh_token });
      expect([at, refreshed.status, refreshed.json()]).toEqual([at, 200, { access_token: expect.any(String), refresh_token: expect.any(String), expires_in: QUARTER }]);
      ({ refresh_token } = refreshed.json<Both>());
    }
  });
});
