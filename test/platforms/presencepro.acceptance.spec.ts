import { jest } from '@jest/globals';
import { FormData } from 'undici';
import { onBothWays } from './both-ways.js';
import { open as opened, refused } from '../support/websocket.js';
import { FRONTEND, RealPresencePro, ROLES } from './presencepro.fixture.js';
import type { Said } from './stand-ins/service.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

const AUTH = '/api/v1/auth';

/** What both kinds of client read of an error. */
const saying = (text: string): object => ({ detail: text, message: text });

interface Session {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

onBothWays((open) => {
  let platform: RealPresencePro;
  let admin: string;
  let teacher: string;
  beforeAll(async () => {
    platform = await RealPresencePro.open(open);
    [admin, teacher] = await Promise.all([platform.login('admin'), platform.login('enseignant')]);
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  const signIn = (username: string) => platform.ask<Session>(`${AUTH}/login`, { json: { username, password: 'demo' } });
  const refresh = (json: object) => platform.ask<Session>(`${AUTH}/refresh`, { json });

  describe('PresencePro: the checks of its own test suite, with tokens of its own auth-service', () => {
    it('O1: health, and the nine services counted, one of which calls itself unhealthy', async () => {
      expect(await platform.ask('/health')).toMatchObject({ status: 200, body: { status: 'healthy', service: 'gateway-service', version: '1.0.0' } });
      const { body, status } = await platform.ask<{ services: Record<string, { healthy: boolean }> }>('/health/services');
      expect([status, body]).toEqual([200, expect.objectContaining({ status: 'degraded', healthy_services: 8, total_services: 9 })]);
      expect(body.services['attendance-service']).toMatchObject({ healthy: false, message: expect.stringContaining('status is not healthy') });
    });

    it('O2, O7: metrics as text, info', async () => {
      const metrics = await platform.fetch('/metrics');
      expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
      for (const name of ['gateway_requests_total', 'gateway_request_duration_seconds', 'gateway_active_connections']) expect(await (await platform.fetch('/metrics')).text()).toContain(`# TYPE ${name} `);
      expect((await platform.ask<Record<string, string[]>>('/gateway/info')).body['admin_routes']).toEqual(expect.arrayContaining(['/api/v1/users', '/api/v1/stats/global']));
    });

    it('A1, A2: 401 without and with a bad token, 403 for a teacher on users, the teacher reaches attendance, the admin both', async () => {
      for (const init of [{}, { bearer: 'invalid_token' }]) expect(await platform.ask('/api/v1/users', init)).toMatchObject({ status: 401, body: saying('Authentification requise') });
      expect(await platform.ask('/api/v1/users', { bearer: teacher })).toMatchObject({ status: 403, body: saying('Accès refusé pour votre rôle') });
      expect((await platform.fetch('/api/v1/attendance', { bearer: teacher })).status).toBe(200);
      expect((await platform.fetch('/api/v1/attendance', { bearer: admin })).status).toBe(200);
      // user-service has students, teachers and parents; of users it knows nothing yet.
      const users = await platform.ask('/api/v1/users', { bearer: admin });
      expect([users.status, users.headers.get('x-gateway-service'), users.body]).toEqual([404, 'user-service', saying('Not Found')]);
    });

    it('CORS on /health, security headers, a request id, 404 for an unknown path', async () => {
      const { headers } = await platform.fetch('/health', { headers: { origin: FRONTEND } });
      expect(Object.fromEntries(headers)).toMatchObject({ 'access-control-allow-origin': FRONTEND, 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'x-xss-protection': '1; mode=block', 'x-request-id': expect.any(String) });
      for (const init of [{}, { bearer: admin }]) expect(await platform.ask('/api/v1/unknown', init)).toMatchObject({ status: 404, body: { ...saying('Route non trouvée'), path: '/api/v1/unknown', method: 'GET' } });
    });
  });

  describe('PresencePro: the first layer of the frontend', () => {
    it('A1: signs in, and knows who it is', async () => {
      const { body, headers, status } = await signIn('etudiant');
      expect(status).toBe(200);
      const user = { id: 3, username: 'etudiant', role: 'etudiant' };
      const { access_token: accessToken, refresh_token: refreshToken } = body;
      expect(body).toMatchObject({ success: true, message: 'Connexion réussie', data: { accessToken, refreshToken, user }, token_type: 'bearer', user });
      expect(headers.getSetCookie()).toEqual(['theme=dark; Path=/', 'lang=fr; Path=/']);
    });

    it('A1: refreshes in camel case, once for each token, and signs out', async () => {
      const { body: { refreshToken } } = await signIn('parent');
      const next = await refresh({ refreshToken });
      expect(next).toMatchObject({ status: 200, body: { accessToken: expect.any(String), refreshToken: expect.any(String) } });
      expect(await refresh({ refreshToken })).toMatchObject({ status: 401, body: { message: 'Refresh token invalide ou expiré' } });
      const bearer = next.body.accessToken;
      expect(await platform.ask(`${AUTH}/profile`, { bearer })).toMatchObject({ status: 200, body: { id: 4, username: 'parent', email: 'parent@presencepro.example' } });
      expect((await platform.fetch(`${AUTH}/logout`, { bearer, json: { refreshToken: next.body.refreshToken } })).status).toBe(200);
      expect((await refresh({ refreshToken: next.body.refreshToken })).status).toBe(401);
    });

    it.each([
      [400, { detail: 'Date invalide' }, 'Date invalide'],
      [403, { detail: 'Pas votre classe' }, 'Pas votre classe'],
      [404, { detail: 'Introuvable' }, 'Introuvable'],
      [422, { detail: [{ type: 'missing', loc: ['body', 'date'], msg: 'Field required' }] }, 'Field required'],
      [429, { detail: 'Trop vite', message: 'Doucement' }, 'Doucement'],
      [500, { detail: 'Internal Server Error' }, 'Internal Server Error'],
    ])('X4: what a service says with %i, where it looks for it', async (status, json, message) => {
      const restore = platform.services.service('attendance').on('POST /api/v1/attendance/mark', () => ({ status, json }));
      expect(await platform.ask('/api/v1/attendance/mark', { bearer: teacher, json: {} })).toMatchObject({ status, body: { ...json, message } });
      restore();
    });

    it('X4: 503 when a service is overloaded, tried again where that does no harm', async () => {
      let times = 0;
      const busy = (): Said => (++times < 3 ? { status: 503, json: { detail: 'Occupé' } } : { json: { id: 9 } });
      const restores = ['GET /api/v1/attendance/:id', 'POST /api/v1/attendance/mark'].map((pattern) => platform.services.service('attendance').on(pattern, busy));
      expect([(await platform.fetch('/api/v1/attendance/9', { bearer: teacher })).status, times]).toEqual([200, 3]);
      times = 0;
      expect(await platform.ask('/api/v1/attendance/mark', { bearer: teacher, json: {} })).toMatchObject({ status: 503, body: saying('Occupé') });
      expect(times).toBe(1);
      for (const restore of restores) restore();
    });

    it('keeps its own request id, all the way to the service and back', async () => {
      const headers = { 'x-request-id': 'req_1718000000000_k3j2h1' };
      expect((await platform.fetch('/api/v1/attendance', { bearer: teacher, headers })).headers.get('x-request-id')).toBe(headers['x-request-id']);
      const { headers: heard } = platform.services.service('attendance').last;
      expect(heard).toMatchObject({ 'x-request-id': headers['x-request-id'], 'x-gateway-request-id': headers['x-request-id'], 'x-user-id': '2', 'x-user-role': 'teacher', authorization: `Bearer ${teacher}` });
      // The real token has neither an e-mail address nor permissions: such a header is left out, not made up.
      expect([heard['x-user-email'], heard['x-user-permissions']]).toEqual([undefined, undefined]);
    });

    it('T11: downloads a file under its name, or a part of it', async () => {
      const whole = await platform.fetch('/api/v1/attendance/export', { bearer: teacher });
      expect([whole.headers.get('content-disposition'), (await whole.text()).split('\r\n')[0]]).toEqual(['attachment; filename="presences.csv"', 'id,student_id,status']);
      const part = await platform.fetch('/api/v1/attendance/export', { bearer: teacher, headers: { range: 'bytes=0-1' } });
      expect([part.status, await part.text()]).toEqual([206, 'id']);
    });
  });

  describe('PresencePro: the second layer of the frontend', () => {
    it('A1: refreshes in snake case', async () => {
      const { body: { refresh_token } } = await signIn('enseignant');
      expect(await refresh({ refresh_token })).toMatchObject({ status: 200, body: { access_token: expect.any(String), refresh_token: expect.any(String) } });
    });

    it.each([
      ['/api/v1/courses/', 3, 20], ['/api/v1/justifications?per_page=1', 2, 1], ['/api/v1/conversations', 1, 20], ['/api/v1/messaging/conversations', 1, 20],
    ])('T2: turns pages of %s', async (path, total, size) => {
      const { body, status } = await platform.ask<{ data: unknown[] }>(path, { bearer: admin });
      expect([status, body]).toEqual([200, { data: expect.any(Array), total, page: 1, per_page: size, total_pages: Math.ceil(total / size) }]);
      expect(body.data).toHaveLength(Math.min(total, size));
    });

    it.each([
      ['/api/v1/courses/2', { id: 2, title: 'Cours' }], ['/api/v1/justifications/1', { id: 1, status: 'pending' }], ['/api/v1/messaging/stats', { unread: 2 }],
      ['/api/v1/statistics/global', { students: 25, rate: 0.9 }], ['/api/v1/statistics/class/2', { class_id: 2, rate: 0.95 }],
    ])('T2: finds %s below `data`', async (path, data) => {
      expect(await platform.ask(path, { bearer: admin })).toMatchObject({ status: 200, body: { data } });
    });

    it('T2: what it writes comes back below `data`, and nothing else does: by their own names services answer as ever', async () => {
      expect(await platform.ask('/api/v1/courses/', { bearer: admin, json: { title: 'Latin' } })).toMatchObject({ status: 201, body: { data: { id: 4, title: 'Latin' } } });
      expect((await platform.ask('/api/v1/stats/global', { bearer: admin })).body).toEqual({ students: 25, rate: 0.9 });
      expect((await platform.ask('/api/v1/messages/conversations', { bearer: admin })).body).toEqual([{ id: 1, participants: [1, 2] }]);
      expect((await platform.ask('/api/v1/attendance', { bearer: admin })).body).toEqual([{ id: 1, student_id: 1, status: 'present' }]);
    });

    it('T11: sends forms with attachments', async () => {
      const form = new FormData();
      form.set('reason', 'Rendez-vous médical');
      for (const index of [0, 1]) form.set(`attachments[${index}]`, new File([Buffer.alloc(200_000)], `certificat-${index}.pdf`, { type: 'application/pdf' }));
      const made = await platform.ask<{ data: object }>('/api/v1/justifications', { method: 'POST', body: form, bearer: teacher });
      expect([made.status, made.body.data]).toEqual([201, { id: 3, reason: 'Rendez-vous médical', attachments: [0, 1].map((index) => ({ field: `attachments[${index}]`, name: `certificat-${index}.pdf`, size: 200_000, type: 'application/pdf' })) }]);
      const more = new FormData();
      more.set('file', new File(['x'], 'note.txt', { type: 'text/plain' }));
      expect(await platform.ask('/api/v1/justifications/3/attachments', { method: 'POST', body: more, bearer: teacher })).toMatchObject({ status: 201, body: { data: { attachments: [{ field: 'file', name: 'note.txt', size: 1 }] } } });
    });

    it('what notification-service does not have yet is its own 404', async () => {
      expect(await platform.ask('/api/v1/notifications/me', { bearer: teacher })).toMatchObject({ status: 404, body: saying('Not Found') });
    });
  });

  describe('PresencePro: the admin panel', () => {
    it('A1: signs in, asks who it is, and is told in `detail` when it has to sign in again', async () => {
      const { body } = await signIn('admin');
      expect(body).toMatchObject({ access_token: expect.any(String), token_type: 'bearer', user: { id: 1, role: 'admin' } });
      expect(await platform.ask(`${AUTH}/me`, { bearer: body.access_token })).toMatchObject({ status: 200, body: { id: 1, user_id: 1, username: 'admin', role: 'admin', is_active: true } });
      expect(await platform.ask(`${AUTH}/me`, { bearer: 'abc' })).toMatchObject({ status: 401, body: { detail: 'Authentification requise' } });
      expect(await platform.ask(`${AUTH}/login`, { json: { username: 'admin', password: 'wrong' } })).toMatchObject({ status: 401, body: saying("Nom d'utilisateur ou mot de passe incorrect") });
    });

    it('reads people, whichever way the slash goes; user-service has the token verified through the gateway', async () => {
      const { headers, status } = await platform.fetch('/api/v1/students?class_id=2', { bearer: admin });
      expect([status, headers.get('location')]).toEqual([307, `${platform.url}/api/v1/students/?class_id=2`]);
      const page = await platform.ask<unknown[]>('/api/v1/students?class_id=2', { bearer: admin, redirect: 'follow', headers: { origin: FRONTEND } });
      expect([page.status, page.body.length, page.headers.get('access-control-allow-origin'), page.headers.get('server')]).toEqual([200, 8, FRONTEND, null]);
      expect(platform.services.service('auth').last).toMatchObject({ method: 'GET', path: `${AUTH}/roles/me` });
      expect(await platform.ask('/api/v1/students/', { bearer: admin, json: {} })).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'first_name'] }], message: 'Field required' } });
      expect((await platform.fetch('/verify-token', { json: { token: 'x' } })).status).toBe(401);
      expect((await platform.fetch('/verify-token', { bearer: teacher, json: { token: 'x' } })).status).toBe(200);
    });
  });

  describe('PresencePro: what stays open', () => {
    it.each([['/ws/messaging', 'enseignant'], ['/ws/notifications', 'etudiant']] as const)('T12: %s, with the token in the query', async (path, role) => {
      const socket = await opened(platform.socket(`${path}?token=${await platform.login(role)}`), { origin: FRONTEND });
      socket.send(JSON.stringify({ type: 'typing', data: { conversation_id: 1 } }));
      const heard = await new Promise<string>((resolve) => { socket.once('message', (data: Buffer) => resolve(data.toString())); });
      expect(JSON.parse(heard)).toEqual({ from: path === '/ws/messaging' ? role : String(ROLES.indexOf(role) + 1), type: 'typing', data: { conversation_id: 1 } });
      socket.close();
      expect((await refused(platform.socket(path))).status).toBe(401);
    });

    it('T12: the camera, for as long as somebody looks', async () => {
      const response = await platform.fetch(`/api/v1/camera/stream?token=${await platform.login('parent')}`);
      expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=frame');
      let seen = '';
      for await (const chunk of response.body ?? []) {
        seen += Buffer.from(chunk as Uint8Array).toString();
        if (seen.includes('picture 5\r\n')) break;
      }
      expect(seen).toMatch(/^--frame\r\nContent-Type: image\/jpeg\r\n\r\npicture 0\r\n/);
    });
  });

  it('L1, L3: PresencePro: gateways with one Redis count together, each by itself without', async () => {
    await using first = await RealPresencePro.open(open, { RATE_LIMIT_REQUESTS_PER_MINUTE: '4' });
    await using second = await open({ file: 'deploy/platforms/presencepro/gateway.yaml', env: first.gateway.env });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await fetch(`${i % 2 === 0 ? first.url : second.url}/health`)).status);
    expect(statuses).toEqual('PASSERELLE__REDIS__URL' in first.gateway.env ? [200, 200, 200, 200, 429, 429] : Array(6).fill(200));
  });
});
