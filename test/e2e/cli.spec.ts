import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService, until, type EchoService } from '#libs/testing';
import { build, Passerelle } from '../support/passerelle.js';

const SECRET = 'never-to-be-printed-0123456789-0123456789';
const URL_LINE = /Passerelle listens on (http:\/\/127\.0\.0\.1:\d+) \(gateway\.yaml\)\n/;

let folder: string;
let echo: EchoService;
const env = (): Record<string, string> => ({ JWT_SECRET_KEY: SECRET, ECHO: echo.url });

function write(route: string): void {
  writeFileSync(path.join(folder, 'gateway.yaml'), [
    'version: 1', 'log: { access: off }', 'server: { host: 127.0.0.1, grace: 5s }',
    'authenticate: { users: { use: jwt, secret: "${JWT_SECRET_KEY}" } }',
    'services: { echo: { targets: "${ECHO}" } }', `routes: { all: { match: { path: ${route} }, to: echo, authenticate: none } }`, '',
  ].join('\n'));
}

function passerelle(...argv: string[]): Passerelle {
  return Passerelle.run(argv, { cwd: folder, env: env() });
}

beforeAll(build, 120_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'passerelle-e2e-'));
  echo = await echoService();
  write('/a/**');
});
afterEach(async () => {
  await echo.close();
  rmSync(folder, { recursive: true });
});

describe('O15: start', () => {
  it('O10: loads a changed file by itself, and one that was wrong once it is right', async () => {
    writeFileSync(path.join(folder, 'secret'), SECRET);
    write('/a/**');
    const file = path.join(folder, 'gateway.yaml');
    const watching = (yaml: string): void => writeFileSync(file, yaml.replace('server: { ', 'server: { watch: 50ms, ').replace('${JWT_SECRET_KEY}', '${file:secret}'));
    watching(readFileSync(file, 'utf8'));
    await using gateway = passerelle('start', '--port', '0');
    const [, url] = await gateway.says(URL_LINE);
    const status = async (target: string): Promise<number> => (await fetch(url + target)).status;
    const ready = async (): Promise<Record<string, unknown>> => (await fetch(`${url}/health/ready`)).json() as Promise<Record<string, unknown>>;
    // At once: what is right in between would be loaded, too.
    writeFileSync(file, `${readFileSync(file, 'utf8').replace('/a/**', '/b/**')}include: more.yaml\n`);
    await until(async () => 'failedReload' in (await ready()));
    expect(await status('/a/1')).toBe(200);
    // Only the file that was missing changes.
    writeFileSync(path.join(folder, 'more.yaml'), 'info: { title: More }\n');
    await until(async () => (await status('/b/1')) === 200);
    const before = (await ready())['configuration'];
    writeFileSync(path.join(folder, 'secret'), `${SECRET}-rotated`);
    await until(async () => (await ready())['configuration'] !== before);
  }, 60_000);

  it('prints its address, serves, reloads on SIGHUP and ends on SIGTERM', async () => {
    await using gateway = passerelle('start', '--port', '0');
    const [, url] = await gateway.says(URL_LINE);
    const status = async (target: string): Promise<number> => (await fetch(url + target)).status;
    expect([await status('/a/1'), await status('/b/1')]).toEqual([200, 404]);

    write('/b/**');
    gateway.child.kill('SIGHUP');
    await until(async () => (await status('/b/1')) === 200);

    writeFileSync(path.join(folder, 'gateway.yaml'), 'version: 1\nroute: {}\n');
    gateway.child.kill('SIGHUP');
    await gateway.says(/the configuration in force stays/);
    expect(await status('/b/1')).toBe(200);

    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(gateway.out + gateway.err).not.toContain(SECRET);
  }, 60_000);

  it('answers what is in flight before it ends; a second signal does not wait', async () => {
    await using slow = await echoService(() => {});
    await using gateway = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder, env: { ...env(), ECHO: slow.url } });
    const [, url] = await gateway.says(/"msg":"listening","url":"(http:[^"]+)"/);
    const hanging = fetch(`${url}/a/1`).then(() => 'answered', () => 'cut');
    await until(() => Promise.resolve(slow.requests.length > 0));
    gateway.child.kill('SIGTERM');
    await gateway.says(/"msg":"closing"/);
    await sleep(600);
    expect(gateway.child.exitCode).toBeNull();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 143, signal: null });
    expect(await hanging).toBe('cut');
  }, 60_000);

  it('says which port is in use', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await using gateway = passerelle('start', '--port', String(port));
    expect(await gateway.ended).toMatchObject({ code: 1 });
    expect(gateway.err).toContain(`Port ${port} is in use`);
    expect(gateway.err).not.toContain('    at ');
    other.close();
  });

  it.each([
    ['a file that is wrong', 'version: 1\nroute: {}\n', /gateway\.yaml:2:1 route: .*Did you mean "routes"\?/],
    ['a file that cannot be applied', 'version: 1\nservices: { a: { targets: "http://a" } }\nroutes: { a: { match: { path: / }, to: a, authenticate: none, cors: { origins: [nonsense] } } }\n', /cannot be applied\n.*nonsense/],
  ])('tells what is the matter with %s, without a stack', async (_what, yaml, message) => {
    writeFileSync(path.join(folder, 'gateway.yaml'), yaml);
    await using gateway = passerelle('start', '--port', '0');
    expect(await gateway.ended).toMatchObject({ code: 1 });
    expect(gateway.err).toMatch(message);
    expect(gateway.err).not.toContain('    at ');
  });
});

describe('O15: demo', () => {
  const demo = (...argv: string[]): Passerelle => Passerelle.run(['demo', ...argv], { cwd: folder });

  it('takes the sample platform on a tour', async () => {
    await using sample = demo('--port', '0');
    await sample.says(/Ctrl-C ends it all\.\n/);
    const url = /runs at (http:\/\/127\.0\.0\.1:\d+) /.exec(sample.out)?.[1] ?? '';
    const status = async (role: string): Promise<number> => {
      const token = new RegExp(`^export ${role}=(\\S+)$`, 'm').exec(sample.out)?.[1];
      return (await fetch(`${url}/api/v1/attendance/1`, { headers: { authorization: `Bearer ${token}` } })).status;
    };
    expect([await status('ENSEIGNANT'), await status('ETUDIANT')]).toEqual([200, 403]);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    sample.child.kill('SIGINT');
    expect(await sample.ended).toEqual({ code: 0, signal: null });
    expect(sample.err).toBe('');
  }, 60_000);

  it('tells tools as JSON where everything is', async () => {
    await using sample = demo('--port', '0', '--json');
    await sample.says(/\n\}\n/);
    const { services, tokens, url } = JSON.parse(sample.out) as { url: string; services: Record<string, string>; tokens: { role: string; token: string }[] };
    expect(Object.keys(services)).toHaveLength(9);
    expect(tokens.map(({ role }) => role)).toEqual(['admin', 'enseignant', 'etudiant', 'parent']);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  }, 60_000);

  it('says how to choose another port', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await using sample = demo('--port', String(port));
    expect(await sample.ended).toMatchObject({ code: 1 });
    expect(sample.err).toContain(`Port ${port} is in use (127.0.0.1:${port}). Choose another with --port`);
    other.close();
  }, 60_000);
});

describe('O15, X1, X2: every other command', () => {
  it.each([
    [['check'], 0, /gateway\.yaml: 1 route, 1 service/],
    [['routes'], 0, /\/a\/\*\* +all methods +all +echo +keep +public/],
    [['print', '--effective'], 0, /secret: ['"]?\[redacted\]/],
    [['explain', 'GET', '/a/1'], 0, /^GET \/a\/1\n→ forwarded to echo: GET http:\/\/127\.0\.0\.1:\d+\/a\/1\n/],
    [['token'], 0, /^ey[\w.-]+\n$/],
    [['test'], 0, /has no tests/],
    [['completion', 'fish'], 0, /complete -c passerelle/],
    [['check', 'nowhere.yaml', '--json'], 1, /"ok": false/],
    [['explian'], 2, /^$/],
  ])('%j exits with %i', async (argv, code, out) => {
    await using command = passerelle(...argv);
    expect(await command.ended).toEqual({ code, signal: null });
    expect(command.out).toMatch(out);
    expect(command.out + command.err).not.toContain(SECRET);
    expect(command.out).not.toContain('\u001b');
  });
});
