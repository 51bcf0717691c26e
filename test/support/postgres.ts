import { execFile } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ensureCommand, findCommand } from './apt.js';
import type { Identity } from './certificates.js';
import { Daemon } from './daemon.js';
import { freePorts } from './ports.js';

const run = promisify(execFile);

const USER = 'passerelle';
const PASSWORD = 'open sesame';
/** Where Debian puts each version. */
const DEBIAN = '/usr/lib/postgresql';

/**
 * Folder of PostgreSQL's programs: `POSTGRES_BIN` says it, or they are on the path, or where Debian's package has them,
 * which is installed if need be.
 * @returns `null`, after saying so, where there is none and nobody insists.
 * @throws Error in CI, where no test may be skipped.
 */
export async function findPostgres(): Promise<string | null> {
  const folder = process.env['POSTGRES_BIN'] ?? (await onPath()) ?? (await ofDebian()) ?? ((await ensureCommand('pg_ctlcluster', 'postgresql')) && (await ofDebian()));
  if (folder !== null) return folder;
  const message = 'There is no PostgreSQL: its tests cannot run. Install it, or set POSTGRES_BIN to the folder of its programs.';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
  return null;
}

async function onPath(): Promise<string | null> {
  const found = await findCommand('postgres');
  return found === null ? null : dirname(await realpath(found));
}

async function ofDebian(): Promise<string | null> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(DEBIAN, newest, 'bin');
}

interface Options {
  /** Survives the loss of power, not only of its process; slower. */
  readonly durable?: boolean;
  /** Takes connections over TLS too, with this certificate, and those over TLS only who show one of `ca`. */
  readonly tls?: { readonly identity: Identity; readonly ca: string };
}

/** A PostgreSQL of its own on a free port of 127.0.0.1, in a folder of its own, which stays across a restart. */
export class PostgresServer implements AsyncDisposable {
  readonly #process = new Daemon('PostgreSQL');

  private constructor(
    private readonly binaries: string,
    private readonly folder: string,
    readonly port: number,
    private readonly options: Options,
  ) {}

  static async start(binaries: string, options: Options = {}): Promise<PostgresServer> {
    const [port] = await freePorts(1) as [number];
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-postgres-'));
    const server = new PostgresServer(binaries, folder, port, options);
    try {
      await cp(await template(binaries), join(folder, 'data'), { recursive: true });
      if (options.tls) await encrypted(join(folder, 'data'), options.tls);
      await own(folder);
      await server.restart();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** With user and password, to the database that is there from the beginning. */
  get url(): string {
    return `postgresql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts it, unless it runs, where it was and with what it held, and waits until it answers. */
  async restart(): Promise<void> {
    if (this.#process.runs) return;
    const settings = {
      listen_addresses: '127.0.0.1', port: String(this.port), unix_socket_directories: '', shared_buffers: '16MB', max_connections: '200',
      ssl: this.options.tls ? 'on' : 'off', ssl_ca_file: this.options.tls ? 'ca.pem' : '',
      fsync: this.options.durable ? 'on' : 'off', full_page_writes: this.options.durable ? 'on' : 'off',
    };
    const argv = ['-D', join(this.folder, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    await this.#process.start(join(this.binaries, 'postgres'), argv, { ...(await identity()), cwd: this.folder }, () => this.call('select 1').then(() => true, () => false));
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

  /** Runs one statement, or several without parameters, on a connection of its own. @throws Error as `pg` does. */
  async call(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 5_000 }).on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(sql, parameters && [...parameters])).rows as Record<string, unknown>[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function encrypted(data: string, { ca, identity: { cert, key } }: NonNullable<Options['tls']>): Promise<void> {
  const files = { 'server.crt': cert, 'server.key': key, 'ca.pem': ca, 'pg_hba.conf': 'hostnossl all all all scram-sha-256\nhostssl all all all scram-sha-256 clientcert=verify-ca\n' };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(data, name), text, { mode: 0o600 })));
}

/** PostgreSQL refuses to run as root; its package, and every system, has somebody else for it. */
async function identity(): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return { uid: Number(user?.[2]), gid: Number(user?.[3]) };
}

async function own(folder: string): Promise<void> {
  const { gid, uid } = await identity();
  if (uid === undefined || gid === undefined) return;
  const names = await readdir(folder, { recursive: true });
  await Promise.all([folder, ...names.map((name) => join(folder, name))].map((name) => chown(name, uid, gid)));
}

/** A folder that a server can begin with; it takes a while to make, so it is kept in the folder for temporary files. */
async function template(binaries: string): Promise<string> {
  const { stdout } = await run(join(binaries, 'postgres'), ['--version']);
  const kept = join(tmpdir(), `passerelle-postgres-${/[\d.]+/.exec(stdout)?.[0]}-${process.getuid?.() ?? 0}`);
  if (await readFile(join(kept, 'PG_VERSION')).then(() => true, () => false)) return kept;
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-initdb-'));
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  await writeFile(join(folder, 'password'), PASSWORD);
  await own(folder);
  await run(join(binaries, 'initdb'), ['-D', join(folder, 'data'), '-U', USER, `--pwfile=${join(folder, 'password')}`, '--auth=scram-sha-256', '--no-sync', '--encoding=UTF8', '--locale=C'], { ...(await identity()), cwd: folder });
  // Who is second finds it there.
  await rename(join(folder, 'data'), kept).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
  return kept;
}
