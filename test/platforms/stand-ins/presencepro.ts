import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTH, bearerOf, refused, said } from './presencepro-auth.js';
import { socketsOf } from './presencepro-sockets.js';
import { formOf, jsonOf, standIn, type Handler, type Handlers, type Heard, type StandIn } from './service.js';

const healthy: Handler = () => said({ status: 'healthy', service: 'stand-in' });
const absent: Handler = () => said({ detail: 'Not Found' }, 404);

/** FastAPI redirects to the spelling with a slash, by the address it was called under. */
const slashed: Handler = ({ headers, path, query }) => ({ status: 307, headers: { location: `http://${headers.host ?? ''}${path}/${query.size > 0 ? `?${query.toString()}` : ''}` } });
const people = Array.from({ length: 25 }, (_, index) => ({ id: index + 1, first_name: `Prénom ${index + 1}`, class_id: (index % 3) + 1 }));

/** They ask what they believe to be auth-service whether a token is good. */
interface Verifying {
  /** `AUTH_SERVICE_URL` of theirs. */
  authService: string;
}

function verified(around: Verifying, handler: Handler): Handler {
  return async (heard) => {
    const answer = await fetch(`${around.authService}/verify-token`, { headers: { authorization: heard.headers.authorization ?? '' } });
    return answer.ok ? handler(heard) : refused(401, 'Token invalide');
  };
}

const users = (around: Verifying): Handlers => ({
  'GET /health': healthy,
  ...Object.fromEntries(['students', 'teachers', 'parents'].flatMap((name) => [
    [`* /${name}`, slashed],
    [`GET /${name}/`, verified(around, ({ query }) => said(people.filter(({ class_id: id }) => !query.has('class_id') || String(id) === query.get('class_id'))))],
    [`GET /${name}/:id`, verified(around, ({ params }) => said(people.find(({ id }) => String(id) === params['id']) ?? { detail: 'Introuvable' }, Number(params['id']) > 25 ? 404 : 200))],
    [`POST /${name}/`, verified(around, (heard) => (jsonOf(heard)?.['first_name'] === undefined ? invalid('first_name') : said({ id: 26, ...jsonOf<object>(heard) }, 201)))],
  ])),
});

const courses = (around: Verifying): Handlers => ({
  'GET /health': healthy,
  '* /courses': slashed,
  'GET /courses/': verified(around, () => said(people.slice(0, 3).map(({ id }) => ({ id, title: `Cours ${id}` })))),
  'GET /courses/:id': verified(around, ({ params }) => said({ id: Number(params['id']), title: 'Cours' })),
  'POST /courses/': verified(around, (heard) => said({ id: 4, ...jsonOf<object>(heard) }, 201)),
});

function invalid(field: string): ReturnType<typeof said> {
  return said({ detail: [{ type: 'missing', loc: ['body', field], msg: 'Field required', input: {} }] }, 422);
}

const FACES: Handlers = {
  'GET /health': healthy,
  'GET /api/v1/camera/stream': () => ({ headers: { 'content-type': 'multipart/x-mixed-replace; boundary=frame' }, body: Readable.from(film()) }),
};

async function* film(): AsyncGenerator<string> {
  for (let picture = 0; ; picture++) {
    yield `--frame\r\nContent-Type: image/jpeg\r\n\r\npicture ${picture}\r\n`;
    await sleep(20);
  }
}

const CSV = 'id,student_id,status\r\n1,1,present\r\n2,2,absent\r\n';

/** Checks nobody, and calls itself unhealthy while it works. */
const ATTENDANCE: Handlers = {
  'GET /health': () => said({ status: 'unhealthy', database: 'error' }),
  'GET /api/v1/attendance': () => said([{ id: 1, student_id: 1, status: 'present' }]),
  'GET /api/v1/attendance/export': ({ headers }) => (headers.range === 'bytes=0-1'
    ? { status: 206, headers: { 'content-type': 'text/csv', 'content-range': `bytes 0-1/${CSV.length}` }, body: CSV.slice(0, 2) }
    : { headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="presences.csv"' }, body: CSV }),
  'GET /api/v1/attendance/:id': ({ params }) => said({ id: Number(params['id']), student_id: 1, status: 'present' }),
  'POST /api/v1/attendance/mark': (heard) => said({ id: 3, ...jsonOf<object>(heard) }, 201),
};

async function filesOf(heard: Heard): Promise<object[]> {
  const files = [...(await formOf(heard)) ?? []].filter((entry): entry is [string, File] => entry[1] instanceof File);
  return files.map(([field, { name, size, type }]) => ({ field, name, size, type }));
}

const JUSTIFICATIONS: Handlers = {
  'GET /health': healthy,
  'GET /api/v1/justifications': () => said([{ id: 1, status: 'pending' }, { id: 2, status: 'approved' }]),
  'GET /api/v1/justifications/:id': ({ params }) => said({ id: Number(params['id']), status: 'pending' }),
  'POST /api/v1/justifications': async (heard) => said({ id: 3, reason: (await formOf(heard))?.get('reason') ?? null, attachments: await filesOf(heard) }, 201),
  'POST /api/v1/justifications/:id/attachments': async (heard) => said({ attachments: await filesOf(heard) }, 201),
};

const MESSAGING: Handlers = {
  'GET /health': healthy,
  'GET /api/v1/messages/stats': () => said({ unread: 2 }),
  'GET /api/v1/messages/conversations': () => said([{ id: 1, participants: [1, 2] }]),
};

/** Today it has nothing else; the frontend waits for `/ws/notifications`. */
const NOTIFICATIONS: Handlers = {
  'GET /health': healthy,
  'GET /info': () => said({ service: 'notification-service' }),
  'POST /test/event': () => said({ sent: true }),
};

const STATISTICS: Handlers = {
  'GET /health': healthy,
  'GET /stats/global': (heard) => (bearerOf(heard) === null ? refused(403, 'Not authenticated') : said({ students: 25, rate: 0.9 })),
  'GET /stats/class/:id': ({ params }) => said({ class_id: Number(params['id']), rate: 0.95 }),
};

/** The nine services of PresencePro, as far as they exist. */
export class PresenceProServices implements AsyncDisposable {
  private constructor(private readonly around: Verifying, readonly byName: Readonly<Record<string, StandIn>>, private readonly endSockets: () => void) {}

  static async start(): Promise<PresenceProServices> {
    const around: Verifying = { authService: '' };
    const tables = {
      auth: AUTH, user: users(around), course: courses(around), 'face-recognition': FACES, attendance: ATTENDANCE,
      justification: JUSTIFICATIONS, messaging: MESSAGING, notification: NOTIFICATIONS, statistics: STATISTICS,
    };
    const services: Record<string, StandIn> = {};
    for (const [name, handlers] of Object.entries(tables)) services[name] = await standIn(handlers, absent);
    const ends = [socketsOf(services['messaging'] as StandIn, '/ws'), socketsOf(services['notification'] as StandIn, '/ws/notifications')];
    return new PresenceProServices(around, services, () => { for (const end of ends) end(); });
  }

  service(name: string): StandIn {
    return this.byName[name] as StandIn;
  }

  /** Tells user-service and course-service where to have tokens verified. */
  verifyAt(url: string): void {
    this.around.authService = url;
  }

  /** Variables that tell the platform's gateway where they are. */
  get env(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.byName).map(([name, { url }]) => [`${name.toUpperCase().replaceAll('-', '_')}_SERVICE_URL`, url]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.endSockets();
    await Promise.all(Object.values(this.byName).map((service) => service[Symbol.asyncDispose]()));
  }
}
