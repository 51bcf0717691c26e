import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { ensureCommand, findCommand } from './apt.js';
import type { Identity } from './certificates.js';
import { Daemon, until } from './daemon.js';
import { freePorts } from './ports.js';

/**
 * Where Redis is: `REDIS_SERVER` says it, or it is on the path, or Debian's package of its tools is installed: that one
 * holds the program, by the name of redis-check-rdb, while the one called redis-server starts a server on port 6379.
 * @returns `null`, after saying so, where there is none and nobody insists.
 * @throws Error in CI, where no test may be skipped.
 */
export async function findRedis(): Promise<string | null> {
  const path = process.env['REDIS_SERVER'] ?? (await findCommand('redis-server')) ?? (await ensureCommand('redis-check-rdb', 'redis-tools'));
  if (path !== null) return path;
  const message = 'There is no Redis: its tests cannot run. Install it, or set REDIS_SERVER to the path of redis-server.';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
  return null;
}

interface Options {
  /** Of the default user. */
  readonly password?: string;
  /** Speaks TLS only, with this certificate. */
  readonly tls?: { readonly identity: Identity; readonly ca: string; /** Clients must show a certificate of `ca`. */ readonly mutual?: boolean };
  /** Writes every change to its disk, so that a restart brings it back. Default: it starts empty. */
  readonly durable?: boolean;
  /** More lines of redis.conf. */
  readonly lines?: readonly string[];
}

/** A Redis of its own on a free port of 127.0.0.1. It never touches the disk but for its folder. */
export class RedisServer implements AsyncDisposable {
  readonly #process = new Daemon('Redis');

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    readonly port: number,
    private readonly options: Options & { readonly sentinel?: boolean },
  ) {}

  /** `sentinel`: it is no store, but watches the ones that `lines` name. */
  static async start(binary: string, options: Options & { readonly sentinel?: boolean } = {}): Promise<RedisServer> {
    const [port] = await freePorts(1) as [number];
    const server = new RedisServer(binary, await mkdtemp(join(tmpdir(), 'passerelle-redis-')), port, options);
    try {
      await server.#configure();
      await server.restart();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** With the password. */
  get url(): string {
    const { password, tls } = this.options;
    return `${tls ? 'rediss' : 'redis'}://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}${this.host}`;
  }

  async #configure(): Promise<void> {
    const { password, tls, durable = false, sentinel = false, lines = [] } = this.options;
    const file = (name: string): string => join(this.folder, name);
    if (tls) await Promise.all([writeFile(file('ca.pem'), tls.ca), writeFile(file('cert.pem'), tls.identity.cert), writeFile(file('key.pem'), tls.identity.key)]);
    const listen = tls
      ? ['port 0', `tls-port ${this.port}`, `tls-ca-cert-file ${file('ca.pem')}`, `tls-cert-file ${file('cert.pem')}`, `tls-key-file ${file('key.pem')}`, `tls-auth-clients ${tls.mutual ? 'yes' : 'no'}`]
      : [`port ${this.port}`];
    const disk = sentinel ? [] : ['save ""', `appendonly ${durable ? 'yes' : 'no'}`, 'appendfsync always'];
    const secret = password === undefined ? [] : [`requirepass ${password}`, `masterauth ${password}`];
    await writeFile(file('redis.conf'), ['bind 127.0.0.1', `dir ${this.folder}`, ...listen, ...disk, ...secret, ...lines, ''].join('\n'));
  }

  /** Starts it, unless it runs, where it was, and waits until it answers. */
  async restart(): Promise<void> {
    if (this.#process.runs) return;
    const argv = [join(this.folder, 'redis.conf'), ...(this.options.sentinel ? ['--sentinel'] : [])];
    await this.#process.start(this.binary, argv, { argv0: 'redis-server' }, async () => (await this.call('PING').catch(() => null)) === 'PONG');
  }

  /** Kills it, as a machine that loses its power. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** It stays connected and says nothing any more. */
  freeze(): void {
    this.#process.freeze();
  }

  /** It goes on, with what it was told while it was frozen first. */
  thaw(): void {
    this.#process.thaw();
  }

  /** Runs one command on a connection of its own. @throws Error when Redis says so, or cannot be reached. */
  async call(...command: string[]): Promise<unknown> {
    const { password, tls } = this.options;
    const { cert, key } = tls?.identity ?? {};
    const client = createClient({
      RESP: 2, disableOfflineQueue: true, ...(password !== undefined && { password }),
      socket: { host: '127.0.0.1', port: this.port, reconnectStrategy: false, ...(tls && { tls: true as const, ca: tls.ca, cert, key, checkServerIdentity: () => undefined }) },
    }).on('error', () => undefined);
    try {
      await client.connect();
      return await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Three masters that share the slots, without replicas. */
export class RedisCluster implements AsyncDisposable {
  private constructor(readonly masters: readonly RedisServer[], private readonly options: Options) {}

  static async start(binary: string, options: Options = {}): Promise<RedisCluster> {
    const buses = await freePorts(3);
    const masters = await Promise.all(buses.map((bus) => RedisServer.start(binary, {
      ...options, lines: ['cluster-enabled yes', `cluster-port ${bus}`, 'cluster-node-timeout 2000', 'cluster-require-full-coverage no', ...(options.tls ? ['tls-cluster yes'] : []), ...(options.lines ?? [])],
    })));
    const bounds = [0, 5461, 10_923, 16_384] as const;
    await Promise.all(masters.map(async (master, at) => {
      await master.call('CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
      await master.call('CLUSTER', 'ADDSLOTSRANGE', String(bounds[at]), String((bounds[at + 1] as number) - 1));
    }));
    const [first, ...others] = masters as [RedisServer, ...RedisServer[]];
    for (const [at, { port }] of others.entries()) await first.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(buses[at + 1]));
    const cluster = new RedisCluster(masters, options);
    await cluster.ready();
    return cluster;
  }

  /** Waits until every master knows of all slots. */
  async ready(): Promise<void> {
    await until('every master knows of all slots', async () => {
      const states = await Promise.all(this.masters.map((master) => master.call('CLUSTER', 'INFO')));
      return states.every((state) => /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(state)));
    });
  }

  /** `redis+cluster://` with all masters. */
  get url(): string {
    const { password, tls } = this.options;
    const secret = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    return `${tls ? 'rediss' : 'redis'}+cluster://${secret}${this.masters.map(({ host }) => host).join(',')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.masters.map((master) => master[Symbol.asyncDispose]()));
  }
}

/** A master, its replica, and one sentinel that makes the replica the master when the master is gone. */
export class RedisSentinel implements AsyncDisposable {
  private constructor(readonly master: RedisServer, readonly replica: RedisServer, readonly sentinel: RedisServer, private readonly password: string | undefined) {}

  static async start(binary: string, { password }: Pick<Options, 'password'> = {}): Promise<RedisSentinel> {
    const secret = password === undefined ? {} : { password };
    const master = await RedisServer.start(binary, secret);
    const replica = await RedisServer.start(binary, { ...secret, lines: [`replicaof 127.0.0.1 ${master.port}`] });
    const sentinel = await RedisServer.start(binary, {
      sentinel: true,
      lines: [`sentinel monitor main 127.0.0.1 ${master.port} 1`, 'sentinel down-after-milliseconds main 500', 'sentinel failover-timeout main 3000', ...(password === undefined ? [] : [`sentinel auth-pass main ${password}`])],
    });
    await until('the sentinel knows the replica', async () => (await sentinel.call('SENTINEL', 'REPLICAS', 'main') as unknown[]).length === 1 && /master_link_status:up/.test(String(await replica.call('INFO', 'replication'))));
    return new RedisSentinel(master, replica, sentinel, password);
  }

  /** `redis+sentinel://`, of the master that is called `main`. */
  get url(): string {
    return `redis+sentinel://${this.password === undefined ? '' : `:${encodeURIComponent(this.password)}@`}${this.sentinel.host}/main`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.sentinel, this.replica, this.master].map((server) => server[Symbol.asyncDispose]()));
  }
}
