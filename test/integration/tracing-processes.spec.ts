import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { echoService, type EchoService } from '#libs/testing';
import { grpcReceiver, otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { build, Passerelle } from '../support/passerelle.js';

const LIMIT = 90_000;
/** What metrics need of it is there anyway. */
const LIBRARIES = /node_modules\/@(?:opentelemetry\/(?!api\/)|grpc\/)/;
const OWN = /src\/telemetry\/tracing\/(?!index|tracing-directory|span-counts)/;

let folder: string;
let echo: EchoService;
let collector: OtlpReceiver;

beforeAll(build, 180_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'passerelle-tracing-'));
  echo = await echoService();
  collector = await otlpReceiver();
});
afterEach(async () => {
  await echo.close();
  await collector[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Starts the program with a file that has this `tracing`. */
async function start(tracing: string, { env = {}, server = 'watch: off' } = {}): Promise<{ readonly running: Passerelle; readonly url: string }> {
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1\nserver: { host: 127.0.0.1, ${server} }\n${tracing}\nservices: { echo: { targets: "\${ECHO}" } }\nroutes: { a: { match: { path: /a/** }, to: echo, authenticate: none } }\n`);
  const running = Passerelle.run(['start', '-c', 'gateway.yaml', '-p', '0', '--json'], { cwd: folder, env: { ECHO: echo.url, ...env } });
  const [, url] = await running.says(/"msg":"listening","url":"(http:[^"]+)"/);
  return { running, url: url as string };
}

/** A connection each, so that every worker gets some. */
function get(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent: new Agent({ keepAlive: false }) }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0))).on('error', reject).end();
  });
}

const lines = ({ out }: Passerelle): Record<string, unknown>[] => out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (holds()) return;
    await sleep(20);
  }
  throw new Error(`It never happens: ${what}`);
}

describe('O3: traces of the program', () => {
  it('each worker exports its own, and what is left when it ends', async () => {
    const { running, url } = await start(`tracing: { export: { use: otlp-http, url: "${collector.url}", every: 1h }, sample: { ratio: 1 } }`, { server: 'watch: off, workers: 2' });
    await using _running = running;
    for (let i = 0; i < 40; i++) expect(await get(`${url}/a/${i}`)).toBe(200);
    expect(collector.spans).toEqual([]);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    const servers = collector.spans.filter(({ attributes, kind }) => kind === 'server' && String(attributes['url.path']).startsWith('/a/'));
    expect([servers.length, collector.spans.filter(({ kind }) => kind === 'client').length]).toEqual([40, 40]);
    const instances = servers.map(({ resource }) => `${String(resource['passerelle.worker'])} ${String(resource['service.instance.id'])}`);
    expect(new Set([...new Set(instances)].map((each) => each.slice(0, 1)))).toEqual(new Set(['1', '2']));
    expect(new Set(instances).size).toBe(2);
  }, LIMIT);

  it('says once that the collector is away, and once that it is back; its line names the span', async () => {
    collector.status = 500;
    const { running, url } = await start(`tracing: { export: { use: otlp-http, url: "${collector.url}", every: 10ms, timeout: 5s }, sample: { ratio: 1 } }`);
    await using _running = running;
    const said = (message: RegExp) => lines(running).filter(({ msg }) => message.test(String(msg)));
    for (let i = 1; i <= 3; i++) {
      expect(await get(`${url}/a/${i}`)).toBe(200);
      await until('it is sent', () => collector.deliveries.length >= i);
    }
    await until('it is said', () => said(/takes no spans/).length > 0);
    collector.status = 200;
    expect(await get(`${url}/a/back`)).toBe(200);
    await until('it is back', () => said(/takes spans again/).length > 0);
    expect([said(/takes no spans/).length, said(/takes spans again/).length]).toEqual([1, 1]);
    expect(said(/takes no spans/)[0]).toMatchObject({ level: 'warn', collector: collector.url });
    const [span] = await collector.until(1, ({ attributes }) => attributes['url.path'] === '/a/back');
    await until('the line is written', () => lines(running).some((line) => line['path'] === '/a/back'));
    expect(lines(running).find((line) => line['path'] === '/a/back')).toMatchObject({ traceId: span?.traceId, spanId: span?.spanId, sampled: true });
  }, LIMIT);

  it('ends in time where nobody takes the last spans', async () => {
    const { running, url } = await start('tracing: { export: { use: otlp-grpc, url: "http://127.0.0.1:1", every: 1h }, sample: { ratio: 1 } }', { server: 'watch: off, grace: 1s' });
    await using _running = running;
    expect(await get(`${url}/a/1`)).toBe(200);
    const before = performance.now();
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(performance.now() - before).toBeLessThan(10_000);
  }, LIMIT);

  it.each<[string, string, readonly boolean[]]>([
    ['nothing where nothing is exported', 'tracing: { service: a, sample: { ratio: 1 } }', [false, false, false]],
    ['what HTTP needs', 'tracing: { export: { use: otlp-http } }', [true, true, false]],
    ['what gRPC needs', 'tracing: { export: { use: otlp-grpc } }', [true, true, true]],
  ])('loads %s', async (_what, tracing, expected) => {
    const list = path.join(folder, 'modules.txt');
    const hook = pathToFileURL(path.resolve('test/support/loaded-modules.mjs')).href;
    const { running } = await start(tracing, { env: { NODE_OPTIONS: `--import=${hook}`, LOADED_MODULES: list } });
    await using _running = running;
    const modules = readFileSync(list, 'utf8').split('\n');
    expect([LIBRARIES, OWN, /@grpc\/grpc-js\//].map((pattern) => modules.some((url) => pattern.test(url)))).toEqual(expected);
  }, LIMIT);

  it('gRPC from the program as it is built', async () => {
    await using own = await grpcReceiver();
    const { running, url } = await start(`tracing: { export: { use: otlp-grpc, url: "${own.url}", every: 10ms }, sample: { ratio: 1 } }`);
    await using _running = running;
    await get(`${url}/a/1`);
    expect(new Set((await own.until(2)).map(({ kind }) => kind))).toEqual(new Set(['client', 'server']));
  }, LIMIT);
});
