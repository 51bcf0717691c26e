import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ENV, ran, SAMPLE, type Ran } from '../io.fixture.js';

interface Side { readonly value: unknown; readonly file: string; readonly line: number; readonly layer: string }
interface Treated { readonly route: string | null; readonly to: string | null; readonly refusal: string | null; readonly sent: string | null; readonly who: string; readonly roles: readonly string[] }
interface Group { readonly count: number; readonly aspects: readonly string[]; readonly old: Treated; readonly new: Treated; readonly example: { readonly method: string; readonly target: string; readonly line: number | null } }
interface Report {
  readonly changed: boolean;
  readonly changes: readonly { readonly kind: string; readonly path: string; readonly old: Side | null; readonly new: Side | null; readonly effect: string; readonly meaning: string }[];
  readonly examples: readonly Group[];
  readonly replay: null | {
    readonly lines: number; readonly requests: number; readonly otherwise: number; readonly groups: readonly Group[]; readonly elsewhere: number;
    readonly settings: readonly unknown[]; readonly skipped: Readonly<Record<string, number>>; readonly unknowable: readonly string[];
  };
}

let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(tmpdir(), 'passerelle-diff-')); });
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, content: string | Buffer): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

/** Replaces text that must be there. */
function edited(yaml: string, edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`There is no ${from}`);
    return text.replaceAll(from, to);
  }, yaml);
}

type Edits = Parameters<typeof edited>[1];

function diff(edits: Edits, ...argv: string[]): Promise<Ran> {
  return ran(['diff', written('old/gateway.yaml', SAMPLE), written('new/gateway.yaml', edited(SAMPLE, edits)), ...argv], ENV);
}

async function report(edits: Edits, ...argv: string[]): Promise<Report> {
  const { code, err, json } = await diff(edits, '--json', ...argv);
  const result = json<Report>();
  expect([code, err]).toEqual([result.changed ? 1 : 0, '']);
  return result;
}

describe('diff: the configurations', () => {
  it('finds nothing in what takes effect just the same', async () => {
    const { changed, changes, examples, replay } = await report([
      ['public:', 'open:'], ['use: public', 'use: open'], ['total: 20s', 'total: 20000ms'], ['\nroutes:', '\n# Routes\nroutes:'],
    ]);
    expect({ changed, changes, examples, replay }).toEqual({ changed: false, changes: [], examples: [], replay: null });
    expect(await diff([])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('nothing changes') });
  });

  it.each<[string, Edits, string, object]>([
    ['a policy by its effect', [['roles: [teacher]', 'roles: [teacher, student]']], 'routes.attendance.authorize.roles',
      { kind: 'changed', effect: 'hot', old: { value: ['teacher'], line: 8, layer: 'policies.staff' }, new: { value: ['teacher', 'student'], line: 8 } }],
    ['a default that was not written', [['superuser: admin', 'superuser: admin, known: [teacher, admin]']], 'roles.known',
      { kind: 'added', effect: 'hot', old: null, new: { value: ['teacher', 'admin'] } }],
    ['a route that is new', [['  login:', '  other: { match: { path: /other }, to: auth-service }\n  login:']], 'routes.other',
      { kind: 'added', old: null, new: { value: { to: 'auth-service' }, line: 13 } }],
    ['a route that is gone', [['  auth: { match: { path: /api/v1/auth/** }, to: auth-service }\n', '']], 'routes.auth',
      { kind: 'removed', old: { line: 14 }, new: null }],
    ['what needs a restart', [['version: 1', 'version: 1\nserver: { port: 9000 }']], 'server.port',
      { kind: 'changed', effect: 'restart', old: { value: 8000, layer: 'default' }, new: { value: 9000, line: 2 } }],
    ['targets that come and go', [['"http://127.0.0.1:1/base"', '"http://127.0.0.1:2/base"']], 'services.attendance-service.targets',
      { effect: 'connections', meaning: expect.stringMatching(/^new connections to http:\/\/127\.0\.0\.1:2\/base; those to http:\/\/127\.0\.0\.1:1\/base close/) }],
    ['a weight, which replaces no connection', [['"http://127.0.0.1:1/base"', '"http://127.0.0.1:1/base|3"']], 'services.attendance-service.targets',
      { effect: 'hot', meaning: 'the addresses stay, and so do their connections' }],
    ['connections that are replaced', [['auth-service: { targets: "http://127.0.0.1:1" }', 'auth-service: { targets: "http://127.0.0.1:1", connections: { max: 7 } }']], 'services.auth-service.connections.max',
      { effect: 'connections', meaning: expect.stringMatching(/^the connections to every target are replaced/) }],
    ['a balancer', [['auth-service: { targets: "http://127.0.0.1:1" }', 'auth-service: { targets: "http://127.0.0.1:1", balance: { use: random } }']], 'services.auth-service.balance',
      { effect: 'hot', old: { value: { use: 'p2c' } }, new: { value: expect.objectContaining({ use: 'random' }) } }],
    ['a breaker that is new', [['auth-service: { targets: "http://127.0.0.1:1" }', 'auth-service: { targets: "http://127.0.0.1:1", breaker: {} }']], 'services.auth-service.breaker', { kind: 'added', effect: 'hot' }],
  ])('tells of %s', async (_what, edits, at, expected) => {
    const { changes } = await report(edits);
    expect(changes.find((change) => change.path === at)).toMatchObject(expected);
  });

  it('tells of a breaker that begins anew', async () => {
    const yaml = SAMPLE.replace('"http://127.0.0.1:1" }', '"http://127.0.0.1:1", breaker: { open: 10s } }');
    const argv = ['diff', written('breaker.yaml', yaml), written('breaker2.yaml', yaml.replace('10s', '20s')), '--json'];
    expect((await ran(argv, ENV)).json<Report>().changes).toMatchObject([{ path: 'services.auth-service.breaker.open', effect: 'state', old: { value: '10s' }, new: { value: '20s' } }]);
  });

  it('tells that a secret changed, and never what it is', async () => {
    const [before, after] = ['one-secret-that-is-long-enough-0123456789', 'another-secret-that-is-long-enough-0123456789'];
    const [old, changed] = [written('one/gateway.yaml', SAMPLE), written('two/gateway.yaml', SAMPLE)];
    // Each file has its own .env beside it.
    written('one/.env', `JWT_SECRET_KEY=${before}\n`);
    written('two/.env', `JWT_SECRET_KEY=${after}\n`);
    const told = [await ran(['diff', old, changed, '--json']), await ran(['diff', old, changed])];
    expect(told[0]?.json<Report>().changes).toMatchObject([{
      path: 'authenticate.users.secret', old: { value: '[redacted]' }, new: { value: '[redacted]' }, meaning: expect.stringContaining('judged anew'),
    }]);
    expect(told[1]?.out).toContain('[redacted], but not the same');
    for (const { code, err, out } of told) {
      expect(code).toBe(1);
      expect(out + err).not.toContain(before);
      expect(out + err).not.toContain(after);
    }
  });

  it('leaves tests out, which no gateway runs', async () => {
    expect((await report([['version: 1', 'version: 1\ntests: [{ request: { url: /health }, expect: { endpoint: health } }]']])).changed).toBe(false);
  });

  it('reads well: what many routes inherit is told once', async () => {
    const { code, out } = await diff([['total: 20s', 'total: 25s'], ['version: 1', 'version: 1\nserver: { port: 9000 }']]);
    expect(code).toBe(1);
    expect(out).toMatch(/\n\nNeeds a restart\n {2}~ server\.port\n {6}was +8000 +default\n {6}is +9000 +\S+new\/gateway\.yaml:2\n/);
    expect(out).toMatch(/\n {2}~ timeout\.total of defaults, the routes login, auth, attendance and \d+ endpoints\n {6}was +20s +\S+:5\n {6}is +25s +\S+:6\n?$/);
  });
});

describe('diff: requests made from the patterns', () => {
  it('tells which route no longer wins', async () => {
    const { examples } = await report([['  auth: {', '  shadow: { match: { path: /api/v1/attendance/:id }, use: public, to: auth-service }\n  auth: {']]);
    expect(examples).toMatchObject([
      { aspects: ['destination', 'access'], old: { route: 'attendance', to: 'attendance-service', sent: 'GET /base/attendance/example' }, new: { route: 'shadow', to: 'auth-service', sent: 'GET /api/v1/attendance/example' }, example: { method: 'GET', target: '/api/v1/attendance/example', line: null } },
    ]);
  });

  it.each<[string, Edits, string, string | null, string | null]>([
    ['a method is taken away', [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, methods: [GET]']], 'POST /api/v1/attendance', null, '405 method-not-allowed'],
    ['a path is new', [['path: /api/v1/attendance/**', 'path: [/api/v1/attendance/**, /present]']], 'GET /present', '404 route-not-found', null],
    ['a host is asked for', [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, hosts: [a.org]']], 'GET /api/v1/attendance', null, '404 route-not-found'],
    ['a header is asked for', [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, headers: { x-a: "1" }']], 'GET /api/v1/attendance', null, '404 route-not-found'],
  ])('where %s', async (_what, edits, request, before, after) => {
    const { examples } = await report(edits);
    expect(examples.map(({ example: { method, target }, new: is, old: was }) => [`${method} ${target}`, was.refusal, is.refusal])).toContainEqual([request, before, after]);
  });

  it('a route that only has another name is none', async () => {
    const { changes, examples } = await report([['  attendance:', '  presence:']]);
    expect(changes.map(({ kind, path: at }) => [kind, at])).toEqual([['removed', 'routes.attendance'], ['added', 'routes.presence']]);
    expect(examples).toEqual([]);
  });
});

const line = (request: string, { agent = 'curl/8', status = 200, user = '-' } = {}): string =>
  `192.0.2.7 - ${user} [10/Oct/2025:13:55:36 +0000] "${request} HTTP/1.1" ${status} 2326 "-" "${agent}"`;
const access = (fields: object): string => JSON.stringify({ time: '2025-10-10T13:55:36.000Z', level: 'info', msg: 'request', method: 'GET', status: 200, ...fields });

async function replayed(edits: Edits, lines: readonly string[], ...argv: string[]): Promise<NonNullable<Report['replay']>> {
  const { replay } = await report(edits, '--replay', written('access.log', lines.join('\n')), ...argv);
  if (!replay) throw new Error('Nothing was replayed');
  return replay;
}

describe('diff --replay', () => {
  it('groups requests by what becomes of them, most frequent first', async () => {
    const replay = await replayed([['path: /api/v1/attendance/**', 'path: /api/v1/presence/**'], ['use: public', 'use: staff']], [
      line('POST /api/v1/auth/login'), line('GET /api/v1/attendance/1?token=abc'), line('GET /api/v1/attendance/2'), line('GET /api/v1/auth/me'),
      'what is this', access({ path: '/api/v1/attendance/1', route: 'attendance', service: 'attendance-service' }), access({ msg: 'listening' }),
      line('OPTIONS /api/v1/attendance/1'), '',
    ]);
    expect(replay).toMatchObject({
      requests: 5, otherwise: 4, elsewhere: 0, skipped: { other: 1, preflights: 1, unknown: 1 },
      groups: [
        { count: 3, aspects: ['destination'], old: { route: 'attendance', to: 'attendance-service', sent: 'GET /base/attendance/1?token=[redacted]' }, new: { route: null, to: null, refusal: '404 route-not-found' }, example: { target: '/api/v1/attendance/1?token=[redacted]', line: 2 } },
        { count: 1, aspects: ['access'], old: { route: 'login', who: 'public' }, new: { route: 'login', who: 'teacher (users)' }, example: { method: 'POST', line: 1 } },
      ],
    });
    expect(JSON.stringify(replay)).not.toContain('abc');
    expect(replay.unknowable.join('\n')).toMatch(/^Roles, [\s\S]*1 OPTIONS request:/);
  });

  it.each<[string, Edits, string, object | null]>([
    ['another path at the service', [['{ strip: /api/v1 }', '{ strip: 1 }']], line('GET /api/v1/attendance/1'), { aspects: ['path'], old: { sent: 'GET /base/attendance/1' }, new: { sent: 'GET /base/v1/attendance/1' } }],
    ['a role that suffices no longer', [['alias: { enseignant: teacher }', 'alias: {}']], line('GET /api/v1/attendance/1'), { aspects: ['access'], old: { roles: ['admin', 'enseignant', 'teacher'] }, new: { roles: ['admin', 'teacher'] } }],
    ['a role that sufficed anyhow', [['roles: [teacher]', 'roles: [teacher, admin]']], line('GET /api/v1/attendance/1'), null],
    ['a method that asks for more', [['roles: [teacher]', 'roles: [teacher], methods: { POST: { roles: [head] } }']], line('POST /api/v1/attendance/1'), { aspects: ['access'], old: { who: 'teacher (users)' }, new: { who: 'head (users)', roles: ['admin', 'head'] } }],
    ['another method than that', [['roles: [teacher]', 'roles: [teacher], methods: { POST: { roles: [head] } }']], line('GET /api/v1/attendance/1'), null],
    ['a route that asks whose it is', [['roles: [teacher]', 'owner: { param: id, claim: school }'], ['/api/v1/attendance/**', '/api/v1/attendance/:id']], line('GET /api/v1/attendance/1'), { aspects: expect.arrayContaining(['access']), new: { who: 'whose school is :id (users)' } }],
    ['an alternative', [['roles: [teacher]', 'anyOf: [{ roles: [teacher] }, { scopes: [read] }]']], line('GET /api/v1/attendance/1'), { aspects: ['access'], new: { who: 'teacher, or scopes read (users)' } }],
    ['a caller who is not needed any more', [['staff: { authorize: { roles: [teacher] } }', 'staff: { authenticate: { any: users, optional: on } }']], line('GET /api/v1/attendance/1'), { aspects: ['access'], new: { who: 'anyone, known or not (users)' } }],
    ['a permission that another role brings', [['roles: [teacher]', 'permissions: [see]'], ['superuser: admin', 'superuser: admin, permissions: { teacher: see }']], line('GET /api/v1/attendance/1'), { aspects: ['access'], new: { who: 'permissions see (users)' } }],
    ['strangers who are told less', [['version: 1', 'version: 1\nunmatched: { unauthenticated: 401 }']], line('GET /nowhere'), { old: { refusal: '404 route-not-found' }, new: { refusal: '401 unauthenticated' } }],
    ['the same, for somebody who is known', [['version: 1', 'version: 1\nunmatched: { unauthenticated: 401 }']], line('GET /nowhere', { user: 'anna' }), null],
    ['sockets that are refused', [['use: staff\n', 'use: staff\n    websocket: off\n']], line('GET /api/v1/attendance/1', { status: 101 }), { new: { refusal: '403 upgrade-refused' } }],
    ['a caller by an authenticator that is not asked', [['  auth: {', '  auth: { authenticate: [links],'], ['\nroles: {', '\n  links: { use: jwt, secret: "${JWT_SECRET_KEY}", from: [{ query: token }] }\nroles: {']],
      access({ path: '/api/v1/auth/me', subject: '7', authenticator: 'users', route: 'auth', service: 'auth-service' }), { new: { refusal: '401 unauthenticated' } }],
    ['an authenticator with another name', [['  users: {', '  people: {']], access({ path: '/api/v1/auth/me', subject: '7', authenticator: 'users', route: 'auth', service: 'auth-service' }), null],
    ['a header that is logged', [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, headers: { user-agent: { prefix: Mozilla } }']], line('GET /api/v1/attendance/1', { agent: 'Mozilla/5.0' }), null],
    ['a header that is logged and wrong', [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, headers: { user-agent: { prefix: Mozilla } }']], line('GET /api/v1/attendance/1'), { new: { refusal: '404 route-not-found' } }],
    ['a path that is not safe either way', [['use: public', 'use: staff']], line(String.raw`GET /api/%2e%2e%2f\xFFadmin`), null],
  ])('judges %s', async (_what, edits, logged, expected) => {
    const { groups } = await replayed(edits, [logged]);
    if (expected === null) expect(groups).toEqual([]);
    else expect(groups).toMatchObject([{ count: 1, ...expected }]);
  });

  it('tells of requests whose route has other settings, and of a log of another file', async () => {
    const replay = await replayed([['total: 20s', 'total: 25s']], [
      access({ path: '/api/v1/attendance/1', route: 'presence', service: 'attendance-service' }), access({ path: '/api/v1/attendance/2', route: 'attendance', service: 'attendance-service' }),
    ]);
    expect(replay).toMatchObject({ otherwise: 0, groups: [], elsewhere: 1, settings: [{ route: 'attendance', count: 2 }] });
  });

  it('says what the log lacks, and takes a host for it', async () => {
    const edits: Edits = [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, hosts: [a.org], headers: { x-a: true }, query: { b: true }']];
    const lines = [line('GET /api/v1/attendance/1')];
    const { unknowable } = await replayed(edits, lines);
    expect(unknowable.join('\n')).toMatch(/header x-a,[\s\S]*Queries,[\s\S]*host of 1 request: judged as none/);
    const hosted: Edits = [['path: /api/v1/attendance/**', 'path: /api/v1/attendance/**, hosts: [a.org]']];
    expect([(await replayed(hosted, lines)).otherwise, (await replayed(hosted, lines, '--host', 'a.org')).otherwise]).toEqual([1, 0]);
    expect((await replayed(hosted, [`a.org:443 ${lines[0]}`])).otherwise).toBe(0);
  });

  it('unpacks what ends in .gz', async () => {
    const log = written('access.log.gz', Buffer.concat([gzipSync(`${line('GET /api/v1/attendance/1')}\n`), gzipSync(line('GET /api/v1/attendance/2'))]));
    expect((await report([['path: /api/v1/attendance/**', 'path: /other']], '--replay', log)).replay).toMatchObject({ requests: 2, otherwise: 2 });
  });

  it('reads well', async () => {
    const { out } = await diff([['path: /api/v1/attendance/**', 'path: /api/v1/presence/**'], ['alias: { enseignant: teacher }', 'alias: {}']], '--replay', written('access.log', [
      line('GET /api/v1/attendance/1'), line('GET /api/v1/auth/me'), 'x',
    ].join('\n')));
    expect(out).toMatch(/access\.log: 1 of 2 requests would be treated otherwise\n {2}1 {2}attendance \/api\/v1\/attendance\/\*\* → no route\n {7}goes to +attendance-service \(GET \/base\/attendance\/1\) → 404 route-not-found\n {7}e\.g\. +GET \/api\/v1\/attendance\/1 \(line 1\)\n {2}1 line could not be read\.\n\nWhat a log cannot tell\n/);
  });
});

describe('diff: trouble is no difference', () => {
  it('has all mistakes of both files at once', async () => {
    const { code, json } = await ran(['diff', written('old/gateway.yaml', 'version: 1\nroute: {}\n'), written('new/gateway.yaml', 'version: 1\nservice: {}\n'), '--json']);
    expect(code).toBe(2);
    expect(json<{ issues: unknown[] }>().issues).toMatchObject([{ path: 'route' }, { path: 'service' }]);
  });

  it('has what cannot be applied beside what is wrong', async () => {
    const refused = 'version: 1\nauthenticate: { users: { use: jwt, publicKey: nonsense, algorithms: [RS256] } }\n';
    const { code, err } = await ran(['diff', written('old/gateway.yaml', 'version: 1\nroute: {}\n'), written('new/gateway.yaml', refused)]);
    expect(code).toBe(2);
    expect(err).toMatch(/:2:1 route: [\s\S]*new\/gateway\.yaml: the configuration cannot be applied/);
    expect(err).not.toContain('    at ');
  });

  it.each([
    ['no second file', ['diff', 'a.yaml'], /missing required argument 'new'/],
    ['no such file', ['diff', '/nowhere/a.yaml', '/nowhere/b.yaml'], /\/nowhere\/a\.yaml: [\s\S]*\/nowhere\/b\.yaml: /],
  ])('%s', async (_what, argv, message) => {
    const { code, err } = await ran(argv);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it.each([
    ['a log that is not there', () => '/nowhere/access.log', /There is no file \/nowhere\/access\.log to replay/],
    ['a log that is not packed', () => written('plain.gz', line('GET /')), /plain\.gz cannot be read: incorrect header check/],
  ])('%s', async (_what, log, message) => {
    const { code, err } = await diff([], '--replay', log());
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(err).not.toContain('    at ');
  });
});
