import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { echoService, type EchoService } from '#libs/testing';
import { build, Passerelle } from '../support/passerelle.js';

const LIMIT = 180_000;

let folder: string;
let echo: EchoService;

function write(limit: string, top = ''): void {
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1\nserver: { host: 127.0.0.1, workers: 2, watch: off, grace: 2s }\nservices: { echo: { targets: "\${ECHO}" } }\nroutes: { a: { match: { path: /a }, to: echo, authenticate: none, limit: ${limit} } }\n${top}`);
}

/** One request over a connection of its own, which may go to any worker. @returns its status, or 0 where it broke off. */
function get(url: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: new Agent({ keepAlive: false }), timeout: 30_000 }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)).on('error', () => resolve(0)));
    asked.on('error', () => resolve(0)).on('timeout', () => asked.destroy()).end();
  });
}

async function start(): Promise<{ readonly url: string; readonly process: Passerelle; readonly workers: () => readonly Record<string, unknown>[] }> {
  const started = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder, env: { ECHO: echo.url } });
  const [, url] = await started.says(/"msg":"listening","url":"(http:[^"]+)"/);
  const lines = (): Record<string, unknown>[] => started.out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { url: `${url}/a`, process: started, workers: () => lines().filter(({ msg }) => msg === 'worker ready') };
}

/** Statuses of so many requests, so many of them at once. */
async function statuses(url: string, count: number, atOnce = 20): Promise<number[]> {
  const all: number[] = [];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (all.length < count) {
      const at = all.push(-1) - 1;
      all[at] = await get(url);
    }
  }));
  return all;
}

const passed = (all: readonly number[]): number => all.filter((status) => status === 200).length;

beforeAll(build, 180_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'passerelle-limits-'));
  echo = await echoService((_request, response) => response.end('x'));
});
afterEach(async () => {
  await echo.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('L1: limits of several workers without Redis', () => {
  it('hold over all of them, exactly, and survive a worker', async () => {
    write('{ rate: 100/h, by: ip }');
    const { process: gateway, url, workers } = await start();
    await using _ending = gateway;
    expect(passed(await statuses(url, 60))).toBe(60);
    process.kill(workers()[0]?.['pid'] as number, 'SIGKILL');
    while (workers().length < 3) await sleep(20);
    const more = await statuses(url, 140);
    expect([passed(more), new Set(more)]).toEqual([40, new Set([200, 429])]);
    expect(echo.requests).toHaveLength(100);
  }, LIMIT);

  it('go on while the supervisor says nothing, each worker for itself', async () => {
    write('{ rate: 10/h }');
    const { process: gateway, url } = await start();
    await using _ending = gateway;
    const agent = new Pool(new URL(url).origin, { connections: 1 });
    await using _agent = { [Symbol.asyncDispose]: () => agent.destroy() };
    const ask = async (): Promise<readonly [status: number, took: number]> => {
      const started = performance.now();
      const { body, statusCode } = await agent.request({ path: '/a', method: 'GET' });
      await body.dump();
      return [statusCode, performance.now() - started];
    };
    for (let i = 0; i < 12; i++) await ask();
    expect((await ask())[0]).toBe(429);
    gateway.child.kill('SIGSTOP');
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await ask());
    gateway.child.kill('SIGCONT');
    expect(answers.map(([status]) => status)).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429]);
    // One waits for the supervisor, and then nobody does for a second; a slow machine may need some of these.
    const waited = answers.filter(([, took]) => took > 900).length;
    expect([waited > 0, waited < 4]).toEqual([true, true]);
    await sleep(1_100);
    expect((await ask())[0]).toBe(429);
  }, LIMIT);

  it('are in the metrics, wherever they are counted, and as many as the file in force allows', async () => {
    write('{ rate: 10/h, by: { header: X-Who } }', 'limits: { maxKeys: 100 }');
    const { process: gateway, url } = await start();
    await using _ending = gateway;
    const callers = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) expect((await fetch(url, { headers: { 'X-Who': `caller ${i}` } })).status).toBe(200);
    };
    const series = async (...names: readonly string[]): Promise<readonly (string | undefined)[]> => {
      const lines = (await (await fetch(new URL('/metrics', url))).text()).split('\n');
      return names.map((name) => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
    };
    const figures = () => series('gateway_limit_counters', 'gateway_limit_evictions_total');
    await callers(0, 120);
    expect(await figures()).toEqual(['100', '20']);
    write('{ rate: 10/h, by: { header: X-Who } }', 'limits: { maxKeys: 300 }');
    gateway.child.kill('SIGHUP');
    while ((await series('gateway_config_reloads_total{outcome="applied"}'))[0] !== '2') await sleep(20);
    await callers(120, 170);
    expect(await figures()).toEqual(['150', '20']);
  }, LIMIT);
});

describe('L4: quotas of several workers without Redis', () => {
  it('hold over all of them, and survive a gateway that is killed', async () => {
    write('{ use: quota, rate: 100/month }');
    {
      const { process: gateway, url, workers } = await start();
      await using _ending = gateway;
      expect(passed(await statuses(url, 60))).toBe(60);
      for (const { pid } of workers()) process.kill(pid as number, 'SIGKILL');
    }
    const { process: gateway, url } = await start();
    await using _ending = gateway;
    expect(passed(await statuses(url, 80))).toBe(40);
  }, LIMIT);
});
