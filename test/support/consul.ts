import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureOldPackage } from './apt.js';
import { Daemon } from './daemon.js';
import { freePorts } from './ports.js';

/**
 * Where Consul is: `CONSUL` says it, or it is on the path, or Debian's package is fetched (of the last release that has
 * one). It is not installed.
 * @returns `null`, after saying so, where there is none and nobody insists.
 * @throws Error in CI, where no test may be skipped.
 */
export async function findConsul(): Promise<string | null> {
  const path = process.env['CONSUL'] ?? (await ensureOldPackage({ command: 'consul', debianPackage: 'consul', suite: 'bullseye' }));
  if (path !== null) return path;
  const message = 'There is no Consul: its tests cannot run. Install it, or set CONSUL to its path.';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
  return null;
}

/** An instance as an agent is told of it; see Consul's API. */
export interface Registration {
  readonly [field: string]: unknown;
  readonly Name: string;
}

interface Options {
  /** With access control, closed to who has no token; this one may do everything. */
  readonly masterToken?: string;
}

/** An agent of Consul that is a cluster by itself, on free ports, and keeps what it knows across a restart. */
export class ConsulAgent implements AsyncDisposable {
  readonly #process = new Daemon('Consul');

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly ports: readonly number[],
    private readonly options: Options,
  ) {}

  static async start(binary: string, options: Options = {}): Promise<ConsulAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-consul-'));
    const agent = new ConsulAgent(binary, folder, await freePorts(3), options);
    const acl = options.masterToken === undefined ? {} : { acl: { enabled: true, default_policy: 'deny', tokens: { master: options.masterToken, agent: options.masterToken } } };
    // The quickest elections there are; a slow machine does without them.
    await writeFile(join(folder, 'agent.json'), JSON.stringify({ ...acl, performance: { raft_multiplier: 1 }, disable_update_check: true }));
    await agent.restart();
    return agent;
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${this.ports[0]}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Kills it, as a machine that loses its power. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Starts it, unless it runs, where it was and with what it knew, and waits until it leads. */
  async restart(): Promise<void> {
    if (this.#process.runs) return;
    const [http, server, serf] = this.ports;
    const flags = [
      '-server', '-bootstrap-expect=1', '-node=test', `-data-dir=${this.folder}/data`, `-config-file=${this.folder}/agent.json`, '-bind=127.0.0.1', '-client=127.0.0.1',
      `-http-port=${http}`, `-server-port=${server}`, `-serf-lan-port=${serf}`, '-serf-wan-port=-1', '-dns-port=-1', '-grpc-port=-1', '-log-level=warn',
    ];
    await this.#process.start(this.binary, ['agent', ...flags], {}, () => this.#leads());
  }

  /** Ready once it leads, and knows that its own machine is well. */
  async #leads(): Promise<boolean> {
    const checks = await this.call('GET', '/v1/health/node/test').catch(() => '');
    return checks.includes('"passing"');
  }

  /** Any call of its API, with the master token if there is one. @throws Error for an answer other than 200 and 404. */
  async call(method: string, path: string, body?: unknown): Promise<string> {
    const token = this.options.masterToken;
    const asked = request(this.url + path, { method, agent: false, headers: token === undefined ? {} : { 'x-consul-token': token } });
    asked.end(typeof body === 'string' ? body : JSON.stringify(body));
    const [answer] = await once(asked, 'response');
    let text = '';
    for await (const chunk of answer as AsyncIterable<Buffer>) text += chunk.toString();
    const { statusCode } = answer as { statusCode: number };
    if (statusCode !== 200 && statusCode !== 404) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return statusCode === 404 ? '' : text;
  }

  async register(instance: Registration): Promise<void> {
    await this.call('PUT', '/v1/agent/service/register', instance);
  }

  async deregister(id: string): Promise<void> {
    await this.call('PUT', `/v1/agent/service/deregister/${id}`);
  }

  async put(key: string, value: string): Promise<void> {
    await this.call('PUT', `/v1/kv/${key}`, value);
  }

  async delete(key: string): Promise<void> {
    await this.call('DELETE', `/v1/kv/${key}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
