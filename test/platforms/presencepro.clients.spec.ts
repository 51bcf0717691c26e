import { once } from 'node:events';
import { createHash, randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { FormData } from 'undici';
import { echoService, type Seen } from '#libs/testing';
import type { WebSocket } from 'ws';
import { open } from '../support/websocket.js';
import { FRONTEND, presencepro, type PresencePro } from './presencepro.fixture.js';

// A whole platform starts here, often beside others.
jest.setTimeout(60_000);

/** Frames of a socket, one after the other; none is lost between two calls. */
function frames(socket: WebSocket): () => Promise<Record<string, unknown>> {
  const heard: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString()) as Record<string, unknown>));
  return async () => {
    while (heard.length === 0) await once(socket, 'message');
    return heard.shift() as Record<string, unknown>;
  };
}

/** Reads a body until it holds a text. */
function reader(body: ReadableStream<Uint8Array>): { until(wanted: string): Promise<string>; cancel(): Promise<void> } {
  const source = body.getReader();
  let text = '';
  return {
    async until(wanted) {
      while (!text.includes(wanted)) {
        const { value, done } = await source.read();
        if (done) throw new Error(`The stream ended before ${wanted}: ${text}`);
        text += Buffer.from(value).toString('latin1');
      }
      return text;
    },
    cancel: () => source.cancel(),
  };
}

describe('PresencePro: what its two frontends and its admin panel do', () => {
  let platform: PresencePro;
  beforeAll(async () => { platform = await presencepro(); });
  afterAll(() => platform[Symbol.asyncDispose]());

  it('asks for health before the login, with HEAD too', async () => {
    expect((await platform.fetch('/health')).status).toBe(200);
    const head = await platform.fetch('/health', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('A1: signs in and refreshes in both spellings; a refresh token works once', async () => {
    const first = await platform.session('enseignant');
    expect(first).toMatchObject({ token_type: 'bearer', accessToken: first.access_token, refreshToken: first.refresh_token });
    const camel = await platform.ask<typeof first>('/api/v1/auth/refresh', { json: { refreshToken: first.refreshToken } });
    expect(camel).toMatchObject({ status: 200, body: { accessToken: expect.any(String), refreshToken: expect.any(String) } });
    const snake = await platform.ask<typeof first>('/api/v1/auth/refresh', { json: { refresh_token: camel.body.refresh_token } });
    expect(snake).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
    const own = await platform.ask<typeof first>('/api/v1/auth/refresh-token', { json: { refresh_token: snake.body.refresh_token } });
    expect(own.status).toBe(200);
    expect((await platform.ask('/api/v1/auth/refresh', { json: { refreshToken: first.refreshToken } })).status).toBe(401);
    expect((await platform.fetch('/api/v1/attendance', { bearer: own.body.access_token })).status).toBe(200);
  });

  it('A1: what auth-service judges itself works: profile, roles, logout', async () => {
    const { access_token: bearer, refresh_token } = await platform.session('parent');
    expect(await platform.ask('/api/v1/auth/roles/me', { bearer })).toMatchObject({ status: 200, body: { user_id: 4, username: 'parent', role: 'parent' } });
    expect(await platform.ask('/api/v1/auth/me', { bearer })).toMatchObject({ status: 200 });
    expect(await platform.ask('/api/v1/auth/logout', { bearer, json: { refresh_token } })).toMatchObject({ status: 200 });
    expect((await platform.ask('/api/v1/auth/refresh', { json: { refresh_token } })).status).toBe(401);
  });

  it('nobody makes themselves an admin by registering', async () => {
    const user = { username: 'mallory', password: 'long enough', email: 'm@presencepro.example', first_name: 'M', last_name: 'M', role: 'admin' };
    expect((await platform.fetch('/api/v1/auth/register', { json: user })).status).toBe(403);
    expect((await platform.fetch('/api/v1/auth/register', { json: user, bearer: await platform.login('admin') })).status).toBe(201);
  });

  it('keeps the id the frontend gave the request', async () => {
    const headers = { 'x-request-id': 'req_1718000000000_k3j2h1' };
    expect((await platform.fetch('/api/v1/attendance', { bearer: await platform.login('admin'), headers })).headers.get('x-request-id')).toBe(headers['x-request-id']);
    expect((await platform.fetch('/api/v1/users', { headers })).headers.get('x-request-id')).toBe(headers['x-request-id']);
  });

  it.each(['/api/v1/users', '/api/v1/auth/login', '/api/v1/notifications/stream', '/api/v1/unknown'])('a preflight for %s needs no token', async (path) => {
    const { status, headers } = await platform.fetch(path, {
      method: 'OPTIONS', headers: { origin: FRONTEND, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type,x-request-id' },
    });
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': FRONTEND, 'access-control-allow-credentials': 'true', 'access-control-max-age': '600',
      'access-control-allow-headers': 'authorization,content-type,x-request-id', 'access-control-allow-methods': expect.stringContaining('DELETE'),
    });
  });

  it.each([['a refusal', '/api/v1/users'], ['an answer', '/api/v1/attendance'], ['an unknown path', '/nowhere']])('a page may read %s, another origin may not', async (_what, path) => {
    const bearer = await platform.login('enseignant');
    const ours = await platform.fetch(path, { bearer, headers: { origin: FRONTEND } });
    expect(ours.headers.get('access-control-allow-origin')).toBe(FRONTEND);
    expect(ours.headers.get('access-control-expose-headers')).toMatch(/X-Request-ID.*Content-Disposition/);
    const other = await platform.fetch(path, { bearer, headers: { origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('reads lists, whichever way the slash goes', async () => {
    const bearer = await platform.login('admin');
    const { headers, status } = await platform.fetch('/api/v1/students?class_id=2&class_id=2', { bearer });
    expect([status, headers.get('location')]).toEqual([307, `${platform.url}/api/v1/students/?class_id=2&class_id=2`]);
    const page = await platform.ask('/api/v1/students?class_id=2', { bearer, redirect: 'follow' });
    expect(page).toMatchObject({ status: 200, body: { total: 12, page: 1, per_page: 20, total_pages: 1 } });
    expect((await platform.ask('/api/v1/courses/', { bearer })).body).toMatchObject({ total: 6 });
    expect((await platform.ask('/api/v1/statistics/global', { bearer })).body).toMatchObject({ data: { students: 36 } });
    expect((await platform.ask('/api/v1/conversations', { bearer })).body).toMatchObject({ total: 1 });
  });

  it('downloads a file under its name', async () => {
    const response = await platform.fetch('/api/v1/attendance/export', { bearer: await platform.login('enseignant') });
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="presences.csv"');
    expect((await response.text()).split('\r\n')[0]).toBe('id,student_id,course_id,date,status,method');
  });

  it('T11: uploads a form with files, byte for byte', async () => {
    const file = randomBytes(3 << 20);
    const form = new FormData();
    for (const [name, value] of Object.entries({ student_id: '1', reason: 'Rendez-vous médical', start_date: '2026-03-16', end_date: '2026-03-16' })) form.set(name, value);
    form.set('attachments[0]', new File([file], 'certificat.pdf', { type: 'application/pdf' }));
    const { status, body } = await platform.ask('/api/v1/justifications', { method: 'POST', body: form, bearer: await platform.login('enseignant') });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      data: {
        reason: 'Rendez-vous médical', status: 'pending',
        attachments: [{ field: 'attachments[0]', name: 'certificat.pdf', size: file.length, sha256: createHash('sha256').update(file).digest('hex') }],
      },
    });
  });

  it('T12: hears notifications as they come, by EventSource and by WebSocket, with the token in the query', async () => {
    const student = await platform.login('etudiant');
    const stream = await platform.fetch(`/api/v1/notifications/stream?token=${student}`, { headers: { 'accept-encoding': 'gzip, br, zstd' } });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.headers.get('content-encoding')).toBeNull();
    const events = reader(stream.body as ReadableStream<Uint8Array>);
    await events.until('retry: 5000');
    const socket = await open(platform.socket(`/ws/notifications?token=${student}`), { origin: FRONTEND });
    const next = frames(socket);
    await platform.fetch('/api/v1/notifications/broadcast', { json: { title: 'Alerte', message: 'Exercice' }, bearer: await platform.login('admin') });
    expect(await next()).toMatchObject({ type: 'new_notification', data: { user_id: 3, title: 'Alerte' } });
    expect(await events.until('"title":"Alerte"')).toContain('event: new_notification');
    await events.cancel();
    socket.close();
  });

  it('T12: messages by WebSocket, of all conversations and of one', async () => {
    const teacher = await platform.login('enseignant');
    const all = await open(platform.socket(`/ws/messaging?token=${teacher}`));
    const one = await open(platform.socket(`/ws/messaging/conversation/3?token=${await platform.login('admin')}`));
    const [heard, answered] = [frames(all), frames(one)];
    one.send(JSON.stringify({ type: 'join_conversation', data: { conversation_id: 3 } }));
    expect(await answered()).toMatchObject({ type: 'conversation_joined' });
    await platform.fetch('/api/v1/messaging/conversations/3/messages', { json: { content: 'Jeudi, 17 h' }, bearer: teacher });
    expect(await heard()).toMatchObject({ type: 'new_message', data: { content: 'Jeudi, 17 h', sender_id: 2 } });
    expect(await answered()).toMatchObject({ type: 'new_message', data: { conversation_id: 3 } });
    all.close();
    one.close();
  });

  it('T12: watches the camera for as long as it likes, from an <img>', async () => {
    const response = await platform.fetch(`/api/v1/camera/stream?fps=25&token=${await platform.login('parent')}`);
    expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=frame');
    const film = reader(response.body as ReadableStream<Uint8Array>);
    expect((await film.until('--frame')).length).toBeGreaterThan(0);
    await film.cancel();
  });
});

describe('PresencePro: tokens in addresses', () => {
  it('A1: a service never sees them', async () => {
    await using echo = await echoService();
    await using platform = await presencepro({ services: { 'notification-service': echo.url } });
    const bearer = await platform.login('parent');
    const seen = (await (await platform.fetch(`/api/v1/notifications/stream?a=1&token=${bearer}&b=2`)).json()) as Seen;
    expect(seen.url).toBe('/api/v1/notifications/stream?a=1&b=2');
    expect(seen.headers['x-user-id']).toBe('4');
    expect(JSON.stringify(seen)).not.toContain(bearer);
  });
});
