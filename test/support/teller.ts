import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestDatabase } from './databases.js';

/** A program beside this file, run from its sources in a process of its own, that writes a line for each thing it was told is done. */
export class Teller {
  readonly done: string[] = [];
  errors = '';
  readonly ended: Promise<unknown>;
  readonly #child;

  /** @param more arguments after the file, and what `database:` of it says. */
  constructor(program: string, test: TestDatabase, ...more: readonly string[]) {
    const settings = JSON.stringify({ ...test.settings, migrate: 'auto' });
    const [preload, main] = ['sources.mjs', program].map((name) => path.join(import.meta.dirname, name)) as [string, string];
    this.#child = spawn(process.execPath, ['--conditions=source', '--import', preload, main, test.file().file, settings, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.done.push(...lines);
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => { this.errors += text; });
    this.ended = once(this.#child, 'close');
  }

  kill(): Promise<unknown> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }
}
