import { gateway } from '../../support/gateway.js';

const OPEN = 'defaults: { authenticate: none }\n';

/** 1: several patterns, and the three ways a prefix ends. */
export async function patterns(): Promise<void> {
  await using gw = await gateway(`${OPEN}routes:
  aliases: { match: { path: [/events/**, /api/events/**] }, to: echo }
  users: { match: { path: /api/v1/users/**, prefix: string }, to: echo }
  status: { match: { path: /api/gateway/status/**, prefix: exact }, to: echo }`);
  const status = async (path: string): Promise<string> => `${path} ${(await gw.fetch(path)).status}`;
  expect(await Promise.all(['/events/1', '/api/events/1', '/eventsX', '/api/v1/usersXYZ', '/api/gateway/status', '/api/gateway/status/x'].map(status))).toEqual([
    '/events/1 200', '/api/events/1 200', '/eventsX 404', '/api/v1/usersXYZ 200', '/api/gateway/status 200', '/api/gateway/status/x 404',
  ]);
}

/** 2: what becomes of a path; a table under several versions with one default. */
export async function paths(): Promise<void> {
  await using gw = await gateway(`${OPEN}versions: { names: [v1, v2], default: v1 }
routes:
  users: { match: { path: /api/users/** }, to: echo, path: { strip: /api } }
  analytics: { match: { path: /api/analytics/** }, to: echo, path: { strip: 2 } }
  kept: { match: { path: /api/kept/** }, to: echo }
  students: { match: { path: /api/school/students }, to: echo, path: { template: /students }, trailingSlash: add }
  profile: { match: { path: /profile/:id, methods: [GET] }, to: echo, path: { template: "/users/{id}/profile" }, method: POST }
  replaced: { match: { path: /statistics/** }, to: echo, path: { replace: { from: statistics, to: stats } } }`);
  const got = async (path: string): Promise<string> => {
    const { method, url } = (await gw.fetch(path)).seen;
    return `${method} ${url}`;
  };
  expect(await Promise.all(['/api/users/7', '/v1/api/users/7', '/v2/api/users/7', '/api/analytics/a/b', '/api/kept/x', '/api/school/students', '/profile/7', '/statistics/global'].map(got))).toEqual([
    'GET /users/7', 'GET /users/7', 'GET /users/7', 'GET /a/b', 'GET /api/kept/x', 'GET /students/', 'POST /users/7/profile', 'GET /stats/global',
  ]);
  expect((await gw.fetch('/v3/api/users/7')).status).toBe(404);
}

/** 8: what strangers learn of paths that are not there; HEAD. */
export async function unmatched(): Promise<void> {
  const file = (status: number, head: string): string => `unmatched: { unauthenticated: ${status} }\nauthenticate: { users: { use: jwt, secret: "0123456789abcdef0123456789abcdef", algorithms: [HS256] } }
routes: { r: { match: { path: /r, methods: [GET] }, to: echo, authenticate: none, head: ${head} } }`;
  for (const [unauthenticated, head, answered] of [[401, 'on', 200], [404, 'off', 405]] as const) {
    await using gw = await gateway(file(unauthenticated, head));
    expect([(await gw.fetch('/nothing')).status, (await gw.fetch('/r', { method: 'HEAD' })).status]).toEqual([unauthenticated, answered]);
  }
}

/** 17: whose word about the client counts. */
export async function proxies(): Promise<void> {
  const headers = { 'x-forwarded-for': '192.0.2.7', 'x-real-ip': '192.0.2.7' };
  for (const [trust, forwarded] of [['[]', '127.0.0.1'], ['loopback', '192.0.2.7, 127.0.0.1']] as const) {
    await using gw = await gateway(`${OPEN}forwarded: { trust: ${trust}, send: [x-forwarded, x-real-ip] }\nroutes: { r: { match: { path: /r }, to: echo } }`);
    const { seen } = await gw.fetch('/r', { headers });
    expect([seen.headers['x-forwarded-for'], seen.headers['x-real-ip']]).toEqual([forwarded, forwarded.split(',')[0]]);
  }
  await using gw = await gateway(`${OPEN}forwarded: { trust: loopback, mode: replace }\nroutes: { r: { match: { path: /r }, to: echo } }`);
  expect((await gw.fetch('/r', { headers })).seen.headers['x-forwarded-for']).toBe('192.0.2.7');
}
