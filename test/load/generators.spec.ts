import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { rowsOf, read } from '../docs/markdown.js';
import { Dhatu } from '../platforms/dhatu.fixture.js';
import { Meetinity } from '../platforms/meetinity.fixture.js';
import { presencepro } from '../platforms/presencepro.fixture.js';
import { MeetinityServices } from '../platforms/stand-ins/meetinity.js';
import { SuperSmartMatchServices } from '../platforms/stand-ins/supersmartmatch.js';
import { SuperSmartMatch } from '../platforms/supersmartmatch.fixture.js';
import { ensureCommand } from '../support/apt.js';
import { found, orSkip } from '../support/deploy-tools.js';
import { SECRET } from '../support/jwt.js';

const run = promisify(execFile);
const folder = path.join(import.meta.dirname, 'k6');
const standIns = path.join(import.meta.dirname, 'support', 'stand-ins');
const scripts = readdirSync(folder).filter((name) => name !== 'platform.js').map((name) => name.replace('.js', ''));
const python = await orSkip('python3', async () => found(await ensureCommand('python3', 'python3')));

/** What a run of a script without k6 has seen. */
interface Ran {
  readonly checks: Readonly<Record<string, { readonly held: number; readonly failed: number }>>;
  readonly requests: readonly { readonly method: string; readonly url: string; readonly status: number; readonly scenario: string }[];
  /** Values by metric. */
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

type Variables = Readonly<Record<string, string>>;

/** A script of k6, with stand-ins for its modules that really send the requests. */
async function k6(file: string, env: Variables, iterations = 10): Promise<Ran> {
  const { stdout } = await run(process.execPath, [path.join(standIns, 'k6', 'run.mjs'), file, '--iterations', String(iterations)], { env: { ...process.env, ...env }, maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Ran;
}

const failures = ({ checks }: Ran): string[] => Object.entries(checks).filter(([, { failed }]) => failed > 0).map(([name, { failed, held }]) => `${name}: ${failed} of ${failed + held} failed`);

async function locust(host: string, env: Variables): Promise<{ tasks: string[]; requests: number; failed: string[]; exit: number }> {
  const { stdout } = await run(python as string, [path.join(standIns, 'locust', 'run.py'), path.join(import.meta.dirname, 'locust', 'locustfile.py'), host], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof locust>>;
}

/** A platform that stands. */
interface Stage extends AsyncDisposable {
  readonly url: string;
}

interface Case {
  /** Scripts that say something of this platform; `limits` stands last, for it uses the limits up. */
  readonly scripts: readonly string[];
  readonly open: () => Promise<Stage>;
  readonly env?: Variables;
}

const stage = async (url: string, platform: AsyncDisposable): Promise<Stage> => Promise.resolve({ url, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() });

const CASES: Readonly<Record<string, Case>> = {
  presencepro: {
    scripts: ['smoke', 'load', 'stress', 'soak', 'logins', 'health'],
    open: async () => { const platform = await presencepro(); return stage(platform.url, platform); },
  },
  meetinity: {
    scripts: ['smoke', 'load', 'cache', 'limits'],
    open: async () => {
      const services = await MeetinityServices.start();
      const platform = await Meetinity.open({ env: { ...services.env, RATE_LIMIT_EVENTS: '100/minute', CACHE_DEFAULT_TTL: '60' }, services });
      return stage(platform.url, platform);
    },
    env: { JWT_SECRET: SECRET },
  },
  dhatu: { scripts: ['smoke', 'cache', 'limits'], open: async () => { const platform = await Dhatu.open(); return stage(platform.url, platform); } },
  supersmartmatch: {
    scripts: ['smoke', 'limits'],
    open: async () => {
      const services = await SuperSmartMatchServices.start();
      const platform = await SuperSmartMatch.open({ env: services.env, services });
      return stage(platform.platform.url, platform);
    },
  },
};

const MORE_TIME = 120_000;

describe.each(Object.entries(CASES))('O13: load generators on %s', (name, { env = {}, open, scripts: own }) => {
  let platform: Stage;
  beforeAll(async () => { platform = await open(); }, MORE_TIME);
  afterAll(() => platform[Symbol.asyncDispose]());
  // So many requests that a slow machine, too, makes them before what drips in is as much.
  const variables = (): Variables => ({ PLATFORM: name, BASE_URL: platform.url, REQUESTS: '400', ...env });

  const runs = async (script: string): Promise<void> => {
    const ran = await k6(path.join(folder, `${script}.js`), variables());
    expect(failures(ran)).toEqual([]);
    expect(ran.requests.length).toBeGreaterThan(script === 'health' ? 9 : 3);
    const { cache_hits: hits, refused, resident_megabytes: megabytes, http_req_failed: failed } = ran.metrics;
    expect(failed).not.toContain(1);
    if (script === 'cache') expect(hits?.slice(1)).toEqual(Array.from({ length: 9 }, () => 1));
    if (script === 'limits') expect(refused?.length).toBeGreaterThan(0);
    if (script === 'soak') expect(megabytes?.every((each) => each > 20)).toBe(true);
  };

  // A describe of their own: what Jest repeats of it comes before the script that uses the limits up, too.
  describe('while there is enough', () => {
    (python === null ? it.skip : it)('Locust: every task of every kind of user is answered well', async () => {
      const { failed, requests, tasks } = await locust(platform.url, variables());
      expect(failed.filter((each) => !each.startsWith('register'))).toEqual([]);
      expect(tasks).toEqual(expect.arrayContaining(['Newcomer.login', 'Reader.read', 'Writer.read', 'Writer.write']));
      expect(requests).toBeGreaterThan(tasks.length);
    }, MORE_TIME);

    it.each(own.filter((script) => script !== 'limits'))('k6: %s', runs, MORE_TIME);
  });

  if (own.includes('limits')) it('k6: limits', () => runs('limits'), MORE_TIME);
});

describe('O13: load generators', () => {
  it('limits: PresencePro as it is', async () => {
    await using platform = await presencepro({ env: { RATE_LIMIT_REQUESTS_PER_MINUTE: '100', RATE_LIMIT_BURST: '20' } });
    const ran = await k6(path.join(folder, 'limits.js'), { BASE_URL: platform.url });
    // The login counts as well.
    expect([failures(ran), ran.metrics['refused']?.length]).toEqual([[], 11]);
  }, MORE_TIME);

  it('added: the same request with and without the gateway', async () => {
    await using platform = await presencepro();
    const ran = await k6(path.join(folder, 'added.js'), { BASE_URL: platform.url, DIRECT_URL: `${platform.platform.urls['attendance-service']}/api/v1/attendance/1` });
    expect([failures(ran), ran.metrics['added_ms']?.length]).toEqual([[], 10]);
  }, MORE_TIME);

  it('a token that nobody signed is seen', async () => {
    await using platform = await presencepro();
    const ran = await k6(path.join(folder, 'smoke.js'), { BASE_URL: platform.url, TOKEN: 'not.a.token' });
    expect(failures(ran)).toContain('GET /api/v1/attendance/1: 2xx: 3 of 3 failed');
    if (python !== null) expect(await locust(platform.url, { TOKEN: 'not.a.token' })).toMatchObject({ exit: 1 });
  }, MORE_TIME);

  it.each([
    ['a threshold on a metric that there is not', `thresholds: { 'http_req_durations': ['p(95)<1'] }`, 'there is no metric http_req_durations'],
    ['an aggregate that its kind of metric has not', `thresholds: { http_req_failed: ['p(95)<1'] }`, 'is none for a rate'],
    ['a scenario that nothing carries out', `thresholds: {}`, 'nothing exported is called nobody'],
  ])('%s is refused', async (what, thresholds, message) => {
    const own = mkdtempSync(path.join(tmpdir(), 'passerelle-k6-'));
    const file = path.join(own, 'script.mjs');
    writeFileSync(file, `export const options = { scenarios: { a: { executor: 'constant-vus', vus: 1, duration: '1s', exec: '${what.startsWith('a scenario') ? 'nobody' : 'run'}' } }, ${thresholds} };\nexport function run() {}\n`);
    await expect(k6(file, {})).rejects.toThrow(message);
    rmSync(own, { recursive: true });
  });

  it('every script is run here and has a line in the README', () => {
    const ran = new Set(['added', ...Object.values(CASES).flatMap(({ scripts: own }) => own)]);
    expect([...ran].toSorted()).toEqual(scripts.toSorted());
    const named = rowsOf(read('test/load/README.md')).flatMap(([cell = '']) => /^`(\w+)\.js`$/.exec(cell)?.[1] ?? []);
    expect(named.toSorted()).toEqual(scripts.toSorted());
  });
});
