import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, encode } from 'dns-packet';
import { ensureCommand } from './apt.js';

/**
 * Where Knot DNS is, a server in charge of its zones: on the path, or Debian's package brings it.
 * @returns `null`, after saying so, where there is none and nobody insists.
 * @throws Error in CI, where no test may be skipped.
 */
export async function findKnot(): Promise<string | null> {
  const path = await ensureCommand('knotd', 'knot');
  if (path !== null) return path;
  const message = 'There is no Knot DNS: the tests of discovery by DNS cannot run. Install the package knot.';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** SKIPPED *** ${message}\n\n`);
  return null;
}

/** Milliseconds for the server to start, or to take a zone. */
const PATIENCE = 10_000;

/** A DNS server that is in charge of the zone `internal.`, on a free port of the loopback interface. */
export class DnsServer implements AsyncDisposable {
  #process: ChildProcess | null = null;
  #serial = 0;

  private constructor(
    private readonly knotd: string,
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(knotd: string, records = ''): Promise<DnsServer> {
    const server = new DnsServer(knotd, await mkdtemp(join(tmpdir(), 'passerelle-dns-')), await freePort());
    await writeFile(join(server.folder, 'knot.conf'), configuration(server.folder, server.port));
    await server.#write(records);
    await server.run();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Serves other records, in the form of a zone file, from when it returns. */
  async serve(records: string): Promise<void> {
    await this.#write(records);
    if (!this.#process) return;
    this.#process.kill('SIGHUP');
    await this.#ready();
  }

  /** Starts it, or starts it again. */
  async run(): Promise<void> {
    this.#process = spawn(this.knotd, ['--config', join(this.folder, 'knot.conf')], { stdio: 'ignore' });
    await this.#ready();
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  /** Makes it silent, as behind a network that drops packets; `SIGCONT` wakes it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
  }

  async #write(records: string): Promise<void> {
    this.#serial += 1;
    const head = `$ORIGIN internal.\n$TTL 60\n@ SOA ns hostmaster ${this.#serial} 3600 600 86400 1\n@ NS ns\nns A 127.0.0.1\n`;
    await writeFile(join(this.folder, 'internal.zone'), `${head}${records}\n`);
  }

  /** Once it has the newest zone. */
  async #ready(): Promise<void> {
    for (let waited = 0; (await serialAt(this.port)) !== this.#serial; waited += 50) {
      if (waited > PATIENCE || this.#process?.exitCode !== null) throw new Error('The DNS server does not serve its zone');
      await sleep(50);
    }
  }
}

function configuration(folder: string, port: number): string {
  return `
server:
    rundir: "${folder}"
    listen: 127.0.0.1@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "${folder}"
zone:
  - domain: internal
    storage: "${folder}"
    file: internal.zone
    journal-content: none
    zonefile-sync: -1
`;
}

/** A port that nobody has over TCP; the server takes it over UDP too. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Serial number of the zone that a server has; `null` when it does not answer. */
async function serialAt(port: number): Promise<number | null> {
  const socket = createSocket('udp4');
  try {
    const answer = new Promise<Buffer>((resolve, reject) => {
      socket.on('message', resolve);
      socket.on('error', reject);
    });
    socket.connect(port, '127.0.0.1', () => socket.send(encode({ type: 'query', id: 1, questions: [{ name: 'internal', type: 'SOA' }] })));
    const bytes = await Promise.race([answer, sleep(200, null)]);
    const [soa] = bytes === null ? [] : (decode(bytes).answers ?? []);
    return soa?.type === 'SOA' ? (soa.data.serial ?? null) : null;
  } catch {
    return null;
  } finally {
    socket.close();
  }
}

/** Passes UDP packets on to a DNS server, and notes what was asked when. */
export class DnsTap implements AsyncDisposable {
  readonly asked: { readonly name: string; readonly type: string; readonly at: number }[] = [];
  readonly #waiting = new Set<Socket>();

  private constructor(private readonly socket: Socket) {}

  static async before(port: number): Promise<DnsTap> {
    const tap = new DnsTap(createSocket('udp4'));
    tap.socket.on('message', (packet, client) => tap.#pass(packet, port, (answer) => tap.socket.send(answer, client.port, client.address)));
    await new Promise<void>((resolve) => tap.socket.bind(0, '127.0.0.1', resolve));
    return tap;
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  #pass(packet: Buffer, port: number, back: (answer: Buffer) => void): void {
    const [question] = decode(packet).questions ?? [];
    if (question) this.asked.push({ name: question.name, type: question.type, at: performance.now() });
    const socket = createSocket('udp4');
    this.#waiting.add(socket);
    const end = (): void => {
      if (this.#waiting.delete(socket)) socket.close();
    };
    socket.on('error', end);
    socket.on('message', (answer) => {
      end();
      back(answer);
    });
    socket.send(packet, port, '127.0.0.1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#waiting) socket.close();
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }
}
