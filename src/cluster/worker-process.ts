import type { ChildProcess } from 'node:child_process';
import type { Image } from '../config/index.js';
import { Link } from './link.js';
import { toSupervisor, type FailedReloadNote, type ToSupervisor, type ToWorker } from './messages.js';

/** Milliseconds to get ready in; a machine that is busy needs some. */
const START_LIMIT = 60_000;
/** Milliseconds to apply a configuration in. */
const RELOAD_LIMIT = 30_000;
/** Milliseconds beyond the grace time in which a worker that leaves must be gone. */
const LEAVE_LIMIT = 10_000;
/** Milliseconds after its end in which what a worker has sent is still read. A process of its own may keep the pipes open. */
const LAST_WORDS = 2_000;

/** What a worker begins with. */
export interface Beginning {
  readonly image: Image;
  /** Milliseconds its requests may go on for when it leaves. */
  readonly grace: number;
}

/** What `cluster.fork` makes. */
export interface Forked {
  readonly id: number;
  readonly process: ChildProcess;
}

/** What the worker was told to do or did of its own; `gone` once nothing more comes from it. */
type Phase = 'starting' | 'ready' | 'leaving' | 'gone';
export type Matter = Extract<ToSupervisor, { kind: 'relieve' | 'ask' | 'answer' | 'legacy' }>;

/** One worker, as its supervisor sees it. */
export class WorkerProcess {
  readonly id: number;
  readonly pid: number | undefined;
  phase: Phase = 'starting';
  /** Hash of the configuration it has in force; empty until it is ready. */
  version = '';
  /** Where it listens; empty until it is ready. */
  url = '';
  /** Whether it was asked to end. */
  asked = false;
  /** When it got ready, by `performance.now()`; 0 before. */
  readyAt = 0;
  /** How it ended, for the log. */
  ending: { readonly code: number | null; readonly signal: string | null } = { code: null, signal: null };
  /** Rejects with what the worker says is wrong. */
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  readonly #process: ChildProcess;
  readonly #link: Link<ToSupervisor, ToWorker>;
  readonly #reloads = new Map<number, (errors: readonly string[]) => void>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  #reload = 0;
  #timer: NodeJS.Timeout;

  /** @param tell gets what is not between the two of them. */
  constructor(forked: Forked, private readonly beginning: Beginning, tell: (matter: Matter) => void) {
    this.id = forked.id;
    this.pid = forked.process.pid;
    this.#process = forked.process;
    this.#link = new Link(forked.process, toSupervisor);
    this.ready = this.#ready.promise;
    this.gone = this.#gone.promise;
    // Whoever waits for it hears of it; nobody has to.
    this.ready.catch(() => {});
    this.#timer = this.#limit(START_LIMIT, `worker ${this.id} was not ready within ${START_LIMIT / 1_000} s`);
    this.#link.onMessage((message) => this.#hear(message, tell));
    this.#process.once('exit', (code, signal) => {
      this.ending = { code, signal };
      setTimeout(() => this.#end(), LAST_WORDS).unref();
    });
    this.#process.once('close', () => this.#end());
    this.#process.on('error', (error) => {
      this.#ready.reject(error);
      if (this.pid === undefined) this.#end();
    });
  }

  send(message: ToWorker): void {
    void this.#link.send(message);
  }

  note(failed: Omit<FailedReloadNote, 'kind'>): void {
    this.send({ kind: 'failed-reload', ...failed });
  }

  /** Has it load the configuration of an image. @returns what is wrong, one line each; then it keeps the one it has. */
  reload(image: Image): Promise<readonly string[]> {
    const id = this.#reload++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => done([`worker ${this.id} did not apply it within ${RELOAD_LIMIT / 1_000} s`]), RELOAD_LIMIT);
      const done = (errors: readonly string[]): void => {
        clearTimeout(timer);
        this.#reloads.delete(id);
        resolve(errors);
      };
      this.#reloads.set(id, done);
      if (this.phase === 'gone') done([`worker ${this.id} is gone`]);
      else this.send({ kind: 'reload', id, image });
    });
  }

  /**
   * Has it take no more connections, answer what is in flight within its grace time, and end. One that is not ready yet has
   * nothing to answer.
   * @param manner `gentle` keeps idle connections until their next answer can tell the client.
   */
  async leave(manner: 'gentle' | 'prompt'): Promise<void> {
    this.asked = true;
    if (this.phase === 'starting') this.kill();
    if (this.phase === 'ready' || this.phase === 'leaving') {
      this.phase = 'leaving';
      clearTimeout(this.#timer);
      this.#timer = this.#limit(this.beginning.grace + LEAVE_LIMIT, '');
      this.send({ kind: 'leave', manner });
    }
    await this.gone;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #limit(milliseconds: number, why: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#ready.reject(new Error(why));
      this.kill();
    }, milliseconds).unref();
  }

  #hear(message: ToSupervisor, tell: (matter: Matter) => void): void {
    switch (message.kind) {
      case 'hello': return this.send({ kind: 'start', image: this.beginning.image });
      case 'ready': return this.#stand(message.url, message.version);
      case 'failed': return this.#ready.reject(new Error(message.message));
      case 'reloaded':
        this.version = message.version;
        return this.#reloads.get(message.id)?.(message.errors);
      case 'relieve': case 'ask': case 'answer': return tell(message);
      case 'legacy':
        tell(message);
        return this.send({ kind: 'dismissed' });
      default: return message satisfies never;
    }
  }

  #stand(url: string, version: string): void {
    if (this.phase !== 'starting') return;
    clearTimeout(this.#timer);
    Object.assign(this, { url, version, phase: 'ready', readyAt: performance.now() });
    this.#ready.resolve();
  }

  #end(): void {
    if (this.phase === 'gone') return;
    this.phase = 'gone';
    clearTimeout(this.#timer);
    const { code, signal } = this.ending;
    this.#ready.reject(new Error(`worker ${this.id} ended with ${signal ?? code} before it was ready`));
    for (const done of this.#reloads.values()) done([`worker ${this.id} ended with ${signal ?? code} while it applied the configuration`]);
    this.#gone.resolve();
  }
}
