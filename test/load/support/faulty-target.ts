import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** How a target treats requests. */
export type Mode =
  | { readonly name: 'well' | 'large' | 'hanging' | 'resetting' | 'garbage' | 'broken' | 'failing' }
  /** A text that tells how many requests there were before, after so many milliseconds; or one of so many bytes. */
  | { readonly name: 'counting'; readonly delay?: number }
  | { readonly name: 'page'; readonly bytes: number }
  /** Milliseconds until it answers. */
  | { readonly name: 'slow'; readonly delay: number };

/** A target in a process of its own, so that it can be killed as targets are. */
export class FaultyTarget implements AsyncDisposable {
  #child: ChildProcess;

  private constructor(child: ChildProcess, readonly port: number) {
    this.#child = child;
  }

  static async start(): Promise<FaultyTarget> {
    const { child, port } = await spawn(0);
    return new FaultyTarget(child, port);
  }

  static all(count: number): Promise<FaultyTarget[]> {
    return Promise.all(Array.from({ length: count }, () => FaultyTarget.start()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves once it behaves so. */
  async behave(mode: Mode): Promise<void> {
    await this.#ask({ mode });
  }

  /** Requests it has seen so far. */
  async seen(): Promise<number> {
    return (await this.#ask({})).seen;
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  /** Comes back at the same address. */
  async revive(): Promise<void> {
    this.#child = (await spawn(this.port)).child;
  }

  async #ask(message: object): Promise<{ seen: number }> {
    this.#child.send(message);
    const [answer] = (await once(this.#child, 'message')) as [{ seen: number }];
    return answer;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

async function spawn(port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(path.join(import.meta.dirname, 'target-process.mjs'), [String(port)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: message.port };
}
