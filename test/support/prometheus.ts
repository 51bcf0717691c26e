import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureCommand } from './apt.js';
import { Daemon } from './daemon.js';
import { freePorts } from './ports.js';

/** Paths of the programs of Prometheus and its Alertmanager. */
export interface MonitoringTools {
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
  readonly amtool: string;
}

/**
 * Where the programs are: on the path, or in Debian's packages, which are installed if need be.
 * @returns `null`, after saying so, where there are none and nobody insists.
 * @throws Error in CI, where no test may be skipped.
 */
export async function findMonitoringTools(): Promise<MonitoringTools | null> {
  const prometheus = await ensureCommand('prometheus', 'prometheus');
  const alertmanager = await ensureCommand('prometheus-alertmanager', 'prometheus-alertmanager');
  // What checks files comes beside what serves.
  if (prometheus !== null && alertmanager !== null) return { prometheus, promtool: join(dirname(prometheus), 'promtool'), alertmanager, amtool: join(dirname(alertmanager), 'amtool') };
  const message = 'There is no Prometheus with its Alertmanager: their tests cannot run. Install the packages prometheus and prometheus-alertmanager.';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
  return null;
}

/** One series of an answer: of a moment it has `value`, of a range `values`. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [seconds: number, value: string];
  readonly values?: readonly (readonly [seconds: number, value: string])[];
}

interface Settings {
  /** prometheus.yml, without the address it listens on. */
  readonly config: string;
}

/** A real Prometheus on a free port, with a store of its own. */
export class PrometheusServer implements AsyncDisposable {
  readonly #process = new Daemon('Prometheus');

  private constructor(private readonly folder: string, private readonly port: number) {}

  static async start(binary: string, { config }: Settings): Promise<PrometheusServer> {
    const [port] = (await freePorts(1)) as [number];
    const server = new PrometheusServer(await mkdtemp(join(tmpdir(), 'passerelle-prometheus-')), port);
    const file = join(server.folder, 'prometheus.yml');
    await writeFile(file, config);
    const flags = [`--config.file=${file}`, `--storage.tsdb.path=${server.folder}/data`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'];
    try {
      await server.#process.start(binary, flags, { cwd: server.folder }, async () => (await fetch(`${server.url}/-/ready`).catch(() => null))?.ok ?? false);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a query finds now. @throws Error with its reason when Prometheus refuses it. */
  async query(query: string): Promise<readonly Series[]> {
    return (await this.ask<{ result: readonly Series[] }>('query', { query })).result;
  }

  /** Asks its API by GET. @throws Error with its reason when it refuses. */
  async ask<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${JSON.stringify(parameters)}: ${error}`);
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A real Alertmanager on a free port, alone: it knows of no others. */
export class AlertmanagerServer implements AsyncDisposable {
  readonly #process = new Daemon('Alertmanager');

  private constructor(private readonly folder: string, private readonly port: number) {}

  /** @param config path of its file. */
  static async start(binary: string, config: string): Promise<AlertmanagerServer> {
    const [port] = (await freePorts(1)) as [number];
    const server = new AlertmanagerServer(await mkdtemp(join(tmpdir(), 'passerelle-alertmanager-')), port);
    const flags = [`--config.file=${config}`, `--storage.path=${server.folder}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', '--log.level=warn'];
    try {
      await server.#process.start(binary, flags, {}, async () => (await fetch(`http://${server.host}/-/ready`).catch(() => null))?.ok ?? false);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
