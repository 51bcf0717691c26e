import type { Meetinity } from './meetinity.fixture.js';
import type { MeetinityServices } from './stand-ins/meetinity.js';

interface Stage {
  readonly platform: Meetinity;
  readonly services: MeetinityServices;
  /** Of the member 9000. */
  readonly bearer: string;
}

/** The mobile app, a page of its own origin: these two headers come with every call, cookies never. */
const APP = { 'origin': 'http://localhost:5173', 'x-client-version': '1.4.0', 'x-client-platform': 'web' };

function photo(size: number, name = 'photo', type = 'image/png'): FormData {
  const form = new FormData();
  form.set(name, new File([Buffer.alloc(size)], 'me.png', { type }));
  return form;
}

/** What the platform's clients do. @param stage where, known once it runs. */
export function clients(stage: () => Stage): void {
  describe('Meetinity: the mobile app', () => {
    const call = (path: string, json?: unknown, signedIn = true) => stage().platform.fetch(path, { headers: APP, ...(json !== undefined && { json }), ...(signedIn && { bearer: stage().bearer }) });

    it('signs in: the address of the provider, what came back by POST, and whether the token is good by GET', async () => {
      const { services } = stage();
      expect((await call('/api/auth/linkedin', {}, false)).json()['auth_url']).toMatch(/^https:/);
      const back = await call('/api/auth/linkedin/callback', { code: 'c+1', state: 'abc', other: 'x' }, false);
      expect([back.status, back.json()['token'], services.user.last.method, services.user.last.path, [...services.user.last.query]]).toEqual([200, 'signed', 'GET', '/auth/linkedin/callback', [['code', 'c+1'], ['state', 'abc']]]);
      const verified = await call('/api/auth/verify');
      expect([verified.status, verified.json()['valid'], services.user.last.method, JSON.parse(services.user.last.body.toString())]).toEqual([200, true, 'POST', { token: stage().bearer }]);
      expect(services.user.last.query.size).toBe(0);
      expect((await stage().platform.fetch('/api/auth/verify', { headers: APP })).status).toBe(400);
    });

    it('reads its user without the wrapping; who is not the app reads it with', async () => {
      const user = { id: 9000, email: 'ada@example.org', provider: 'google', name: 'Ada' };
      expect([(await call('/api/auth/profile')).json(), (await call('/profile')).json()]).toEqual([user, user]);
      expect((await stage().platform.fetch('/api/auth/profile', { bearer: stage().bearer })).json()).toEqual({ user });
      expect((await call('/api/auth/profile', undefined, false)).json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
    });

    it('a refresh, which no service has: 404, by which it signs in anew', async () => {
      expect((await call('/auth/refresh', { refresh_token: 'r' }, false)).status).toBe(404);
      expect(stage().services.user.last.path).toBe('/auth/refresh');
    });

    it('X4: its paths without /api, with CORS it can read', async () => {
      const { event, matching, messaging } = stage().services;
      const events = await call('/events');
      expect([events.status, events.headers['access-control-allow-origin'], events.headers['access-control-expose-headers']]).toEqual([200, '*', expect.stringContaining('X-Request-ID')]);
      expect([(await call('/events/500/join', { user_id: 9000 })).status, (await call('/events/500/leave', {})).status, event.last.path]).toEqual([201, 200, '/events/500/leave']);
      expect([(await call('/matches/7')).status, (await call('/matches/feed?cursor=a')).status, (await call('/matches/likes/sync', { likes: [] })).status, matching.last.path]).toEqual([200, 200, 404, '/matches/likes/sync']);
      const sent = await call('/conversations/1/messages', { content: 'Salut', attachments: [] });
      expect([sent.status, sent.json()]).toEqual([201, { id: 5, sender_id: 9000, content: 'Salut' }]);
      expect([(await call('/conversations')).json(), (await call('/conversations/1/read', {})).status, messaging.last.headers['authorization']]).toEqual([[{ id: 1, participants: [9000] }], 204, 'Bearer user:9000']);
      expect((await call('/events', undefined, false)).headers['access-control-allow-origin']).toBe('*');
    });

    it('T11: an avatar as text in JSON, megabytes of it', async () => {
      const avatar = `data:image/png;base64,${'A'.repeat(4_000_000)}`;
      expect((await call('/profile/avatar', { avatar })).status).toBe(404);
      expect(stage().services.user.last.body.length).toBeGreaterThan(4_000_000);
    });

    it('T11: a photo in its form, and its picture where the answer says', async () => {
      const { platform, bearer } = stage();
      const send = (form: FormData) => platform.fetch('/api/users/9000/photo', { form, bearer, headers: APP });
      const { json, status } = await send(photo(1_000_000));
      expect([status, json()]).toEqual([201, { photo_url: '/uploads/9000.png', user_id: 9000 }]);
      const picture = await platform.fetch(json<{ photo_url: string }>().photo_url);
      expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/png']);
      const refused = await Promise.all([photo(5 * 1024 * 1024 + 1), photo(10, 'avatar'), photo(10, 'photo', 'image/gif')].map(send));
      expect(refused.map((reply) => [reply.status, reply.json<{ error: { code: number } }>().error.code])).toEqual([[422, 422], [422, 422], [422, 422]]);
    });

    it('T13: Socket.IO polls with the token in the query, which nobody behind sees', async () => {
      const { platform, services, bearer } = stage();
      const polled = await platform.fetch(`/socket.io/?EIO=4&transport=polling&token=${bearer}`, { headers: { origin: APP.origin } });
      expect([polled.status, polled.text]).toEqual([200, '0{"sid":"4","upgrades":["websocket"]}']);
      const { headers, query } = services.messaging.last;
      expect([headers['authorization'], [...query.keys()]]).toEqual(['Bearer user:9000', ['EIO', 'transport']]);
      expect((await platform.fetch('/socket.io/?EIO=4')).status).toBe(401);
      expect((await platform.fetch(`/api/users?token=${bearer}`)).status).toBe(401);
    });
  });

  describe('Meetinity: others', () => {
    it('the admin portal, to which an outer layer gives the token', async () => {
      const { platform, bearer } = stage();
      expect((await platform.fetch('/api/users', { bearer })).json()).toHaveLength(1);
      expect((await platform.fetch('/api/events/event-categories', { bearer })).json()).toEqual({ categories: ['tech'] });
      for (const path of ['/api/admin/me', '/api/moderation/reports', '/ws/users']) expect((await platform.fetch(path, { bearer })).status).toBe(404);
    });

    it('the load scripts: a session, then users and profiles', async () => {
      const { platform, bearer } = stage();
      expect((await platform.fetch('/api/auth/session', { json: { email: 'load@example.org' } })).json()).toEqual({ token: 'from-a-session' });
      const statuses = await Promise.all(Array.from({ length: 40 }, async (_, i) => (await platform.fetch(i % 7 < 4 ? '/api/users' : '/api/auth/profile', { bearer })).status));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });
  });
}
