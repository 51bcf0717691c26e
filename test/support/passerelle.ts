import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const entry = path.join(root, 'bin', 'passerelle');

/** Builds once where sources are newer than the build: a test of the command line tests what is built. */
export function build(): void {
  const stamp = path.join(root, 'dist', '.tsbuildinfo');
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (Math.max(newest(path.join(root, 'src')), newest(path.join(root, 'libs'))) <= built) return;
  const { status, stderr, stdout } = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`);
}

function newest(folder: string): number {
  return Math.max(0, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => statSync(path.join(folder, name)).mtimeMs));
}

interface Options {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** `bin/passerelle` as a process of its own. */
export class Passerelle implements AsyncDisposable {
  out = '';
  err = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { this.out += text; });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.err += text; });
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as { code: number | null; signal: NodeJS.Signals | null });
  }

  static run(argv: readonly string[], { cwd = root, env = {} }: Options = {}): Passerelle {
    const { PASSERELLE_CONFIG: _config, FORCE_COLOR: _colour, ...clean } = process.env;
    return new Passerelle(spawn(process.execPath, [entry, ...argv], { cwd, env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Resolves with the match once the standard output has it. @throws Error when the process ends before that. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found) return found;
      const ended = await Promise.race([this.ended, once(this.child.stdout as NodeJS.ReadableStream, 'data').then(() => null)]);
      if (ended && !pattern.test(this.out)) throw new Error(`It ended with ${ended.code ?? ended.signal} and never said ${pattern}:\n${this.out}${this.err}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
