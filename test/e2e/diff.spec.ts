import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { echoService, type EchoService } from '#libs/testing';
import { build, Passerelle } from '../support/passerelle.js';

const root = path.resolve(import.meta.dirname, '../..');
const platform = path.join(root, 'deploy/platforms/presencepro');
const SECRET = 'never-to-be-printed-0123456789-0123456789';

/** What an operator might do on a Friday: routes move, a rule is loosened, a policy gets another name, a port changes. */
const EDITS: readonly (readonly [from: string, to: string])[] = [
  ['staff', 'teachers'],
  ['  courses: { match: { path: [/api/v1/courses/**, /api/v1/classes/**] }, use: [admins, bare]', '  courses: { match: { path: [/api/v1/courses/**, /api/v1/classes/**] }, use: [bare]'],
  ['  attendance: { match: { path: /api/v1/attendance/** }', '  attendance: { match: { path: /api/v1/presence/** }'],
  ['port: "${GATEWAY_PORT:-8000}"', 'port: 9000'],
];

const NGINX = [
  '192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /api/v1/attendance/7?day=1 HTTP/1.1" 200 512 "https://school.example/" "Mozilla/5.0"',
  '192.0.2.7 - - [10/Oct/2025:13:55:37 +0000] "GET /api/v1/attendance/8 HTTP/2.0" 200 512 "-" "Mozilla/5.0"',
  '192.0.2.8 - anna [10/Oct/2025:13:55:38 +0000] "GET /api/v1/courses/1 HTTP/1.1" 200 99 "-" "curl/8.5"',
  '192.0.2.8 - - [10/Oct/2025:13:55:39 +0000] "GET /api/v1/messaging/1 HTTP/1.1" 200 99 "-" "curl/8.5"',
  String.raw`192.0.2.9 - - [10/Oct/2025:13:55:40 +0000] "\x16\x03\x01\x02" 400 157 "-" "-"`,
].join('\n');

let folder: string;
let echo: EchoService;

beforeAll(async () => {
  build();
  folder = mkdtempSync(path.join(tmpdir(), 'passerelle-diff-'));
  echo = await echoService();
  for (const name of ['gateway.yaml', 'gateway.tests.yaml']) copyFileSync(path.join(platform, name), path.join(folder, name));
  const yaml = readFileSync(path.join(platform, 'gateway.yaml'), 'utf8');
  const edited = EDITS.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The platform has no ${from}`);
    return text.replaceAll(from, to);
  }, yaml);
  writeFileSync(path.join(folder, 'next.yaml'), edited);
  writeFileSync(path.join(folder, 'renamed.yaml'), yaml.replaceAll('staff', 'teachers'));
}, 120_000);
afterAll(async () => {
  await echo.close();
  rmSync(folder, { recursive: true });
});

const env = (): Record<string, string> => ({
  JWT_SECRET_KEY: SECRET, GATEWAY_HOST: '127.0.0.1',
  ...Object.fromEntries(['AUTH', 'ATTENDANCE', 'COURSE', 'MESSAGING', 'USER'].map((name) => [`${name}_SERVICE_URL`, echo.url])),
});

interface Told { readonly code: number | null; readonly out: string; readonly err: string }

function diff(argv: readonly string[], input = ''): Told {
  const { PASSERELLE_CONFIG: _config, FORCE_COLOR: _colour, ...clean } = process.env;
  const { status, stderr, stdout } = spawnSync(process.execPath, [path.join(root, 'bin', 'passerelle'), 'diff', ...argv], { cwd: folder, env: { ...clean, ...env() }, input, encoding: 'utf8' });
  expect(stdout + stderr).not.toContain(SECRET);
  return { code: status, out: stdout, err: stderr };
}

/** The access log of a gateway that runs with the platform's file. */
async function accessLog(use: (url: string, token: string) => Promise<void>): Promise<string> {
  await using signed = Passerelle.run(['token', '--id', '7', '--role', 'admin'], { cwd: folder, env: env() });
  await signed.ended;
  await using gateway = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder, env: env() });
  const [, url = ''] = await gateway.says(/"msg":"listening","url":"(http:[^"]+)"/);
  await use(url, signed.out.trim());
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toEqual({ code: 0, signal: null });
  return gateway.out;
}

describe('X2: diff', () => {
  it('says that nothing changes where only a policy has another name', () => {
    expect(diff(['gateway.yaml', 'renamed.yaml'])).toEqual({ code: 0, err: '', out: 'gateway.yaml → renamed.yaml: nothing changes\n' });
  });

  it('tells what changes, where, and what that takes', () => {
    const { code, err, out } = diff(['gateway.yaml', 'next.yaml']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/^gateway\.yaml → next\.yaml: 3 changes\n\nNeeds a restart\n {2}~ server\.port\n {6}was +8000 +gateway\.yaml:10\n {6}is +9000 +next\.yaml:10\n/);
    expect(out).toMatch(/~ routes\.courses\.authorize\n.*admin.* gateway\.yaml:\d+\n {6}is +any +default\n/);
    expect(out).toMatch(/attendance \/api\/v1\/attendance\/\*\* → no route\n {4}goes to .* → 404 route-not-found\n/);
  });

  it('tells which requests of the log of a real gateway would be treated otherwise', async () => {
    const log = await accessLog(async (url, token) => {
      const get = async (target: string): Promise<number> => (await fetch(url + target, { headers: { authorization: `Bearer ${token}` } })).status;
      for (const target of ['/api/v1/attendance/1', '/api/v1/attendance/2', '/api/v1/courses/1', '/api/v1/messaging/1', '/health']) expect(await get(target)).toBe(200);
      expect(await get('/nowhere')).toBe(404);
    });
    writeFileSync(path.join(folder, 'access.log.gz'), gzipSync(log));
    const { code, err, out } = diff(['gateway.yaml', 'next.yaml', '--replay', 'access.log.gz', '--json']);
    expect([code, err]).toEqual([1, '']);
    const { replay } = JSON.parse(out) as { replay: Record<string, unknown> };
    expect(replay).toMatchObject({
      requests: 6, otherwise: 3, elsewhere: 0, skipped: { unknown: 0, preflights: 0 },
      groups: [
        { count: 2, aspects: ['destination'], old: { route: 'attendance', to: 'attendance-service', sent: 'GET /api/v1/attendance/1' }, new: { route: null, refusal: '404 route-not-found' } },
        { count: 1, aspects: ['access'], old: { route: 'courses', who: 'admin (users)' }, new: { route: 'courses', who: 'anyone known (users)' }, example: { target: '/api/v1/courses/1' } },
      ],
    });
  }, 60_000);

  it('reads what nginx wrote, from the standard input', () => {
    const { code, err, out } = diff(['gateway.yaml', 'next.yaml', '--replay', '-'], NGINX);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/\nthe log: 3 of 4 requests would be treated otherwise\n {2}2 {2}attendance [^\n]* → no route\n/);
    expect(out).toMatch(/\n {2}1 {2}courses \/api\/v1\/courses\/\*\*\n {7}who may +admin \(users\) → anyone known \(users\)\n/);
    expect(out).toMatch(/1 line could not be read\.\n\nWhat a log cannot tell\n {2}Roles, /);
  });

  it('has trouble with an exit code of its own, and all mistakes of both files', () => {
    writeFileSync(path.join(folder, 'wrong.yaml'), 'version: 1\nroute: {}\n');
    const { code, err, out } = diff(['wrong.yaml', 'nowhere.yaml']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^The configuration has 2 mistakes:\nwrong\.yaml:2:1 route: .*\nnowhere\.yaml: there is no such file/);
    expect(diff(['gateway.yaml', 'next.yaml', '--replay', 'nowhere.log'])).toMatchObject({ code: 2, out: '' });
    expect(diff(['gateway.yaml'])).toMatchObject({ code: 2, out: '' });
  });
});
