import { request } from 'node:http';
import { jest } from '@jest/globals';
import { echoService, type Seen } from '#libs/testing';
import { refused } from '../support/websocket.js';
import { token } from '../support/jwt.js';
import { ROLES, presencepro, type PresencePro, type Role } from './presencepro.fixture.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

const CALLERS = ['nobody', ...ROLES, 'janitor'] as const;
type Caller = (typeof CALLERS)[number];

const ANY: readonly Caller[] = ROLES;
const STAFF: readonly Caller[] = ['admin', 'enseignant'];
const ADMIN: readonly Caller[] = ['admin'];

// Addresses that no service writes by: what is forwarded is answered with whatever the service thinks of it.
const RULES: readonly (readonly [line: string, service: string, who: readonly Caller[]])[] = [
  ['POST /api/v1/auth/login', 'auth-service', CALLERS],
  ['POST /api/v1/auth/register', 'auth-service', CALLERS],
  ['POST /api/v1/auth/refresh', 'auth-service', CALLERS],
  ['POST /api/v1/auth/refresh-token', 'auth-service', CALLERS],
  ['GET /api/v1/auth/roles/me', 'auth-service', ANY],
  ['POST /api/v1/auth/register/bulk', 'auth-service', ANY],
  ['GET /api/v1/users', 'user-service', ADMIN],
  ['GET /api/v1/students/1', 'user-service', ADMIN],
  ['GET /api/v1/teachers/', 'user-service', ADMIN],
  ['GET /api/v1/parents', 'user-service', ADMIN],
  ['POST /api/v1/users/import', 'user-service', ADMIN],
  ['GET /api/v1/courses/', 'course-service', ADMIN],
  ['GET /api/v1/classes/1', 'course-service', ADMIN],
  ['POST /api/v1/courses/import', 'course-service', ADMIN],
  ['POST /api/v1/face-recognition/recognize', 'face-recognition-service', ANY],
  ['GET /api/v1/camera/snapshot', 'face-recognition-service', ANY],
  ['GET /api/v1/attendance', 'attendance-service', STAFF],
  ['DELETE /api/v1/attendance/999', 'attendance-service', STAFF],
  ['GET /api/v1/justifications/1', 'justification-service', STAFF],
  ['GET /api/v1/messaging/conversations', 'messaging-service', STAFF],
  ['GET /api/v1/messages/stats', 'messaging-service', STAFF],
  ['GET /api/v1/conversations/1', 'messaging-service', STAFF],
  ['GET /ws/messaging', 'messaging-service', STAFF],
  ['GET /api/v1/notifications/me', 'notification-service', ANY],
  ['POST /api/v1/notifications/broadcast', 'notification-service', ADMIN],
  ['GET /ws/notifications', 'notification-service', ANY],
  ['GET /api/v1/stats/unknown', 'statistics-service', ANY],
  ['GET /api/v1/stats/class/1', 'statistics-service', STAFF],
  ['GET /api/v1/statistics/student/1', 'statistics-service', STAFF],
  ['GET /api/v1/stats/global', 'statistics-service', ADMIN],
  ['GET /api/v1/statistics/global', 'statistics-service', ADMIN],
];

describe('PresencePro, A2: who may call what', () => {
  let platform: PresencePro;
  const bearers = new Map<Caller, string>();
  beforeAll(async () => {
    platform = await presencepro();
    for (const role of ROLES) bearers.set(role, await platform.login(role));
    bearers.set('janitor', await token({ sub: 'j', user_id: 9, role: 'janitor' }));
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  const call = (line: string, caller: Caller) => {
    const [method = '', path = ''] = line.split(' ');
    const bearer = bearers.get(caller);
    return platform.fetch(path, { method, ...(bearer === undefined ? {} : { bearer }) });
  };

  describe.each(RULES)('%s', (line, service, who) => {
    it.each(CALLERS)('%s', async (caller) => {
      const response = await call(line, caller);
      const text = await response.text();
      const name = response.headers.get('x-gateway-service');
      if (who.includes(caller)) return expect(name).toBe(service);
      expect({ status: response.status, name }).toEqual({ status: caller === 'nobody' ? 401 : 403, name: null });
      expect(JSON.parse(text)).toMatchObject({ detail: caller === 'nobody' ? 'Authentification requise' : 'Accès refusé pour votre rôle' });
    });
  });

  it.each(['/api/v1/usersXYZ', '/api/v1/attendanceX/1', '/api/v1', '/api/v2/users', '/ws'])('a prefix ends at a slash: %s is nobody’s', async (path) => {
    for (const caller of CALLERS) expect((await call(`GET ${path}`, caller)).status).toBe(404);
  });

  it.each(['/ws/messaging', '/ws/notifications'])('the same rules hold for the WebSocket %s', async (path) => {
    expect(await refused(platform.socket(path))).toMatchObject({ status: 401 });
    expect(await refused(platform.socket(`${path}?token=${bearers.get('janitor')}`))).toMatchObject({ status: 403 });
  });

  it.each<Role>(['etudiant', 'parent'])('a socket is no way round the messages a %s may not read', async (role) => {
    expect(await refused(platform.socket(`/ws/messaging?token=${bearers.get(role)}`))).toMatchObject({ status: 403 });
  });

  it.each(['/api/v1/attendance', '/api/v1/notifications/me'])('a token in the query opens no ordinary route: %s', async (path) => {
    expect((await platform.fetch(`${path}?token=${bearers.get('admin')}`)).status).toBe(401);
  });
});

describe('PresencePro, A3: a service hears from the gateway who is calling', () => {
  it.each([
    ['as they are', { 'X-User-ID': '1', 'X-User-Role': 'admin', 'X-User-Email': 'a@b.c', 'X-User-Permissions': 'all', 'X-Gateway-Request-ID': 'mine' }],
    ['in other spellings', { 'x_user_id': '1', 'X_User-Role': 'admin', 'X.User.Permissions': 'all' }],
    ['named in Connection', { 'X-User-ID': '1', 'X-User-Role': 'admin', Connection: 'keep-alive, X-User-ID, X-User-Role' }],
  ])('spoofed headers %s never reach it', async (_how, spoofed) => {
    await using echo = await echoService();
    await using platform = await presencepro({ services: { 'attendance-service': echo.url } });
    const bearer = await platform.login('enseignant');
    const { headers } = await raw(platform, { Authorization: `Bearer ${bearer}`, 'X-Request-ID': 'req_1_abc', ...spoofed });
    const told = Object.fromEntries(Object.entries(headers).filter(([name]) => /^x[^a-z](?:user|gateway)/.test(name)));
    expect(told).toEqual({
      'x-user-id': '2', 'x-user-email': 'enseignant@presencepro.example', 'x-user-role': 'teacher', 'x-gateway-request-id': 'req_1_abc',
    });
    expect(headers['authorization']).toBe(`Bearer ${bearer}`);
  });

  it('an anonymous caller is nobody, whatever they say', async () => {
    await using echo = await echoService();
    await using platform = await presencepro({ services: { 'auth-service': echo.url } });
    const response = await platform.fetch('/api/v1/auth/login', { json: { username: 'x' }, headers: { 'X-User-ID': '1', 'X-User-Role': 'admin' } });
    const { headers } = (await response.json()) as Seen;
    expect(Object.keys(headers).filter((name) => name.startsWith('x-user'))).toEqual([]);
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers['x-real-ip']).toBe('127.0.0.1');
  });
});

/** fetch does not let callers name headers in `Connection`. */
async function raw(platform: PresencePro, headers: Record<string, string>): Promise<Seen> {
  const text = await new Promise<string>((resolve, reject) => {
    request(`${platform.url}/api/v1/attendance`, { headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => { body += part; }).on('end', () => resolve(body));
    }).on('error', reject).end();
  });
  return JSON.parse(text) as Seen;
}
