import type { RequestExplanation } from '../../proxy/explanation.js';
import { configured, ENV, ran, SAMPLE } from '../io.fixture.js';

const sample = configured(SAMPLE);
afterAll(() => sample[Symbol.dispose]());

async function explained(...argv: string[]): Promise<RequestExplanation> {
  const { code, err, json } = await ran(['explain', ...argv, '--json', '--config', sample.file], ENV);
  expect([code, err]).toEqual([0, '']);
  return json<RequestExplanation>();
}

function field({ forwarded }: RequestExplanation, name: string): string | undefined {
  return forwarded?.headers.find(([sent]) => sent.toLowerCase() === name)?.[1];
}

describe('explain: what becomes of a request', () => {
  it('is forwarded: target, path and headers as the service gets them', async () => {
    const explanation = await explained('GET', '/api/v1/attendance/1?x=1', '--as', 'role=enseignant,id=7,claims.tenant=north');
    expect(explanation).toMatchObject({
      outcome: 'forwarded',
      route: { name: 'attendance', pattern: '/api/v1/attendance/**', params: { rest: '1' }, policies: ['staff'], line: 16 },
      access: { decision: 'admitted', authenticate: ['users'], principal: { id: '7', roles: ['teacher'], authenticator: 'users' } },
      forwarded: { service: 'attendance-service', method: 'GET', path: '/base/attendance/1?x=1' },
      refusal: null,
    });
    expect(field(explanation, 'x-user-role')).toBe('teacher');
    expect(field(explanation, 'x-tenant')).toBe('north');
  });

  it('does not show the credentials in the address of a target', async () => {
    using file = configured('version: 1\nservices: { a: { targets: "http://user:word@a:1/base,http://user:word@b:1" } }\nroutes: { r: { match: { path: /** }, to: a, authenticate: none } }\n');
    const { json, out } = await ran(['explain', 'GET', '/x', '--json', '--config', file.file], {});
    expect(json<RequestExplanation>().forwarded?.targets).toEqual(['http://a:1/base', 'http://b:1/']);
    expect(out).not.toContain('user:word@');
  });

  it.each([
    ['the role is wrong', ['GET', '/api/v1/attendance/1', '--as', 'role=student'], { status: 403, code: 'forbidden', by: 'access' }],
    ['nobody is signed in', ['GET', '/api/v1/attendance/1'], { status: 401, code: 'unauthenticated', by: 'access' }],
    ['a token is not valid', ['GET', '/api/v1/auth/me', '-H', 'Authorization: Bearer a.b.c'], { status: 401, code: 'invalid-credential', by: 'access' }],
    ['no route matches', ['GET', '/api/v1/atendance/1'], { status: 404, code: 'route-not-found', by: 'routing' }],
    ['the method does not exist', ['POST', '/health'], { status: 405, code: 'method-not-allowed', by: 'routing' }],
    ['the path is not safe', ['GET', '/api/%2e%2e%2fadmin'], { status: 400, code: 'unsafe-path', by: 'routing' }],
    ['the content type is not taken', ['POST', '/api/v1/attendance/1', '-d', 'x', '-H', 'Content-Type: text/plain', '--as', 'role=teacher'], { status: 415, code: 'unsupported-media-type', by: 'guard' }],
    ['the body is too large', ['POST', '/api/v1/attendance/1', '-d', 'x'.repeat(1_001), '-H', 'Content-Type: application/json', '--as', 'role=teacher'], { status: 413, code: 'body-too-large', by: 'interceptor' }],
  ])('is refused where %s', async (_why, argv, expected) => {
    const { answer, forwarded, outcome, refusal } = await explained(...argv);
    expect({ outcome, forwarded }).toEqual({ outcome: 'refused', forwarded: null });
    expect(refusal).toMatchObject(expected);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: expected.status, code: expected.code });
  });

  describe('with rules of every kind', () => {
    const file = configured(`version: 1
forwarded: { trust: [loopback] }
authenticate:
  users: { use: jwt, secret: "\${JWT_SECRET_KEY}" }
  shop: { use: hmac, clients: { a: "\${JWT_SECRET_KEY}" } }
roles: { permissions: { clerk: ["desk:*"] } }
services: { s: { targets: "http://127.0.0.1:1" } }
routes:
  own: { match: { path: "/own/:id" }, to: s, authenticate: { any: users, all: shop }, authorize: { anyOf: [{ owner: id }, { permissions: "desk:see" }], methods: { DELETE: { roles: [admin] } } } }
  maybe: { match: { path: /maybe }, to: s, authenticate: { any: users, optional: on }, guards: [{ use: ip, deny: 192.0.2.0/24 }], limit: { rate: 5/s, early: on } }
tests:
  - { request: { url: /own/7, as: { id: "7" } }, expect: { service: s } }
`);
    afterAll(() => file[Symbol.dispose]());

    const run = async (...argv: string[]): Promise<RequestExplanation> => (await ran(['explain', ...argv, '--json', '--config', file.file], ENV)).json();
    const text = async (...argv: string[]): Promise<string> => (await ran(['explain', ...argv, '--config', file.file], ENV)).out;

    it.each<[string, readonly string[], string, string | null]>([
      ['an owner', ['GET', '/own/7', '--as', 'id=7'], 'admitted', null],
      ['none', ['GET', '/own/7', '--as', 'id=8'], 'refused', 'access'],
      ['a permission by a role', ['GET', '/own/7', '--as', 'role=clerk'], 'admitted', null],
      ['another rule of the method', ['DELETE', '/own/7', '--as', 'id=7'], 'refused', 'access'],
      ['nobody where that is well', ['GET', '/maybe'], 'public', null],
      ['somebody there', ['GET', '/maybe', '--as', 'id=7'], 'admitted', null],
      ['an address, before anybody is asked', ['GET', '/maybe', '-H', 'X-Forwarded-For: 192.0.2.1'], 'not asked', 'address'],
    ])('%s', async (_case, argv, decision, by) => {
      const { access, refusal } = await run(...argv);
      expect([access.decision, refusal?.by ?? null]).toEqual([decision, by]);
    });

    it('says so in words', async () => {
      expect(await text('GET', '/own/7', '--as', 'id=7')).toContain('admitted: open to DELETE: admin; else: whose id is :id, or permissions desk:see, signed in by users, besides shop');
      expect(await text('GET', '/maybe')).toContain('public: open to anyone, known or not, signed in by users or by nobody');
      const refused = await text('GET', '/maybe', '-H', 'X-Forwarded-For: 192.0.2.1');
      expect(refused).toContain('403 address-refused');
      expect(refused).toMatch(/Refused by +a guard before access/);
      expect((await run('GET', '/maybe', '-H', 'X-Forwarded-For: 192.0.2.1')).limits).toMatchObject([{ decision: 'not asked' }]);
    });

    it('is a test of the file as well', async () => {
      expect(await ran(['test', '--config', file.file], ENV)).toMatchObject({ code: 0 });
    });
  });

  it('is answered by an endpoint', async () => {
    expect(await explained('GET', '/health')).toMatchObject({ outcome: 'endpoint', route: { endpoint: 'health' }, access: { decision: 'public' }, answer: null });
  });

  it('is a preflight, which is not asked who it is', async () => {
    const explanation = await explained('OPTIONS', '/api/v1/attendance/1', '-H', 'Origin: http://localhost:3000', '-H', 'Access-Control-Request-Method: POST');
    expect(explanation).toMatchObject({ outcome: 'preflight', route: { name: 'attendance' }, access: { decision: 'not asked' }, answer: { status: 204 } });
    expect(explanation.answer?.headers).toContainEqual(['Access-Control-Allow-Origin', 'http://localhost:3000']);
  });

  it('verifies a real token, and shows none', async () => {
    const token = (await ran(['token', '--id', '9', '--role', 'student', '--config', sample.file], ENV)).out.trim();
    const explanation = await explained('GET', '/api/v1/auth/me', '-H', `Authorization: Bearer ${token}`);
    expect(explanation).toMatchObject({ outcome: 'forwarded', access: { decision: 'admitted', principal: { id: '9', roles: ['student'] } } });
    expect(field(explanation, 'authorization')).toBe('Bearer [redacted]');
    expect(JSON.stringify(explanation)).not.toContain(token);
  });
});

describe('explain: why', () => {
  it('tells of every route why it lost', async () => {
    const { candidates } = await explained('DELETE', '/api/v1/auth/login');
    expect(candidates.find(({ name }) => name === 'login')).toMatchObject({ outcome: 'lost', reason: 'method DELETE is not among POST' });
    expect(candidates.find(({ name }) => name === 'auth')).toMatchObject({ outcome: 'won', reason: null });
    expect(candidates.find(({ name }) => name === 'attendance')?.reason).toMatch(/^path: segment 3/);
  });

  it('tells where each setting was written', async () => {
    const { settings } = await explained('GET', '/api/v1/attendance/1');
    const of = (path: string) => settings.find((setting) => setting.path === path);
    expect(of('authorize.roles')).toMatchObject({ value: ['teacher'], layer: 'policies.staff', line: 8 });
    expect(of('timeout.total')).toMatchObject({ value: '20s', layer: 'defaults', line: 5 });
    expect(of('path.strip')).toMatchObject({ layer: 'routes.attendance', line: 20 });
    expect(of('timeout.connect')).toMatchObject({ layer: 'default', file: '' });
  });

  it('names the nearest pattern for a 404', async () => {
    expect((await explained('GET', '/api/v1/atendance/1')).nearest).toBe('/api/v1/attendance/**');
  });

  it('reads well', async () => {
    const { out } = await ran(['explain', 'GET', 'https://gw.example/api/v1/attendance/1', '--as', 'role=student,id=7', '--config', sample.file], ENV);
    expect(out).toMatch(/^GET \/api\/v1\/attendance\/1 on gw\.example\n✗ 403 forbidden: This route needs one of the roles teacher/);
    expect(out).toMatch(/ {2}Access +refused: open to teacher, signed in by users\n {2}Caller +7 \(student\) by users\n/);
    expect(out).toMatch(/ {2}timeout +connect 1s, firstByte 10s, idle 30s, total 20s, write 1m, stream 1h\n/);
    expect(out).toMatch(/ {2}✗ login +\/api\/v1\/auth\/login +path: segment 3 is "attendance", the pattern wants "auth"\n/);
  });
});
