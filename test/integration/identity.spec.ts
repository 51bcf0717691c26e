import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const FILE = `
${USERS}
roles: { known: [admin, teacher, student], alias: { enseignant: teacher }, superuser: admin }
routes:
  open: { match: { path: /open/** }, to: echo, authenticate: none }
  any: { match: { path: /any/** }, to: echo }
  staff: { match: { path: /staff/** }, to: echo, authorize: { roles: [teacher] } }
  writers: { match: { path: /writers/** }, to: echo, authorize: { permissions: { all: [read, write] } } }
`;

describe('A2: closed by default, roles and permissions', () => {
  let gw: TestGateway;
  beforeAll(async () => { gw = await gateway(FILE); });
  afterAll(() => gw[Symbol.asyncDispose]());

  const as = async (path: string, claims: Record<string, unknown> | null) => {
    const headers: Record<string, string> = claims ? { authorization: `Bearer ${await token(claims)}` } : {};
    return gw.fetch(path, { headers });
  };

  it.each([
    ['/open/1', null, 200],
    ['/any/1', null, 401],
    ['/any/1', { sub: '7', role: 'student' }, 200],
    ['/any/1', { sub: '7', role: 'stranger' }, 403],
    ['/staff/1', { sub: '7', role: 'student' }, 403],
    ['/staff/1', { sub: '7', role: 'enseignant' }, 200],
    ['/staff/1', { sub: '7', role: 'admin' }, 200],
    ['/writers/1', { sub: '7', role: 'student', permissions: ['read'] }, 403],
    ['/writers/1', { sub: '7', role: 'student', permissions: ['read', 'write'] }, 200],
    ['/nowhere', { sub: '7', role: 'student' }, 404],
  ])('%s for %j is %i', async (path, claims, status) => {
    expect((await as(path, claims)).status).toBe(status);
  });

  it('says how to authenticate', async () => {
    const { headers, json } = await as('/any/1', null);
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(json()).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('A3: tells the service who is calling, and nobody else can', async () => {
    const bearer = `Bearer ${await token({ sub: 7, email: 'a@b.c', role: 'enseignant', permissions: ['read', 'write'] })}`;
    const { seen } = await gw.fetch('/staff/1', { headers: { authorization: bearer, 'x-user-id': '1', 'X-USER-ROLE': 'admin', x_user_email: 'evil@x', 'x-gateway-request-id': 'mine' } });
    expect(seen.headers).toMatchObject({ 'x-user-id': '7', 'x-user-email': 'a@b.c', 'x-user-role': 'teacher', 'x-user-permissions': 'read,write', authorization: bearer });
    expect(seen.headers['x-gateway-request-id']).not.toBe('mine');
    expect(seen.headers).not.toHaveProperty('x_user_email');
  });

  it('A3: strips spoofed identity on public routes too', async () => {
    const { seen } = await gw.fetch('/open/1', { headers: { 'x-user-id': '1', 'x-user-permissions': 'all' } });
    expect(Object.keys(seen.headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^x-user/)]));
  });

  it('A1: takes a token from the query and cuts it out', async () => {
    const { status, seen } = await gw.fetch(`/any/1?a=1&token=${await token({ sub: '7', role: 'student' })}&b=2`);
    expect(status).toBe(200);
    expect(seen.url).toBe('/any/1?a=1&b=2');
  });

  it('A1: refuses an expired token with its own problem', async () => {
    const old = await token({ sub: '7', role: 'student' }, Math.floor(Date.now() / 1_000) - 60);
    const { status, json } = await gw.fetch('/any/1', { headers: { authorization: `Bearer ${old}` } });
    expect(status).toBe(401);
    expect(json()).toMatchObject({ code: 'expired-credential' });
  });
});
