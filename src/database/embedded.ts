import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { Outage, within, type Engine, type Link } from './engine.js';
import { Thread } from './thread.js';

/** How much of the time for a statement it may wait for other processes that write: what is left is for the statement. */
const PATIENCE = 0.9;

export interface EmbeddedSettings {
  /** Absolute path. */
  readonly file: string;
  /** Milliseconds for one statement, and for its turn. */
  readonly timeout: number;
  /** Milliseconds for opening the file. */
  readonly connectTimeout: number;
}

/** SQLite in a thread of this process. One statement or transaction at a time has it; other processes have the same file. */
export class EmbeddedEngine implements Engine {
  readonly kind = 'sqlite';
  #thread: Thread | null = null;
  #taken = false;
  #closed = false;
  readonly #queue: (() => void)[] = [];

  constructor(private readonly settings: EmbeddedSettings) {}

  async open(): Promise<void> {
    if (this.#closed) throw new Outage('lost', 'it is closed');
    if (this.#thread === null || this.#thread.dead !== null) {
      make(this.settings.file);
      this.#thread = new Thread(this.settings.file, Math.ceil(this.settings.timeout * PATIENCE));
    }
    const link = await this.acquire(this.settings.connectTimeout);
    try {
      await link.query('select 1', []);
    } finally {
      link.release(false);
    }
  }

  async acquire(patience = this.settings.timeout): Promise<Link> {
    await this.#turn(patience);
    const thread = this.#thread;
    if (thread === null) {
      this.#next();
      throw new Outage('lost', 'it is not open');
    }
    return {
      query: (sql, parameters) => within(patience, thread.query(sql, parameters), 'a statement'),
      release: (cut) => {
        if (cut) thread.undo();
        this.#next();
      },
    };
  }

  async #turn(patience: number): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue.push(resolve);
    try {
      await within(patience, promise, 'waiting for those before');
    } catch (error) {
      const at = this.#queue.indexOf(resolve);
      // Its turn came in the very moment that it gave up.
      if (at === -1) this.#next();
      else this.#queue.splice(at, 1);
      throw error;
    }
  }

  #next(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close();
  }
}

/**
 * Makes the file where there is none, for its owner only; what SQLite puts beside it is like it. A file that is there
 * must not even be opened: closing it would end the locks this process has on it.
 */
function make(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
