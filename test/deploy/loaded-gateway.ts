import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { echoService, type EchoService } from '#libs/testing';
import { Authority } from '../support/certificates.js';
import { SECRET, token } from '../support/jwt.js';
import { Passerelle } from '../support/passerelle.js';
import { findRedis, RedisServer } from '../support/redis.js';
import { Files } from '../support/tls.js';

/** Services by how they behave. */
interface Cast {
  readonly well: EchoService;
  readonly tired: EchoService;
  readonly failing: EchoService;
  readonly nobody: string;
  /** Takes spans, and looks at none of them. */
  readonly collector: EchoService;
  readonly redis: RedisServer | null;
}

const service = (name: string, targets: readonly string[], settings = ''): string => `  ${name}: { targets: [${targets.map((url) => `"${url}"`).join(', ')}]${settings} }`;
const route = (name: string, to: string, settings = ''): string => `  ${name}: { match: { path: /${name}/** }, to: ${to}, authenticate: none${settings} }`;

/** A configuration that uses what there is to be seen, and a good deal of it goes wrong. */
function configuration({ collector, failing, nobody, redis, tired, well }: Cast, files: Files): string {
  return `version: 1
server: { host: 127.0.0.1, workers: 2, watch: off, grace: 100ms, tls: { certificates: { cert: ${files.path('own.pem')}, key: ${files.path('own.key')} } } }
log: { level: info, access: off }
${redis ? `redis: { url: "${redis.url}", retry: 500ms }` : ''}
audit: { data: ${files.folder}/audit }
limits: { data: ${files.folder} }
cache: { memory: 64KiB, maxEntries: 12 }
tracing: { export: { use: otlp-http, url: "${collector.url}", every: 500ms }, sample: { ratio: 1 } }
authenticate: { users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] } }
endpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }
services:
${[
  service('users', [well.url], ', health: { active: { every: 500ms } }'),
  service('orders', [well.url, nobody], ', balance: { use: round-robin }, health: { passive: { failures: 3, eject: 2s } }, retry: { attempts: 2, backoff: { base: 1ms }, budget: { share: 1%, minimum: 0.5 } }'),
  service('payments', [failing.url], ', breaker: { minRequests: 5, over: 2s, open: 2s }'),
  service('reports', [tired.url], ', concurrency: { max: 1, queue: 1, wait: 20ms }'),
  service('search', [tired.url, well.url], ', balance: { use: round-robin }, hedge: { after: 20ms }, retry: { attempts: 2, budget: 100% }'),
  service('found', [well.url], `, discover: { use: file, path: ${files.path('targets.yaml')}, every: 1s }`),
].join('\n')}
routes:
${[
  route('users', 'users', ', mirror: { to: found }, cache: { maxAge: 10s }'),
  route('orders', 'orders'),
  route('payments', 'payments', ', fallback: [{ status: 503, body: { detail: later } }]'),
  route('reports', 'reports'),
  route('search', 'search'),
  route('found', 'found', ', split: { by: random, variants: { stable: { weight: 1 }, canary: { to: users, weight: 1 } } }'),
  route('login', 'users', ', limit: { rate: 1/s, by: ip, name: login }'),
  '  staff: { match: { path: /staff/** }, to: users, authenticate: users }',
].join('\n')}
`;
}

/** Paths by how many milliseconds pass from one request of a client to its next. */
const LOAD: readonly (readonly [pause: number, path: (count: number) => string])[] = [
  [20, () => `/users/${Math.floor(Math.random() * 20)}`],
  [30, (count) => `/orders/${count}`],
  [50, () => '/payments/1'],
  [40, () => '/reports/1'],
  [40, () => '/reports/2'],
  [40, () => '/reports/3'],
  [60, (count) => `/search/${count}`],
  [80, () => '/found/1'],
  [60, () => '/login/1'],
  [400, () => '/staff/1'],
  [300, () => '/nowhere'],
];

/** The real program with two workers and TLS, under load from many sides. */
export class LoadedGateway implements AsyncDisposable {
  #stopped = false;
  readonly #loops: Promise<void>[] = [];

  private constructor(private readonly program: Passerelle, readonly url: string, private readonly cast: Cast, private readonly own: { readonly ca: Authority; readonly files: Files; readonly agent: Agent; readonly admin: string }) {
    // They do not ask in step, and more at some times than at others, as people do.
    for (const [pause, path] of LOAD) this.#loops.push(this.#ask(pause, path));
    this.#loops.push(this.#scan(), this.#purge());
  }

  static async start(): Promise<LoadedGateway> {
    const binary = await findRedis();
    let recovered = 0;
    const [well, tired, failing, gone, collector, redis] = await Promise.all([
      echoService(),
      // Some few take very long.
      echoService((_request, response) => void setTimeout(() => response.end('done'), Math.random() < 0.005 ? 1_500 : 60)),
      // It recovers from time to time, and even then one of eight answers is a failure: whenever somebody looks, there are some.
      echoService((_request, response) => void response.writeHead(performance.now() % 20_000 < 12_000 || ++recovered % 8 === 0 ? 500 : 200).end()),
      echoService(),
      echoService((incoming, response) => void incoming.resume().on('end', () => response.end())),
      binary === null ? null : RedisServer.start(binary),
    ]);
    await gone.close();
    const [ca, files] = await Promise.all([Authority.create(), Files.create({ 'targets.yaml': `- ${well.url}\n` })]);
    await files.pair('own', await ca.issue({ days: 20 }));
    const cast = { well, tired, failing, nobody: gone.url, collector, redis };
    await writeFile(files.path('gateway.yaml'), configuration(cast, files));
    const program = Passerelle.run(['start', '--config', files.path('gateway.yaml'), '--port', '0'], { cwd: files.folder });
    const [, url = ''] = await program.says(/Passerelle listens on (https:\S+)/);
    return new LoadedGateway(program, url, cast, { ca, files, agent: new Agent({ connect: { ca: ca.cert } }), admin: `Bearer ${await token({ sub: '1', role: 'admin' })}` });
  }

  /** Status and text of an answer. */
  async fetch(path: string, method: Dispatcher.HttpMethod = 'GET'): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await request(this.url + path, { method, dispatcher: this.own.agent, headers: path.startsWith('/ops') ? { authorization: this.own.admin } : {} });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** Loads another file, and then one that is wrong. */
  async reload(): Promise<void> {
    await writeFile(this.own.files.path('gateway.yaml'), `${configuration(this.cast, this.own.files)}info: { title: Another }\n`);
    await this.fetch('/ops/reload', 'POST');
    await sleep(2_000);
    await writeFile(this.own.files.path('gateway.yaml'), 'version: 1\nroutes: nonsense\n');
    await this.fetch('/ops/reload', 'POST');
  }

  /** Takes its Redis away. */
  async loseRedis(): Promise<void> {
    await this.cast.redis?.kill();
  }

  async #ask(pause: number, path: (count: number) => string): Promise<void> {
    for (let count = 0; !this.#stopped; count++) {
      await this.fetch(path(count)).catch(() => null);
      await sleep(pause * (1.3 + Math.sin(performance.now() / 8_000 + pause)));
    }
  }

  /** Somebody speaks plain text where TLS is spoken. */
  async #scan(): Promise<void> {
    while (!this.#stopped) {
      const socket = connect(Number(new URL(this.url).port), '127.0.0.1').on('error', () => {});
      socket.resume().end('GET / HTTP/1.0\r\n\r\n');
      await Promise.race([once(socket, 'close'), sleep(1_000)]);
      await sleep(500);
    }
  }

  async #purge(): Promise<void> {
    while (!this.#stopped) {
      await this.fetch(`/ops/cache/purge?prefix=${encodeURIComponent(`${this.url}/users/`)}`, 'POST').catch(() => null);
      await sleep(2_000);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    await this.program[Symbol.asyncDispose]();
    const { agent, ca, files } = this.own;
    const { collector, failing, redis, tired, well } = this.cast;
    await Promise.all([agent.destroy(), ca[Symbol.asyncDispose](), ...[collector, failing, tired, well].map((each) => each.close()), redis?.[Symbol.asyncDispose]()]);
    await files[Symbol.asyncDispose]();
  }
}
