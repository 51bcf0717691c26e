import { configured, ENV, ran, SAMPLE } from '../io.fixture.js';
import type { TestResult } from '../test-run.js';

/** Runs tests, one flow map a line, after the sample: the first of them stands on line 25. */
async function tested(tests: readonly string[], ...flags: string[]) {
  using sample = configured(`${SAMPLE}tests:\n${tests.map((test) => `  - ${test}\n`).join('')}`);
  return await ran(['test', ...flags, '--config', sample.file], ENV);
}

describe('test', () => {
  it.each([
    '{ request: { url: /api/v1/attendance/1, as: { role: student } }, expect: { status: 403, code: forbidden, route: attendance } }',
    '{ request: { url: "/api/v1/attendance/1?a=1", as: { role: enseignant, id: "7" } }, expect: { service: attendance-service, path: "/base/attendance/1?a=1", method: GET, headers: { x-user-role: teacher, X-Tenant: null } } }',
    '{ request: { url: /api/v1/auth/login, method: POST }, expect: { route: login, headers: { X-User-ID: null } } }',
    '{ request: { url: /health }, expect: { endpoint: health } }',
    '{ request: { url: /nowhere }, expect: { status: 404, code: route-not-found } }',
    '{ request: { url: /api/v1/attendance/1, method: OPTIONS, headers: { Origin: "http://localhost:3000", Access-Control-Request-Method: GET } }, expect: { status: 204 } }',
  ])('passes %s', async (test) => {
    const { code, out } = await tested([test]);
    expect(out).toContain('1 passed');
    expect(code).toBe(0);
  });

  it('takes a caller only from an authenticator the route asks', async () => {
    const two = SAMPLE.replace('defaults: {', 'defaults: { authenticate: users,').replace('  users:', '  service: { use: jwt, secret: "${JWT_SECRET_KEY}" }\n  users:');
    using sample = configured(`${two}tests:\n  - { request: { url: /api/v1/auth/x, as: { authenticator: service } }, expect: { code: unauthenticated } }\n`);
    expect(await ran(['test', '--config', sample.file], ENV)).toMatchObject({ code: 0, out: expect.stringContaining('1 passed') });
  });

  it.each([
    ['status of what is forwarded', '{ request: { url: /api/v1/auth/login, method: POST }, expect: { status: 200 } }', { what: 'status', expected: '200', actual: /^the gateway forwards it to auth-service \(127\.0\.0\.1:1\)/ }],
    ['another status', '{ request: { url: /nowhere }, expect: { status: 401 } }', { what: 'status', expected: '401', actual: /^404$/ }],
    ['another route', '{ request: { url: /api/v1/auth/x, as: {} }, expect: { route: login } }', { what: 'route', expected: 'login', actual: /^auth$/ }],
    ['no route', '{ request: { url: /x }, expect: { route: auth } }', { what: 'route', expected: 'auth', actual: /^no route matches$/ }],
    ['a path where nothing is forwarded', '{ request: { url: /api/v1/auth/x }, expect: { path: /x, service: auth-service } }', { what: 'service', expected: 'the request to be forwarded', actual: /^the gateway refuses it: 401 unauthenticated/ }],
    ['another path', '{ request: { url: /api/v1/auth/x, as: {} }, expect: { path: /x } }', { what: 'path', expected: '/x', actual: /^\/api\/v1\/auth\/x$/ }],
    ['a header that is there', '{ request: { url: /api/v1/auth/x, as: { id: "7" } }, expect: { headers: { X-User-ID: null } } }', { what: 'headers.X-User-ID', expected: '(absent)', actual: /^7$/ }],
    ['no endpoint', '{ request: { url: /api/v1/auth/x, as: {} }, expect: { endpoint: health } }', { what: 'endpoint', expected: 'health', actual: /^it is no endpoint but the route auth$/ }],
    ['a URL that is none', '{ request: { url: nowhere }, expect: { status: 404 } }', { what: 'request', expected: 'a request that can be sent', actual: /neither a path/ }],
  ])('fails where it finds %s', async (_what, test, { actual, ...rest }) => {
    const { code, json } = await tested([test], '--json');
    expect(code).toBe(1);
    const { tests: [result] } = json<{ tests: TestResult[] }>();
    expect(result?.differences).toEqual([{ ...rest, actual: expect.stringMatching(actual) }]);
  });

  it('tells people the place, the difference and how to find out more', async () => {
    const { out } = await tested(['{ name: closed, request: { url: /api/v1/auth/x, headers: { X-A: "b c" }, as: { role: student, id: "7" } }, expect: { path: /x } }']);
    expect(out).toMatch(/✗ closed \(\S*gateway\.yaml:25\)\n {4}path {2}expected \/x\n {10}but \/api\/v1\/auth\/x\n/);
    expect(out).toContain("why: passerelle explain GET /api/v1/auth/x -H 'X-A: b c' --as roles=student,id=7 --config ");
    expect(out).toContain('0 passed, 1 failed (1 test)');
  });

  it('runs what the filter names', async () => {
    const both = ['{ name: one, request: { url: /x }, expect: { status: 404 } }', '{ name: two, request: { url: /x }, expect: { status: 500 } }'];
    expect((await tested(both, '--filter', 'ONE')).code).toBe(0);
    expect((await tested(both, '--filter', 'two')).code).toBe(1);
    expect(await tested(both, '--filter', 'three')).toMatchObject({ code: 2, err: expect.stringContaining('No test has "three"') });
  });

  it('says so where there are none', async () => {
    using sample = configured(SAMPLE);
    expect(await ran(['test', '--config', sample.file], ENV)).toMatchObject({ code: 0, out: expect.stringContaining('has no tests') });
  });

  it('knows variants, and the services that one answer is made of', async () => {
    const more = SAMPLE.replace('routes:\n', `routes:
  both: { match: { path: "/both/:id" }, authenticate: none, aggregate: { calls: { a: { to: auth-service, path: "/a/{id}", pick: x }, b: { to: attendance-service, path: /b } } } }
  parted: { match: { path: /parted }, authenticate: none, to: auth-service, mirror: { to: spare }, split: { variants: { old: { weight: 1 }, new: { to: attendance-service, when: { header: { x-new: "1" } } } } } }
`).replace('services:\n', 'services:\n  spare: { targets: "http://127.0.0.1:1" }\n');
    const tests = [
      '{ request: { url: /both/7 }, expect: { route: both, service: auth-service, path: /a/7 } }',
      '{ request: { url: /both/7 }, expect: { service: attendance-service, path: /base/b, headers: { accept: application/json } } }',
      '{ request: { url: /both/7, method: POST }, expect: { code: method-not-allowed } }',
      '{ request: { url: /parted }, expect: { service: auth-service } }',
      '{ request: { url: /parted, headers: { x-new: "1" } }, expect: { service: attendance-service, headers: { x-mirrored: null } } }',
    ];
    using sample = configured(`${more}tests:\n${tests.map((test) => `  - ${test}\n`).join('')}`);
    expect(await ran(['test', '--config', sample.file], ENV)).toMatchObject({ code: 0, out: expect.stringContaining('5 passed') });
    const both = await ran(['explain', 'GET', '/both/7', '--config', sample.file], ENV);
    for (const text of ['put together from what auth-service and attendance-service answer', 'What auth-service gets', 'GET /a/7', 'What attendance-service gets']) expect(both.out).toContain(text);
    expect((await ran(['explain', 'GET', '/parted', '-H', 'x-new: 1', '--config', sample.file], ENV)).out).toContain('forwarded to attendance-service (variant new): GET ');
    expect((await ran(['routes', '--config', sample.file], ENV)).out).toMatch(/GET +both +auth-service \+ attendance-service/);
  });
});
