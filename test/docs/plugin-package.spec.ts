import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { echoService, type EchoService } from '#libs/testing';
import { build, Passerelle } from '../support/passerelle.js';
import { root } from './markdown.js';

const run = promisify(execFile);
const LIMIT = 120_000;
const NAME = 'passerelle-plugin-campus';
const SECRET = 'a secret of the campus';
const source = path.join(root, 'docs/examples/campus-plugin');

/** What `npm install` would bring, without a registry: the packages of this checkout. */
function installed(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const place = path.join(folder, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(name === 'passerelle' ? root : path.join(root, 'node_modules', name), place);
  }
}

describe('X5, O14: docs/examples/campus-plugin, a package outside the tree', () => {
  let home: string;
  let services: readonly EchoService[];
  let running: Passerelle;
  let url: string;
  let writeBadge: (badge: object, secret: string) => string;

  /** Built and packed where it is developed, unpacked where the gateway's file is. */
  beforeAll(async () => {
    build();
    home = mkdtempSync(path.join(tmpdir(), 'passerelle-campus-'));
    const [package_, platform] = [path.join(home, 'package'), path.join(home, 'platform')];
    cpSync(source, package_, { recursive: true, filter: (name) => !/\/(?:dist|node_modules)$/.test(name) });
    installed(package_, ['passerelle', 'zod', '@nestjs/common', '@types/node']);
    await run(path.join(root, 'node_modules/.bin/tsc'), ['-p', package_], { cwd: package_ });
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', home], { cwd: package_ });
    mkdirSync(path.join(platform, 'node_modules', NAME), { recursive: true });
    await run('tar', ['-xzf', path.join(home, stdout.trim()), '--strip-components=1', '-C', path.join(platform, 'node_modules', NAME)]);
    cpSync(path.join(source, 'gateway.yaml'), path.join(platform, 'gateway.yaml'));
    ({ writeBadge } = (await import(path.join(package_, 'dist/badge.js'))) as { writeBadge: typeof writeBadge });
    services = await Promise.all([echoService(), echoService()]);
    const [north, south] = services.map((service) => service.url) as [string, string];
    running = Passerelle.run(['start', '--port', '0', '--host', '127.0.0.1'], { cwd: platform, env: { BADGE_SECRET: SECRET, NORTH_URL: north, SOUTH_URL: south } });
    [, url = ''] = await running.says(/listens on (http:\S+)/);
  }, LIMIT);
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await Promise.all(services.map((service) => service.close()));
    rmSync(home, { recursive: true });
  });

  const ask = async (where: string, who: readonly [string, string, string] | null, init: RequestInit = {}) => {
    const [id, role, campus] = who ?? [];
    const headers = { 'content-type': 'application/json', ...(who && { 'x-badge': writeBadge({ id, role, campus }, SECRET) }) };
    const answer = await fetch(url + where, { ...init, headers });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };
  const ada = ['ada', 'dean', 'north'] as const;
  const bob = ['bob', 'student', 'south'] as const;

  it('packs what is needed, and no sources', () => {
    const packed = readdirSync(path.join(home, 'platform/node_modules', NAME), { recursive: true, encoding: 'utf8' });
    expect(packed).toEqual(expect.arrayContaining(['package.json', 'README.md', 'dist/index.js', 'dist/index.d.ts']));
    expect(packed.filter((name) => name.startsWith('src') || name.startsWith('test'))).toEqual([]);
  });

  it('passes its own tests', async () => {
    const { stdout } = await run(process.execPath, ['--test'], { cwd: path.join(home, 'package') });
    expect(stdout).toMatch(/pass 3\b[\s\S]*fail 0\b/);
  }, LIMIT);

  it('its options are checked, and the tests of its file pass', async () => {
    const env = { BADGE_SECRET: SECRET };
    for (const command of ['check', 'test']) {
      await using checked = Passerelle.run([command], { cwd: path.join(home, 'platform'), env });
      expect([command, (await checked.ended).code, checked.err]).toEqual([command, 0, '']);
    }
  }, LIMIT);

  it('its authenticator tells who it is, who it is not, and leaves the rest to others', async () => {
    expect([(await ask('/shelves/7', bob)).status, (await ask('/shelves/7', null)).body]).toEqual([200, expect.objectContaining({ code: 'unauthenticated' })]);
    const forged = await fetch(`${url}/shelves/7`, { headers: { 'x-badge': writeBadge({ id: 'eve', role: 'dean', campus: 'north' }, 'another') } });
    expect([forged.status, ((await forged.json()) as { detail: string }).detail]).toEqual([401, 'This badge is not one of ours.']);
  });

  it('its balancer and its transform go by the campus of the caller', async () => {
    const answers = [];
    for (const who of [ada, bob, ada, bob]) answers.push(await ask('/shelves/7?page=2', who));
    expect(answers.map(({ body, headers }) => [body['url'], headers.get('x-campus'), (body['headers'] as { host: string }).host])).toEqual(
      [0, 1, 0, 1].map((at) => [`/campuses/${at === 0 ? 'north' : 'south'}/shelves/7?page=2`, at === 0 ? 'north' : 'south', new URL((services[at] as EchoService).url).host]),
    );
  });

  it('its interceptor numbers the answers', async () => {
    const numbers: number[] = [];
    for (let i = 0; i < 3; i += 1) numbers.push(Number((await ask('/shelves/7', ada)).headers.get('x-stamp')));
    expect(numbers).toEqual([0, 1, 2].map((i) => (numbers[0] ?? 0) + i));
  });

  it('its controller and its guard share a provider', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const body = JSON.stringify({ campus: 'south', day: today });
    expect((await ask('/closing-days', null)).body).toEqual({ days: [] });
    expect((await ask('/closing-days', null, { method: 'POST', body })).status).toBe(401);
    expect((await ask('/closing-days', bob, { method: 'POST', body })).status).toBe(403);
    expect((await ask('/closing-days', ada, { method: 'POST', body: '{"campus":"south","day":"soon"}' })).status).toBe(422);
    expect((await ask('/closing-days', ada, { method: 'POST', body })).body).toEqual({ campus: 'south', day: today, by: 'ada' });
    expect((await ask('/closing-days', null)).body).toEqual({ days: [`south ${today}`] });
    expect((await ask('/shelves/7', bob)).body).toMatchObject({ status: 403, detail: 'The campus south is closed today.' });
    expect([(await ask('/shelves/7', ada)).status, (await ask('/shelves/7', ['dan', 'dean', 'south'])).status]).toEqual([200, 200]);
  });
});
