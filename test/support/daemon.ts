import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for a server, or several that must find one another, to serve. */
const PATIENCE = 30_000;

/** A real server that a test starts, and does all kinds of things to. */
export class Daemon {
  #child: ChildProcess | null = null;
  #said = '';

  /** @param name as people call it. */
  constructor(private readonly name: string) {}

  /** Whether it was started and not killed since. */
  get runs(): boolean {
    return this.#child !== null;
  }

  /** Starts it and waits until it serves. @throws Error when it ends instead, or never does. */
  async start(command: string, argv: readonly string[], options: SpawnOptions, serves: () => Promise<boolean>): Promise<void> {
    const child = spawn(command, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { this.#said = (this.#said + chunk.toString()).slice(-2000); });
    const failed = once(child, 'error').then(([error]) => { throw error as Error; });
    failed.catch(() => undefined);
    await Promise.race([failed, until(`${this.name} serves`, async () => {
      if (child.exitCode !== null) throw new Error(`${this.name} ended with ${child.exitCode}: ${this.#said}`);
      return serves();
    })]);
  }

  /** Kills it and what it started, as a machine that loses its power. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.pid === undefined) return;
    const closed = once(child, 'close');
    // Stopped first, it starts no others meanwhile.
    child.kill('SIGSTOP');
    for (const pid of childrenOf(child.pid)) kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await closed;
  }

  /** It stays connected and says nothing any more. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  /** It goes on, with what it was told while it was frozen first. */
  thaw(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    for (const each of [pid, ...childrenOf(pid)]) kill(each, signal);
  }
}

/** Waits for something to come about. @throws Error when it does not. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const started = performance.now(); !(await holds()); await sleep(20)) {
    if (performance.now() - started > PATIENCE) throw new Error(`This did not come about: ${what}`);
  }
}

function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '').map(Number);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
