import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onCore } from '../lib/cores.mjs';
import { nodeBinary } from '../lib/places.mjs';
import { fileURLToPath } from 'node:url';

/** A client in a process of its own, away from the gateway's core. It is told over IPC, and tells what it has seen. */
export class Helper {
  #child;

  constructor(script, job) {
    const [program, args] = onCore('load', nodeBinary, [fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(job)]);
    this.#child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const end = () => this.#child.kill('SIGKILL');
    process.on('exit', end);
    this.#child.on('exit', () => process.off('exit', end));
  }

  /** What it says next. @throws Error where it ends instead. */
  async says() {
    const ended = once(this.#child, 'exit').then(([code]) => { throw new Error(`the client ended with code ${code}`); });
    const [message] = await Promise.race([once(this.#child, 'message'), ended]);
    return message;
  }

  tell(message) {
    this.#child.send(message);
    return this.says();
  }

  end() {
    this.#child.kill('SIGKILL');
  }
}
