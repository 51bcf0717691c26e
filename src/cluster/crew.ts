import type { Log } from './log.js';
import { WorkerProcess, type Beginning, type Forked, type Matter } from './worker-process.js';

/** Milliseconds a worker must have served for its end not to count as another early one. */
const GROWN = 60_000;
/** Milliseconds until an early end is made good for the first time; each further one doubles it. */
const FIRST_DELAY = 250;
const LONGEST_DELAY = 30_000;

/** What goes on in a crew. */
export interface CrewWatch {
  /** It takes connections now. */
  ready(worker: WorkerProcess): void;
  /** It ended. */
  gone(worker: WorkerProcess): void;
  tell(worker: WorkerProcess, matter: Matter): void;
}

interface CrewOptions {
  readonly fork: () => Forked;
  /** What a worker that makes good for another begins with. */
  readonly beginning: () => Beginning;
  readonly log: Log;
}

/** Milliseconds to wait before the next worker is started, after that many in a row that ended early. */
export function delayAfter(early: number): number {
  return early === 0 ? 0 : Math.min(FIRST_DELAY * 2 ** (early - 1), LONGEST_DELAY);
}

/** The workers there are. Keeps their number: one that ends without having been asked to is made good. */
export class Crew {
  readonly members = new Set<WorkerProcess>();
  /** Workers that were replaced, by why. */
  readonly replaced = { died: 0, asked: 0 };
  /** How many there should be; 0 until the first ones stand. */
  size = 0;
  #early = 0;
  #awaited = 0;
  #closed = false;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(private readonly options: CrewOptions, private readonly watch: CrewWatch) {}

  /** Those that take connections. */
  get ready(): readonly WorkerProcess[] {
    return [...this.members].filter(({ phase }) => phase === 'ready');
  }

  /** Those that answer questions. */
  get answering(): readonly WorkerProcess[] {
    return [...this.members].filter(({ phase }) => phase === 'ready' || phase === 'leaving');
  }

  /** Starts one more worker. @throws Error when there can be no more of them. */
  hire(beginning: Beginning = this.options.beginning()): WorkerProcess {
    if (this.#closed) throw new Error('the gateway ends');
    const worker: WorkerProcess = new WorkerProcess(this.options.fork(), beginning, (matter) => this.watch.tell(worker, matter));
    this.members.add(worker);
    worker.ready.then(() => this.#stands(worker), (error: Error) => this.#fails(worker, error));
    void worker.gone.then(() => this.#ended(worker));
    return worker;
  }

  /** Starts as many as are missing and waits for them. @throws Error by rejection when one does not get ready. */
  async fill(): Promise<void> {
    await Promise.all(Array.from({ length: Math.max(0, this.#missing) }, () => this.hire().ready));
  }

  /** Ends all of them; nobody is made good any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.members].map((worker) => worker.leave('prompt')));
  }

  /** Ends all of them at once. */
  abandon(): void {
    this.#closed = true;
    for (const worker of this.members) worker.kill();
  }

  /** How many fewer there are than should be, with those that are on their way. */
  get #missing(): number {
    const there = [...this.members].filter(({ phase }) => phase === 'starting' || phase === 'ready').length;
    return this.size - there - this.#awaited;
  }

  #stands(worker: WorkerProcess): void {
    this.options.log.info({ worker: worker.id, pid: worker.pid, url: worker.url }, 'worker ready');
    this.watch.ready(worker);
  }

  #fails(worker: WorkerProcess, error: Error): void {
    if (!this.#closed && this.size > 0) this.options.log.error({ worker: worker.id, reason: error.message }, 'a worker does not get ready');
  }

  #ended(worker: WorkerProcess): void {
    this.members.delete(worker);
    this.watch.gone(worker);
    if (this.#closed || worker.asked) return;
    const served = worker.readyAt === 0 ? 0 : performance.now() - worker.readyAt;
    this.#early = served >= GROWN ? 0 : this.#early + 1;
    const delay = delayAfter(this.#early);
    this.options.log.warn({ worker: worker.id, pid: worker.pid, ...worker.ending, served: Math.round(served), delay }, 'a worker ended');
    this.#makeGood(delay);
  }

  /** Starts one more after a while, if one is missing by then. */
  #makeGood(delay: number): void {
    if (this.#closed || this.#missing <= 0) return;
    this.#awaited++;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#awaited--;
      if (this.#closed || this.#missing <= 0) return;
      this.replaced.died++;
      try {
        this.hire();
      } catch (error) {
        this.options.log.error({ reason: (error as Error).message }, 'a worker cannot be started');
        this.#makeGood(LONGEST_DELAY);
      }
    }, delay);
    this.#timers.add(timer);
  }
}
