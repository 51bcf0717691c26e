import { once } from 'node:events';
import { WebSocket } from 'ws';
import { PlatformFixture } from '../platform.fixture.js';

const platform = new PlatformFixture();
beforeEach(() => platform.start());
afterEach(() => platform.close());

/** Reads a stream until it holds what is awaited, then hangs up. */
async function readUntil(response: Response, wanted: string): Promise<string> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.includes(wanted)) return text;
  }
  throw new Error(`The stream ended before ${wanted}`);
}

describe('messaging-service', () => {
  const messages = '/api/v1/messaging/conversations/1/messages';

  it('pushes a posted message to the sockets of both, and to nobody else', async () => {
    const teacher = await platform.socket('messaging-service', '/ws', { as: { id: 2 } });
    const parent = await platform.socket(
      'messaging-service',
      `/ws/conversation/1?token=${await platform.login('parent')}`,
    );
    const student = await platform.socket('messaging-service', '/ws', { as: { id: 3 } });

    const posted = await platform.ask('messaging-service', `POST ${messages}`, {
      json: { content: 'Merci !' },
      as: { id: 4 },
    });
    expect(posted.status).toBe(201);
    for (const { next } of [teacher, parent]) {
      expect(await next()).toEqual({ type: 'new_message', data: posted.body });
      expect(await next()).toMatchObject({
        type: 'conversation_updated',
        data: { id: 1, updated_at: posted.body['sent_at'] },
      });
    }
    await platform.ask('messaging-service', 'POST /api/v1/messages/conversations/2/messages', {
      json: { content: 'Oui.' },
      as: { id: 2 },
    });
    expect(await student.next()).toMatchObject({ data: { content: 'Oui.' } });
    const { body } = await platform.ask('messaging-service', `GET ${messages}`, { as: { id: 2 } });
    expect(body).toMatchObject({ total: 3, data: [{}, {}, { content: 'Merci !', sender_id: 4 }] });
  });

  it('tells those who joined who is typing', async () => {
    const frame = (type: string, id = 1): string => JSON.stringify({ type, data: { conversation_id: id } });
    const teacher = await platform.socket('messaging-service', '/ws', { as: { id: 2 } });
    const parent = await platform.socket('messaging-service', '/ws', { as: { id: 4 } });
    teacher.socket.send(frame('join_conversation'));
    expect(await teacher.next()).toEqual({ type: 'conversation_joined', data: { conversation_id: 1 } });
    parent.socket.send(frame('typing'));
    expect(await teacher.next()).toEqual({ type: 'typing', data: { conversation_id: 1, user_id: 4 } });
    teacher.socket.send(frame('leave_conversation'));
    expect(await teacher.next()).toMatchObject({ type: 'conversation_left' });
    for (const bad of ['not json', '{"type":"shout"}', frame('join_conversation', 3)]) {
      parent.socket.send(bad);
      expect(await parent.next()).toMatchObject({ type: 'error' });
    }
  });

  it.each([
    ['/ws', 401],
    ['/ws?token=abc', 401],
    ['/elsewhere', 404],
  ])('refuses an upgrade at %s with %i', async (path, status) => {
    const socket = new WebSocket(platform.url('messaging-service', path).replace('http', 'ws'));
    const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as [Error];
    expect(error.message).toContain(String(status));
  });

  it('keeps the mail of others private', async () => {
    expect((await platform.ask('messaging-service', `GET ${messages}`, { as: { id: 3 } })).status).toBe(404);
    expect((await platform.ask('messaging-service', `GET ${messages}`)).status).toBe(401);
    expect(
      (await platform.ask('messaging-service', 'DELETE /api/v1/messaging/messages/1', { as: { id: 4 } })).status,
    ).toBe(404);
  });

  it('starts conversations, marks them read and counts', async () => {
    const json = { subject: 'Sortie', participants: [3] };
    const made = await platform.ask('messaging-service', 'POST /api/v1/messaging/conversations', {
      json,
      as: { id: 1 },
    });
    expect(made).toMatchObject({ status: 201, body: { subject: 'Sortie', participants: [1, 3] } });
    const read = 'POST /api/v1/messaging/conversations/3/read';
    expect((await platform.ask('messaging-service', read, { as: { id: 2 } })).body).toEqual({ read: 1 });
    expect((await platform.ask('messaging-service', read, { as: { id: 2 } })).body).toEqual({ read: 0 });
    expect((await platform.ask('messaging-service', 'GET /api/v1/messaging/stats')).body).toMatchObject({
      conversations: 4,
    });
  });
});

describe('notification-service', () => {
  const base = '/api/v1/notifications';

  it('broadcasts to sockets, event streams and lists', async () => {
    const socket = await platform.socket('notification-service', '/ws/notifications', { as: { id: 'parent' } });
    const stream = await platform.fetch('notification-service', `GET ${base}/stream`, { as: { id: 4 } });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const json = { title: 'Neige', message: 'Établissement fermé', roles: ['parent', 'admin'] };
    expect(await platform.ask('notification-service', `POST ${base}/broadcast`, { json })).toMatchObject({
      status: 201,
      body: { sent: 2 },
    });

    expect(await socket.next()).toMatchObject({ type: 'new_notification', data: { title: 'Neige', user_id: 4 } });
    expect(await readUntil(stream, 'Neige')).toMatch(/id: \d+\nevent: new_notification\ndata: \{/);
    expect((await platform.ask('notification-service', `GET ${base}/me`, { as: { id: 4 } })).body).toMatchObject({
      total: 2,
    });
    expect((await platform.ask('notification-service', `GET ${base}/me`, { as: { id: 3 } })).body).toMatchObject({
      total: 1,
    });
  });

  it('sends first what a cut-off listener has missed', async () => {
    const headers = { 'x-user-id': '3', 'last-event-id': '0' };
    const stream = await fetch(platform.url('notification-service', `${base}/stream`), { headers });
    expect(await readUntil(stream, 'Absence')).toContain('retry: 5000\n\nid: 1\n');
  });

  it('marks as read, one or all, and only one’s own', async () => {
    const as = { id: 3 };
    expect((await platform.ask('notification-service', `GET ${base}/me/unread-count`, { as })).body).toEqual({
      count: 1,
    });
    expect((await platform.ask('notification-service', `PUT ${base}/2/read`, { as })).status).toBe(404);
    expect((await platform.ask('notification-service', `PUT ${base}/1/read`, { as })).body).toMatchObject({
      read: true,
    });
    expect((await platform.ask('notification-service', `PUT ${base}/me/read-all`, { as })).body).toEqual({ read: 0 });
    expect((await platform.ask('notification-service', `DELETE ${base}/1`, { as })).status).toBe(204);
    expect(await platform.ask('notification-service', `GET ${base}/me`)).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('X-User-ID') },
    });
  });
});

describe('the camera', () => {
  it('films without end', async () => {
    const stream = await platform.fetch('face-recognition-service', 'GET /api/v1/camera/stream?fps=25');
    expect(stream.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=frame');
    const film = await readUntil(stream, 'IEND\xaeB`\x82\r\n--frame\r\nContent-Type: image/png');
    expect(film).toMatch(/^--frame\r\nContent-Type: image\/png\r\nContent-Length: \d+\r\n\r\n\x89PNG/);
  });

  it('takes a picture', async () => {
    const picture = await platform.fetch('face-recognition-service', 'GET /api/v1/camera/snapshot');
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect((await picture.arrayBuffer()).byteLength).toBe(Number(picture.headers.get('content-length')));
  });
});
