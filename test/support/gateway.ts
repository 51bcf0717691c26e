import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Agent, request, type Dispatcher } from 'undici';
import { echoService, type EchoService, type Seen } from '#libs/testing';
import { startGateway, type Gateway } from '../../src/bootstrap.js';
import { builtIns } from '../../src/extensions.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: <T = Record<string, unknown>>() => T;
  /** What the echo service saw. */
  readonly seen: Seen;
}

interface Init {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer | Readable;
}

/** A gateway on a free port with an echo service behind it, over real sockets. */
export class TestGateway implements AsyncDisposable {
  readonly #agent = new Agent({ pipelining: 1 });

  constructor(
    readonly gateway: Gateway,
    readonly echo: EchoService,
    readonly file: string,
  ) {}

  get url(): string {
    return this.gateway.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async fetch(path: string, init: Init = {}): Promise<Reply> {
    const { method = 'GET', headers = {}, body = null } = init;
    const answer = await request(this.url + path, { dispatcher: this.#agent, method: method as Dispatcher.HttpMethod, headers, body });
    const text = await answer.body.text();
    const json = <T>(): T => JSON.parse(text) as T;
    return { status: answer.statusCode, headers: answer.headers, text, json, get seen() { return json<Seen>(); } };
  }

  /** Writes the file anew and reloads. */
  async rewrite(yaml: string): Promise<void> {
    await writeFile(this.file, yaml);
    await this.gateway.reload();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.gateway.close();
    await this.echo.close();
    await rm(join(this.file, '..'), { recursive: true });
  }
}

/**
 * Starts a gateway from YAML. `${ECHO}` in it is the address of the echo service; a file without `services:` gets one
 * named `echo`.
 */
export async function gateway(yaml: string, options: { echo?: EchoService; env?: Record<string, string> } = {}): Promise<TestGateway> {
  const echo = options.echo ?? (await echoService());
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
  const file = join(folder, 'gateway.yaml');
  const head = `version: 1\nlog: { level: silent, access: off }\n`;
  const services = /^services:/m.test(yaml) ? '' : 'services: { echo: { targets: "${ECHO}" } }\n';
  await writeFile(file, yaml.includes('version: 1') ? yaml : head + services + yaml);
  const start = startGateway({ file, env: { ECHO: echo.url, ...options.env }, builtIns, port: 0, host: '127.0.0.1' });
  // Whoever hands its own echo service in closes it too.
  const started = await start.catch(async (error: unknown) => {
    if (!options.echo) await echo.close();
    throw error;
  });
  return new TestGateway(started, echo, file);
}
