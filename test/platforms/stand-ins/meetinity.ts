import { formOf, jsonOf, standIn, type Handler, type Handlers, type Said, type StandIn } from './service.js';

/** What the services say of themselves in every header. */
const OWN = { server: 'Werkzeug/2.3.7 Python/3.11.4', 'access-control-allow-origin': '*' };
const PICTURE = Buffer.from('89504e470d0a1a0a', 'hex');

const said = (json: unknown, status = 200, headers: Said['headers'] = {}): Said => ({ status, json, headers: { ...OWN, ...headers } });
const page = (status: number, title: string): Said => ({ status, headers: { ...OWN, 'content-type': 'text/html; charset=utf-8' }, body: `<!doctype html>\n<title>${status} ${title}</title>` });
const healthy: Handler = () => said({ status: 'ok' });

/** Errors of user-service. */
const refused = (status: number, code: string, message: string): Said => said({ error: { code, message, details: {} } }, status);
const USER = { id: 9000, email: 'ada@example.org', provider: 'google', name: 'Ada' };
const PROVIDERS = new Set(['google', 'linkedin']);
const bearerOf = (header: string | undefined): string | null => /^Bearer (.+)$/.exec(header ?? '')?.[1] ?? null;

const USERS: Handlers = {
  'GET /health': healthy,
  'POST /auth/verify': (heard) => (jsonOf(heard)?.['token'] ? said({ valid: true, user: USER }) : refused(400, 'MISSING_TOKEN', 'Token is required')),
  'GET /auth/verify': () => page(405, 'Method Not Allowed'),
  'GET /auth/profile': ({ headers }) => (bearerOf(headers.authorization) === null ? refused(401, 'UNAUTHORIZED', 'Missing token') : said({ user: USER })),
  'POST /auth/session': () => said({ token: 'from-a-session' }),
  'GET /auth/:provider/callback': ({ query, headers }) => (query.get('code') && query.get('state') ? said({ token: 'signed', user: USER, cookies: headers.cookie ?? null }) : refused(400, 'INVALID_STATE', 'Invalid state')),
  // What the provider is to send back is in a cookie; another one stands beside it.
  'POST /auth/:provider': ({ params: { provider = '' } }) => (PROVIDERS.has(provider) ? said({ auth_url: `https://accounts.example.org/${provider}?state=abc` }, 200, { 'set-cookie': ['session=abc; HttpOnly; Path=/', 'locale=fr; Path=/'] }) : refused(404, 'NOT_FOUND', 'Unknown provider')),
  'GET /users': () => said([USER], 200, { etag: '"1"' }),
  'GET /users/:id': ({ params }) => said({ ...USER, id: Number(params['id']) }),
  'PUT /users/:id': (heard) => said({ ...USER, ...jsonOf<object>(heard) }),
  'POST /users/:id/photo': async (heard) => {
    const photo = (await formOf(heard))?.get('photo');
    return photo instanceof File ? said({ photo_url: `/uploads/${heard.params['id'] ?? ''}.png`, user_id: Number(heard.params['id']) }, 201) : refused(422, 'INVALID_PHOTO', 'Photo is required');
  },
  'GET /uploads/:name': () => ({ headers: { ...OWN, 'content-type': 'image/png' }, body: PICTURE }),
};

function events(): Handlers {
  const registered = new Set<string>();
  return {
    'GET /health': healthy,
    'GET /events': () => said({ events: [{ id: 500, title: 'Meetup' }] }),
    'GET /events/list': () => said({ events: [] }),
    'GET /events/:id': ({ params }) => (params['id'] === '404' ? said({ error: { code: 404, message: 'Event not found' } }, 404) : said({ id: Number(params['id']), title: 'Meetup' })),
    'GET /events/:id/registrations': () => said({ registrations: [...registered].map((user_id) => ({ user_id: Number(user_id) })) }),
    'POST /events/:id/join': (heard) => {
      registered.add(String(jsonOf(heard)?.['user_id']));
      return said({ registration: { event_id: Number(heard.params['id']), status: 'confirmed' } }, 201);
    },
    'POST /events/:id/leave': () => said({ left: true }),
    'DELETE /events/:id/join': () => { registered.clear(); return { status: 204, headers: OWN }; },
    'GET /event-categories': () => said({ categories: ['tech'] }),
    'POST /check-in/:token': ({ params }) => said({ checked_in: params['token'] }),
  };
}

const MATCHING: Handlers = {
  'GET /health': healthy,
  'POST /swipe': (heard) => {
    const { action, target_id, user_id } = jsonOf(heard) ?? {};
    return user_id && target_id ? said({ match: action === 'like', users: [user_id, target_id] }) : said({ error: 'Invalid payload', details: 'user_id and target_id are required' }, 400);
  },
  'GET /matches/:id': ({ params }) => said({ user_id: Number(params['id']), matches: [] }),
  'GET /algorithm/suggest/:id': () => said({ suggestions: [1, 2] }),
};

/** It knows no tokens: digits, or `user:` and digits. */
const toWhomItMayConcern = (answer: Handler): Handler => (heard) => {
  const [, id] = /^Bearer (?:user:)?(\d+)$/.exec(heard.headers.authorization ?? '') ?? [];
  return id === undefined ? said({ error: 401, message: 'Jeton invalide' }, 401) : answer({ ...heard, params: { ...heard.params, me: id } });
};

const MESSAGING: Handlers = {
  'GET /health': healthy,
  'GET /conversations': toWhomItMayConcern(({ params }) => said([{ id: 1, participants: [Number(params['me'])] }])),
  'GET /conversations/:id/messages': toWhomItMayConcern(() => said([])),
  'POST /conversations/:id/messages': toWhomItMayConcern((heard) => said({ id: 5, sender_id: Number(heard.params['me']), content: jsonOf(heard)?.['content'] }, 201)),
  'POST /conversations/:id/read': toWhomItMayConcern(() => ({ status: 204, headers: OWN })),
  'GET /socket.io/': toWhomItMayConcern(({ query }) => ({ headers: { ...OWN, 'content-type': 'text/plain; charset=UTF-8' }, body: `0{"sid":"${query.get('EIO') ?? ''}","upgrades":["websocket"]}` })),
};

const ANALYTICS: Handlers = { 'GET /health': healthy, 'GET /reports/daily': () => said({ visits: 3 }), 'GET /': () => said({ service: 'analytics' }) };
const PAYMENTS: Handlers = { 'GET /health': healthy };

const NAMES = ['user', 'event', 'matching', 'messaging', 'analytics', 'payment'] as const;

/** The services of Meetinity, as far as they exist. */
export class MeetinityServices implements AsyncDisposable {
  private constructor(readonly user: StandIn, readonly event: StandIn, readonly matching: StandIn, readonly messaging: StandIn, readonly analytics: StandIn, readonly payment: StandIn) {}

  static async start(): Promise<MeetinityServices> {
    return new MeetinityServices(
      await standIn(USERS, () => refused(404, 'NOT_FOUND', 'Resource not found')), await standIn(events(), () => said({ error: { code: 404, message: 'Not found' } }, 404)),
      await standIn(MATCHING, () => page(404, 'Not Found')), await standIn(MESSAGING, () => said({ error: 404, message: 'Ressource introuvable' }, 404)),
      await standIn(ANALYTICS, () => said({ error: 'NOT_FOUND', message: 'No such report' }, 404)), await standIn(PAYMENTS, () => page(404, 'Not Found')),
    );
  }

  /** Variables that tell the platform's gateway where they are. */
  get env(): Record<string, string> {
    return Object.fromEntries(NAMES.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, this[name].url]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(NAMES.map((name) => this[name][Symbol.asyncDispose]()));
  }
}
