import { Worker } from 'node:worker_threads';
import { Outage, type Outcome } from './engine.js';
import { SqliteError } from './errors.js';

interface Reply extends Partial<Outcome> {
  readonly id: number;
  readonly error?: { readonly message: string; readonly errcode: number };
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** SQLite's result codes that are no fault of the statement: the file is locked, gone, full, or cannot be read. */
const OUTAGES = new Set([5, 6, 8, 10, 11, 13, 14, 26]);

/** The thread that has the file open. */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #last = 0;
  #dead: string | null = null;

  /** @param patience milliseconds that a statement waits for other processes that write. */
  constructor(file: string, patience: number) {
    // The sources run as they are, in tests; what is built has another name.
    const name = import.meta.url.endsWith('.ts') ? './embedded-thread.ts' : './embedded-thread.js';
    this.#worker = new Worker(new URL(name, import.meta.url), { name: 'database', workerData: { file, patience }, execArgv: [] });
    this.#worker.on('message', (reply: Reply) => this.#hear(reply));
    this.#worker.on('error', (error) => this.#die((error as Error).message));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#die('its thread has ended');
        resolve();
      });
    });
    this.#worker.unref();
  }

  /** Why it cannot be asked any more; `null` when it can. */
  get dead(): string | null {
    return this.#dead;
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<Outcome> {
    const { affected = null, rows = [] } = await this.#ask({ ask: 'query', sql, parameters });
    return { rows, affected, command: '' };
  }

  /** Has the thread end a transaction that is open, once it is done with what it was told before. */
  undo(): void {
    this.#ask({ ask: 'undo' }).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#ask({ ask: 'close' }).catch(() => undefined);
    await this.#ended;
  }

  #ask(question: object): Promise<Reply> {
    if (this.#dead !== null) return Promise.reject(new Outage('lost', this.#dead));
    // A process that waits for an answer goes on; one that does not may end.
    if (this.#waiting.size === 0) this.#worker.ref();
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...question });
    });
  }

  #hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.error === undefined) return waiting?.resolve(reply);
    const { errcode, message } = reply.error;
    const error = new SqliteError(message, errcode);
    // The low byte is the kind, whatever is told beyond.
    waiting?.reject(OUTAGES.has(errcode & 0xff) ? new Outage('slow', message, error) : error);
  }

  #die(reason: string): void {
    this.#dead ??= reason;
    for (const { reject } of this.#waiting.values()) reject(new Outage('lost', this.#dead));
    this.#waiting.clear();
  }
}
