import { gateway } from '../../support/gateway.js';
import { SECRET, token } from '../../support/jwt.js';

const bearer = async (claims: Record<string, unknown>): Promise<{ headers: Record<string, string> }> => ({ headers: { authorization: `Bearer ${await token(claims)}` } });
const users = (more: string): string => `authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256]${more} } }\n`;
const ROUTE = 'routes: { r: { match: { path: /r }, to: echo } }';

/** 4: what a token has to be, and where it may stand. */
export async function tokens(): Promise<void> {
  await using gw = await gateway(`${users(', required: [sub, exp, iat], type: { claim: type, equals: access }, numericSub: accept, tolerance: 10s, from: [{ header: Authorization, scheme: Bearer }, { query: token }, { cookie: session }]')}${ROUTE}`);
  const good = await token({ sub: 9000, type: 'access' });
  expect((await gw.fetch('/r', { headers: { authorization: `Bearer ${good}` } })).seen.headers['x-user-id']).toBe('9000');
  expect((await gw.fetch(`/r?a=1&token=${good}`)).seen.url).toBe('/r?a=1');
  expect((await gw.fetch('/r', { headers: { cookie: `session=${good}` } })).status).toBe(200);
  expect((await gw.fetch('/r', await bearer({ sub: 9000, type: 'refresh' }))).status).toBe(401);
  expect((await gw.fetch('/r', await bearer({ type: 'access' }))).status).toBe(401);
}

/** 5: which claims say what, and what is assumed without them. */
export async function claims(): Promise<void> {
  await using gw = await gateway(`${users(', claims: { id: [user_id, sub], email: profile.mail, roles: { from: [role, roles], default: [guest] } }')}${ROUTE}`);
  expect((await gw.fetch('/r', await bearer({ sub: 'ada', user_id: 7, role: 'enseignant', profile: { mail: 'a@b.fr' } }))).seen.headers).toMatchObject({ 'x-user-id': '7', 'x-user-role': 'enseignant', 'x-user-email': 'a@b.fr' });
  const { headers } = (await gw.fetch('/r', await bearer({ sub: 'ada' }))).seen;
  expect(headers).toMatchObject({ 'x-user-id': 'ada', 'x-user-role': 'guest' });
  expect(headers).not.toHaveProperty('x-user-email');
}

const allowed = async (roles: string, routes: string, asked: readonly (readonly [role: string, path: string])[]): Promise<number[]> => {
  await using gw = await gateway(`${users(', claims: { roles: role, permissions: perms, scopes: scope }')}${roles}\n${routes}`);
  const statuses: number[] = [];
  for (const [role, path] of asked) statuses.push((await gw.fetch(path, await bearer({ sub: 'a', ...(role.includes(':') ? { role: 'x', perms: role.split(' ') } : { role }) }))).status);
  return statuses;
};

/** 6: other names of roles, ladders, and who passes everything. */
export async function roles(): Promise<void> {
  const routes = 'routes: { teachers: { match: { path: /t }, to: echo, authorize: { roles: [teacher] } }, candidates: { match: { path: /c }, to: echo, authorize: { roles: [candidat] } }, nobody: { match: { path: /n }, to: echo, authorize: { permissions: [x] } } }';
  expect(await allowed('roles: { alias: { enseignant: teacher }, implies: { recruteur: [candidat] }, superuser: root }', routes, [
    ['enseignant', '/t'], ['etudiant', '/t'], ['recruteur', '/c'], ['candidat', '/c'], ['candidat', '/t'], ['root', '/n'], ['recruteur', '/n'],
  ])).toEqual([200, 403, 200, 200, 403, 200, 403]);
}

/** 7: any, all, closed unless a route says otherwise, roles that exist. */
export async function rules(): Promise<void> {
  const routes = `defaults: { authorize: deny }
routes:
  closed: { match: { path: /closed }, to: echo }
  all: { match: { path: /all }, to: echo, authorize: { permissions: { all: ["a:r", "b:r"] } } }
  any: { match: { path: /any }, to: echo, authorize: { permissions: { any: ["a:r", "b:r"] } } }
  known: { match: { path: /known }, to: echo, authorize: any }`;
  expect(await allowed('roles: { known: [x, teacher] }', routes, [['teacher', '/closed'], ['a:r', '/all'], ['a:r b:r', '/all'], ['a:r', '/any'], ['teacher', '/known'], ['stranger', '/known']]))
    .toEqual([403, 403, 200, 200, 200, 403]);
}

/** 12: what a service is sent; messaging-service knows no token, but `user:<id>`. */
export async function requestHeaders(): Promise<void> {
  await using gw = await gateway(`${users('')}routes:
  listed: { match: { path: /listed }, to: echo, headers: { request: { mode: list, allow: [Accept, Content-Type], authorization: drop, context: { id: X-Uid, email: X-Mail, permissions: X-Perms, separator: "|" } } } }
  messaging: { match: { path: /messaging }, to: echo, headers: { request: { drop: [X-Internal], set: { Authorization: "Bearer user:{principal.id}", X-Tenant: "{principal.claims.tenant}" } } } }`);
  const { headers } = await bearer({ sub: 7, permissions: ['a', 'b'] });
  const listed = (await gw.fetch('/listed', { headers: { ...headers, 'x-secret': '1', accept: 'text/html', 'x-uid': 'forged' } })).seen.headers;
  expect(listed).toMatchObject({ accept: 'text/html', 'x-uid': '7', 'x-perms': 'a|b' });
  for (const name of ['authorization', 'x-secret', 'x-mail']) expect(listed).not.toHaveProperty(name);
  const messaging = (await gw.fetch('/messaging', { headers: { ...headers, 'x-internal': '1', 'x-kept': '1' } })).seen.headers;
  expect(messaging).toMatchObject({ authorization: 'Bearer user:7', 'x-kept': '1' });
  for (const name of ['x-internal', 'x-tenant']) expect(messaging).not.toHaveProperty(name);
}
