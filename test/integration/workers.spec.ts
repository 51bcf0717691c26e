import { Agent, request as httpRequest, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService, type EchoService } from '#libs/testing';
import { token, USERS } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';

const LIMIT = 180_000;
const route = (name: string, settings = ''): string => `  ${name}: { match: { path: /${name}/** }, to: echo, authenticate: none${settings} }\n`;

let folder: string;
let echo: EchoService;
let held: ServerResponse[];

interface File {
  readonly grace?: string;
  readonly workers?: number | string;
  readonly server?: string;
  readonly routes?: string;
  readonly services?: string;
}

/** With a grace that a machine which stands still for a while does not use up. */
function write({ workers = 2, grace = '10s', server = '', routes = route('a'), services = 'echo: { targets: "${ECHO}" }' }: File = {}): void {
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1\nserver: { host: 127.0.0.1, workers: ${workers}, grace: ${grace}, watch: off${server} }\nservices: { ${services} }\nroutes:\n${routes}`);
}

async function until(what: string, happens: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await happens())) {
    if (performance.now() > deadline) throw new Error(`It never happens: ${what}`);
    await sleep(50);
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** One request: over a connection of its own, unless an agent has one. */
function get(url: string, agent?: Agent): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent: agent ?? new Agent({ keepAlive: false }), timeout: 30_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', reject);
    }).on('error', reject).on('timeout', () => reject(new Error('no answer in 30 s'))).end();
  });
}

/** Clients that ask one after the other, some over one connection, some over a new one each time. */
class Load implements AsyncDisposable {
  count = 0;
  readonly failures: unknown[] = [];
  #on = true;
  // A connection that idles for as long as the grace is closed, maybe when it is just taken up again: no server can help that.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 3, timeout: 1_000 });
  readonly #loops: readonly Promise<void>[];

  /** @param fresh how many take a new connection each time; the more, the likelier one is on its way at any moment. */
  constructor(url: string, private readonly fresh = 2) {
    this.#loops = [this.#agent, this.#agent, this.#agent, ...Array.from({ length: fresh }, () => undefined)].map((agent) => this.#loop(url, agent));
  }

  get clients(): number {
    return 3 + this.fresh;
  }

  async #loop(url: string, agent: Agent | undefined): Promise<void> {
    while (this.#on) {
      try {
        const { status } = await get(url, agent);
        this.count++;
        if (status !== 200) this.failures.push(status);
      } catch (error) {
        this.failures.push((error as Error).message);
      }
      await sleep(this.fresh > 2 ? 0 : 2);
    }
  }

  /** Resolves once another hundred requests are through. */
  async more(): Promise<void> {
    const before = this.count;
    await until('a hundred more requests', () => this.count >= before + 100 || this.failures.length > 200);
  }

  async stop(): Promise<void> {
    this.#on = false;
    await Promise.all(this.#loops);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#agent.destroy();
  }
}

/** Several workers that stand, and what can be seen of them from outside. */
class Workers implements AsyncDisposable {
  private constructor(readonly process: Passerelle, readonly url: string) {}

  static async start(): Promise<Workers> {
    const started = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder, env: { ECHO: echo.url } });
    const [, url] = await started.says(/"msg":"listening","url":"(http:[^"]+)"/);
    return new Workers(started, url as string);
  }

  /** Lines of the log so far. */
  get lines(): Record<string, unknown>[] {
    return this.process.out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  said(msg: string | RegExp): Record<string, unknown>[] {
    return this.lines.filter((line) => (typeof msg === 'string' ? line['msg'] === msg : msg.test(String(line['msg']))));
  }

  /** Processes of workers that are alive. */
  get pids(): number[] {
    return this.said('worker ready').map(({ pid }) => pid as number).filter(alive);
  }

  async get(target: string, agent?: Agent): Promise<{ readonly status: number; readonly text: string }> {
    return get(this.url + target, agent);
  }

  /** The value of one series; 0 where there is none. */
  async metric(series: string): Promise<number> {
    const { text } = await this.get('/metrics');
    return Number(text.split('\n').find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? 0);
  }

  requests(name = 'a'): Promise<number> {
    return this.metric(`gateway_requests_total{method="GET",endpoint="/${name}/**",status_code="200"}`);
  }

  /** Resolves once that many requests are counted: a worker counts what it has answered a moment later. */
  async counted(count: number): Promise<void> {
    await until(`${count} requests are counted`, async () => (await this.requests()) === count);
  }

  /** Resolves once there are that many workers and no more processes than that. A connection may still go to one that was killed. */
  async settled(count: number): Promise<void> {
    await until(`${count} workers`, async () => this.pids.length === count && (await this.metric('gateway_workers').catch(() => 0)) === count);
  }

  signal(name: NodeJS.Signals): void {
    this.process.child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.pids;
    await this.process[Symbol.asyncDispose]();
    for (const pid of left.filter(alive)) process.kill(pid, 'SIGKILL');
  }
}

beforeAll(build, 180_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'passerelle-workers-'));
  held = [];
  echo = await echoService((request, response) => {
    if (request.url?.endsWith('/slow')) held.push(response);
    else response.end('quick');
  });
  write();
});
afterEach(async () => {
  for (const response of held) response.end();
  await echo.close();
  rmSync(folder, { recursive: true });
});

describe('O11: several workers', () => {
  it('share the connections of one port, and add up what they count', async () => {
    await using workers = await Workers.start();
    for (let i = 0; i < 200; i++) expect((await workers.get('/a/1')).status).toBe(200);
    await workers.counted(200);
    expect(await workers.metric('gateway_request_duration_seconds_count{method="GET",endpoint="/a/**"}')).toBe(200);
    expect(await workers.metric('gateway_workers')).toBe(2);
    expect(await workers.metric('gateway_config_reloads_total{outcome="applied"}')).toBe(1);
    await until('every access line is written', () => workers.said('request').filter(({ route: name }) => name === 'a').length === 200);
    const [first, second] = [...new Set(workers.said('request').map(({ worker }) => worker as number))].toSorted((a, b) => a - b);
    const share = (id: unknown): number => workers.said('request').filter(({ worker }) => worker === id).length;
    expect([first, second]).toEqual([1, 2]);
    expect(Math.min(share(first), share(second))).toBeGreaterThan(50);
    expect(workers.said('listening')).toHaveLength(1);
  }, LIMIT);

  it('make good for one that is killed, and lose none of its counts', async () => {
    await using workers = await Workers.start();
    for (let i = 0; i < 40; i++) await workers.get('/a/1');
    await workers.counted(40);
    const [victim] = workers.pids as [number];
    const connected = new Agent({ keepAlive: true });
    await workers.get('/a/1', connected);
    await workers.counted(41);
    process.kill(victim, 'SIGKILL');
    await until('the other worker goes on', async () => (await workers.get('/a/1').catch(() => ({ status: 0 }))).status === 200);
    await workers.settled(2);
    expect(workers.pids).not.toContain(victim);
    await workers.counted(42);
    expect(await workers.metric('gateway_worker_restarts_total{cause="died"}')).toBe(1);
    expect(workers.said('a worker ended')).toEqual([expect.objectContaining({ worker: 1, pid: victim, signal: 'SIGKILL', level: 'warn' })]);
    connected.destroy();
  }, LIMIT);

  it('let no client wait for ever when one is killed under load', async () => {
    await using workers = await Workers.start();
    await using load = new Load(`${workers.url}/a/1`, 20);
    const kills = 4;
    for (let i = 0; i < kills; i++) {
      await load.more();
      process.kill(workers.pids[0] as number, 'SIGKILL');
      await until('it is made good', () => workers.said('worker ready').length === 3 + i);
    }
    await load.more();
    await load.stop();
    expect(load.failures).not.toContain('no answer in 30 s');
    // Each client had one request under way at most.
    expect(load.failures.length).toBeLessThanOrEqual(kills * load.clients);
  }, LIMIT);

  it('do not start where one cannot, and say why', async () => {
    write({ routes: route('a', ', cors: { origins: [nonsense] }') });
    await using started = Passerelle.run(['start', '--port', '0'], { cwd: folder, env: { ECHO: echo.url } });
    expect(await started.ended).toMatchObject({ code: 1 });
    expect(started.err).toMatch(/cannot be applied\n.*nonsense/);
    expect(started.err).not.toContain('    at ');
  }, LIMIT);
});

describe('O11: limits of several workers', () => {
  it('say which port is in use', async () => {
    const { port } = new URL(echo.url);
    await using started = Passerelle.run(['start', '--port', port], { cwd: folder, env: { ECHO: echo.url } });
    expect(await started.ended).toMatchObject({ code: 1 });
    expect(started.err).toContain(`Port ${port} is in use`);
    expect(started.err).not.toContain('    at ');
  }, LIMIT);

  it('a connection too many is closed, and is not handed round', async () => {
    write({ server: ', limits: { connections: 1 }' });
    await using workers = await Workers.start();
    const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
    for (const agent of agents) expect((await workers.get('/a/1', agent)).status).toBe(200);
    await expect(workers.get('/a/1')).rejects.toThrow(/ECONNRESET|hang up/);
    for (const agent of agents) expect((await workers.get('/a/1', agent)).status).toBe(200);
    for (const agent of agents) agent.destroy();
    await until('there is room again', async () => (await workers.get('/a/1').catch(() => ({ status: 0 }))).status === 200);
  }, LIMIT);
});

describe('O11: a rolling restart', () => {
  it('replaces every worker, and no request fails', async () => {
    await using workers = await Workers.start();
    const before = workers.pids;
    await using load = new Load(`${workers.url}/a/1`, 8);
    await load.more();
    workers.signal('SIGUSR2');
    await until('the restart is done', () => workers.said('rolling restart done').length === 1);
    await load.more();
    await load.stop();
    expect(load.failures).toEqual([]);
    await workers.settled(2);
    expect(workers.pids.filter((pid) => before.includes(pid))).toEqual([]);
    await workers.counted(load.count);
    expect(await workers.metric('gateway_worker_restarts_total{cause="asked"}')).toBe(2);
  }, LIMIT);

  it('goes on with what was done by hand', async () => {
    write({ services: 'echo: { targets: "${ECHO}", breaker: {} }', routes: `${route('a')}${USERS}\nendpoints: { admin: { at: /admin, authorize: { roles: [admin] } } }\n` });
    await using workers = await Workers.start();
    const headers = { authorization: `Bearer ${await token({ sub: '1', role: 'admin' })}`, connection: 'close' };
    const opened = await fetch(`${workers.url}/admin/services/echo/breaker/open?for=1h`, { method: 'POST', headers });
    expect(await opened.json()).toMatchObject({ breakers: { '': 'open' } });
    workers.signal('SIGUSR2');
    await until('the restart is done', () => workers.said('rolling restart done').length === 1);
    await workers.settled(2);
    for (let i = 0; i < 4; i++) expect((await workers.get('/a/1')).status).toBe(503);
    const seen = await fetch(`${workers.url}/admin/services/echo`, { headers });
    expect(await seen.json()).toMatchObject({ breakers: { '': 'open' } });
  }, LIMIT);

  it('answers what an old worker has in flight', async () => {
    await using workers = await Workers.start();
    const late = workers.get('/a/slow');
    await until('the service has it', () => held.length === 1);
    workers.signal('SIGUSR2');
    await until('a third worker', () => workers.said('worker ready').length === 3);
    for (const response of held.splice(0)) response.end('late');
    expect(await late).toEqual({ status: 200, text: 'late' });
    await until('the restart is done', () => workers.said('rolling restart done').length === 1);
  }, LIMIT);
});

describe('O10, O11: a reload goes through the workers one after the other', () => {
  it('and no request fails', async () => {
    await using workers = await Workers.start();
    await using load = new Load(`${workers.url}/a/1`);
    for (const [i, name] of ['b', 'c', 'd'].entries()) {
      write({ routes: route('a') + route(name) });
      workers.signal('SIGHUP');
      await until('both workers have it', () => workers.said('configuration applied').filter(({ worker }) => worker !== undefined).length === 2 * (i + 2));
      await load.more();
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    for (let i = 0; i < 4; i++) expect((await workers.get('/d/1')).status).toBe(200);
    expect(await workers.metric('gateway_config_reloads_total{outcome="applied"}')).toBe(4);
    expect(workers.pids).toHaveLength(2);
    await workers.counted(load.count);
  }, LIMIT);

  it('a wrong file reaches none, and a worker that dies comes back with the last good one', async () => {
    await using workers = await Workers.start();
    writeFileSync(path.join(folder, 'gateway.yaml'), 'version: 1\nroute: {}\n');
    workers.signal('SIGHUP');
    await until('it is refused', () => workers.said('the configuration in force stays').length === 1);
    expect(workers.said(/is wrong/).map(({ worker }) => worker)).toEqual([undefined]);
    const ready = await Promise.all([1, 2, 3, 4].map(() => workers.get('/health/ready')));
    expect(ready.map(({ status, text }) => [status, (JSON.parse(text) as { failedReload?: { outcome: string } }).failedReload?.outcome])).toEqual(Array(4).fill([200, 'load-failed']));
    process.kill(workers.pids[0] as number, 'SIGKILL');
    await until('a third worker', () => workers.said('worker ready').length === 3);
    await workers.settled(2);
    for (let i = 0; i < 4; i++) expect((await workers.get('/a/1')).status).toBe(200);
    expect(await workers.metric('gateway_config_reloads_total{outcome="load-failed"}')).toBe(1);
  }, LIMIT);

  it('what the first cannot apply stops there', async () => {
    await using workers = await Workers.start();
    write({ routes: route('a') + route('b', ', cors: { origins: [nonsense] }') });
    workers.signal('SIGHUP');
    await until('it is refused', () => workers.said('the configuration in force stays').length === 1);
    await until('the first one tells of it', () => workers.said(/could not be applied/).length === 2);
    expect(workers.said(/could not be applied/).map(({ worker }) => worker)).toEqual(expect.arrayContaining([undefined, 1]));
    for (let i = 0; i < 4; i++) expect([(await workers.get('/a/1')).status, (await workers.get('/b/1')).status]).toEqual([200, 404]);
    expect(await workers.metric('gateway_config_reloads_total{outcome="apply-failed"}')).toBe(1);
    expect(workers.said('worker ready')).toHaveLength(2);
    write({ routes: route('a') + route('b') });
    workers.signal('SIGHUP');
    await until('both apply what is right', () => workers.said('configuration applied').length === 6);
    for (let i = 0; i < 4; i++) expect((await workers.get('/b/1')).status).toBe(200);
  }, LIMIT);

  it('what a running worker cannot change replaces it: limits, and how many there are', async () => {
    await using workers = await Workers.start();
    const before = workers.pids;
    await using load = new Load(`${workers.url}/a/1`);
    write({ workers: 3, server: ', limits: { url: 1KiB }' });
    workers.signal('SIGHUP');
    await until('it is in force', () => workers.said('configuration applied').some(({ worker }, i) => worker === undefined && i > 2));
    await load.more();
    expect(load.failures).toEqual([]);
    await load.stop();
    await workers.settled(3);
    expect(workers.pids.filter((pid) => before.includes(pid))).toEqual([]);
    const long = await Promise.all([1, 2, 3, 4, 5, 6].map(() => workers.get(`/a/${'x'.repeat(2_000)}`)));
    expect(long.map(({ status }) => status)).toEqual(Array(6).fill(414));
    write({ workers: 1, server: ', limits: { url: 1KiB }' });
    workers.signal('SIGHUP');
    await workers.settled(1);
    await workers.counted(load.count);
  }, LIMIT);

  it('a setting that no new worker can start with changes nothing', async () => {
    await using workers = await Workers.start();
    const before = workers.pids;
    write({ server: ', plugins: ["./none.ts"]' });
    writeFileSync(path.join(folder, 'none.ts'), 'import { defineTransform } from "passerelle/kernel";\nimport { z } from "zod";\nimport cluster from "node:cluster";\nif (cluster.isWorker) throw new Error("not in a worker");\nexport const none = defineTransform({ name: "none", schema: z.strictObject({}), create: () => () => {} });\n');
    workers.signal('SIGHUP');
    await until('it is refused', () => workers.said('the configuration in force stays').length === 1);
    expect(workers.said('a worker does not get ready')[0]?.['reason']).toContain('not in a worker');
    await workers.settled(2);
    expect(workers.pids).toEqual(before);
    expect((await workers.get('/a/1')).status).toBe(200);
  }, LIMIT);
});

describe('O11: the end', () => {
  it('SIGTERM answers what is in flight, then nobody is left', async () => {
    await using workers = await Workers.start();
    const pids = workers.pids;
    const late = [workers.get('/a/slow'), workers.get('/a/slow')];
    await until('the service has them', () => held.length === 2);
    workers.signal('SIGTERM');
    await workers.process.says(/"msg":"closing"/);
    await sleep(300);
    expect(workers.process.child.exitCode).toBeNull();
    for (const response of held.splice(0)) response.end('late');
    expect(await Promise.all(late)).toEqual(Array(2).fill({ status: 200, text: 'late' }));
    expect(await workers.process.ended).toEqual({ code: 0, signal: null });
    expect(pids.filter(alive)).toEqual([]);
    await expect(workers.get('/a/1')).rejects.toThrow(/ECONNREFUSED/);
  }, LIMIT);

  it('a second signal waits for nobody', async () => {
    await using workers = await Workers.start();
    const pids = workers.pids;
    const cut = workers.get('/a/slow').catch(() => 'cut');
    await until('the service has it', () => held.length === 1);
    workers.signal('SIGTERM');
    await workers.process.says(/"msg":"closing"/);
    await sleep(600);
    workers.signal('SIGTERM');
    expect(await workers.process.ended).toEqual({ code: 143, signal: null });
    expect(await cut).toBe('cut');
    await until('nobody is left', () => pids.every((pid) => !alive(pid)));
  }, LIMIT);

  it('without their supervisor workers answer what is in flight, and go', async () => {
    await using workers = await Workers.start();
    const pids = workers.pids;
    const late = workers.get('/a/slow');
    await until('the service has it', () => held.length === 1);
    workers.signal('SIGKILL');
    await sleep(300);
    for (const response of held.splice(0)) response.end('late');
    expect(await late).toEqual({ status: 200, text: 'late' });
    await until('nobody is left', () => pids.every((pid) => !alive(pid)));
  }, LIMIT);

  it('a worker that is asked to go does so when another has taken its place', async () => {
    await using workers = await Workers.start();
    const pids = workers.pids;
    const late = workers.get('/a/slow');
    await until('the service has it', () => held.length === 1);
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    await until('a third worker', () => workers.said('worker ready').length === 3);
    for (const response of held.splice(0)) response.end('late');
    expect(await late).toEqual({ status: 200, text: 'late' });
    await until('a fourth worker', () => workers.said('worker ready').length === 4);
    await workers.settled(2);
    await workers.counted(1);
  }, LIMIT);
});
