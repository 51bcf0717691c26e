import { isDeepStrictEqual } from 'node:util';
import { events } from '#libs/kernel';
import { watch, type ConfigStore, type LoadedConfig, type ServerConfig } from '../config/index.js';
import { Crew } from './crew.js';
import { Estate } from './estate.js';
import type { Fleet, Inheritable } from './fleet.js';
import { Handlers } from './handlers.js';
import type { Log } from './log.js';
import { outcomeOf, reloadTopic } from './reload-topic.js';
import { replaceEach } from './roll.js';
import { Switchboard } from './switchboard.js';
import { workerCount } from './worker-count.js';
import type { Beginning, Forked, Matter, WorkerProcess } from './worker-process.js';

export interface SupervisorOptions {
  readonly store: ConfigStore;
  readonly log: Log;
  readonly fork: () => Forked;
  /** Topics whose answers outlast a worker. */
  readonly inherited: readonly Inheritable[];
}

/**
 * Keeps several workers behind one listener: starts them, makes good for those that end, and leads every reload and
 * restart through them one after the other.
 */
export class Supervisor {
  readonly #store: ConfigStore;
  readonly #log: Log;
  readonly #crew: Crew;
  readonly #estate: Estate;
  readonly #switchboard: Switchboard;
  readonly #own = new Handlers();
  /** What a worker has proved to stand; the store may be one ahead of it. */
  #inForce: LoadedConfig;
  #turn: Promise<unknown> = Promise.resolve();
  #closing = false;
  readonly #unsubscribe: readonly (() => void)[];

  constructor({ fork, inherited, log, store }: SupervisorOptions) {
    this.#store = store;
    this.#log = log;
    this.#inForce = store.current;
    this.#estate = new Estate(inherited);
    this.#crew = new Crew({ fork, log, beginning: () => beginningOf(this.#inForce) }, {
      ready: (worker) => this.#catchUp(worker),
      gone: (worker) => this.#settle(worker),
      tell: (worker, matter) => this.#hear(worker, matter),
    });
    this.#switchboard = new Switchboard(() => this.#crew.answering, this.#own, this.#estate);
    this.#own.add(reloadTopic, () => outcomeOf(() => this.reload()));
    this.#unsubscribe = (['load-failed', 'apply-failed'] as const).map((outcome) =>
      events[outcome === 'load-failed' ? 'configurationLoadFailed' : 'configurationApplyFailed'].subscribe((report) => {
        for (const worker of this.#crew.ready) worker.note({ outcome, ...report, errors: [...report.errors] });
      }));
  }

  /** Where the workers listen; empty while there is none. */
  get url(): string {
    return this.#crew.ready.at(-1)?.url ?? '';
  }

  /** How many workers take connections, and how many were replaced, by why. */
  get facts(): { readonly workers: number; readonly replaced: Readonly<Record<'died' | 'asked', number>> } {
    return { workers: this.#crew.ready.length, replaced: this.#crew.replaced };
  }

  /** Says how the supervisor answers what only it knows. */
  answer: Fleet['answer'] = (topic, handler) => this.#own.add(topic, handler);

  /**
   * Starts one worker, and when it stands the others.
   * @throws Error by rejection, in words for the user, when one does not get ready; then none is left.
   */
  async start(): Promise<void> {
    const { file, hash, server } = this.#inForce.config;
    try {
      await this.#crew.hire().ready;
      this.#crew.size = workerCount(server);
      await this.#crew.fill();
    } catch (error) {
      await this.close();
      throw error;
    }
    events.configurationApplied.publish({ file, version: hash, errors: [] });
  }

  /** Loads the file once and leads it through the workers. What is wrong reaches none of them; what the first cannot apply, no other. */
  reload(): Promise<boolean> {
    return this.#inTurn(() => this.#reload());
  }

  /** Replaces every worker by a new one, one after the other. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      this.#log.info({ workers: this.#crew.ready.length }, 'rolling restart');
      const left = await this.#replace(this.#crew.ready, () => beginningOf(this.#inForce));
      if (left.length === 0) this.#log.info({ workers: this.#crew.ready.length }, 'rolling restart done');
    });
  }

  /** Calls `changed` when a file of the configuration did, as often as `server.watch` in force says. */
  watch(changed: () => void): () => void {
    let end = this.#watch(changed);
    const unsubscribe = events.configurationApplied.subscribe(() => {
      end();
      end = this.#watch(changed);
    });
    return () => {
      unsubscribe();
      end();
    };
  }

  /** Ends all workers: they answer what is in flight within the grace time. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#crew.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** Ends all workers at once. */
  abandon(): void {
    this.#crew.abandon();
  }

  #watch(changed: () => void): () => void {
    const every = this.#inForce.config.server.watch;
    return every === 0 ? () => {} : watch(this.#store, every, changed);
  }

  /** One thing after the other: two rolls at once would leave nobody to take connections. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #reload(): Promise<boolean> {
    if (this.#closing || !(await this.#store.reload())) return false;
    const next = this.#store.current;
    const { file, hash, server } = next.config;
    const errors = isDeepStrictEqual(lasting(server), lasting(this.#inForce.config.server)) ? await this.#apply(next) : await this.#rebuild(next);
    const report = { file, version: hash, errors };
    if (errors.length === 0) {
      events.configurationApplied.publish(report);
      return true;
    }
    this.#store.undo();
    events.configurationApplyFailed.publish(report);
    return false;
  }

  /** Leads a configuration through the workers that are there; the first one tries it for all. */
  async #apply(next: LoadedConfig): Promise<readonly string[]> {
    const [canary, ...others] = this.#crew.ready;
    if (!canary) return this.#rebuild(next);
    const errors = await canary.reload(next.image);
    if (errors.length > 0) return errors;
    this.#inForce = next;
    for (const worker of others) await this.#bring(worker);
    return [];
  }

  /** Replaces the workers, for what a running one cannot change: `server:`. The first new one tries it for all. */
  async #rebuild(next: LoadedConfig): Promise<readonly string[]> {
    const olds = this.#crew.ready;
    try {
      await this.#crew.hire(beginningOf(next)).ready;
    } catch (error) {
      return [(error as Error).message];
    }
    this.#inForce = next;
    this.#crew.size = workerCount(next.config.server);
    const [replaced, ...rest] = olds;
    if (replaced) this.#crew.replaced.asked++;
    await replaced?.leave('gentle');
    await this.#replace(rest.slice(0, this.#crew.size - 1), () => beginningOf(next));
    await Promise.all(rest.slice(this.#crew.size - 1).map((worker) => worker.leave('gentle')));
    await this.#crew.fill().catch(() => {});
    return [];
  }

  async #replace(olds: readonly WorkerProcess[], beginning: () => Beginning): Promise<readonly WorkerProcess[]> {
    const { error, left } = await replaceEach(this.#crew, olds, { beginning, closing: () => this.#closing });
    if (error) this.#log.error({ reason: error, left: left.map(({ id }) => id) }, 'the remaining workers stay: a new one does not get ready');
    return left;
  }

  /** A worker that cannot follow where another has gone before is replaced. */
  async #bring(worker: WorkerProcess): Promise<void> {
    if (worker.phase !== 'ready' || worker.version === this.#inForce.config.hash) return;
    const errors = await worker.reload(this.#inForce.image);
    if (errors.length === 0 || worker.phase !== 'ready') return;
    this.#log.error({ worker: worker.id, errors }, 'a worker cannot apply what another has applied, and is replaced');
    await this.#replace([worker], () => beginningOf(this.#inForce));
  }

  /** It may have begun with what was in force before. */
  #catchUp(worker: WorkerProcess): void {
    if (this.#crew.size > 0) void this.#inTurn(() => this.#bring(worker));
  }

  #settle(worker: WorkerProcess): void {
    this.#estate.settle(worker);
    this.#switchboard.gone(worker);
  }

  #hear(worker: WorkerProcess, matter: Matter): void {
    if (matter.kind === 'relieve') void this.#inTurn(() => this.#replace([worker], () => beginningOf(this.#inForce)));
    if (matter.kind === 'ask') this.#switchboard.ask(worker, matter);
    if (matter.kind === 'answer') this.#switchboard.answer(worker, matter);
    if (matter.kind !== 'legacy') return;
    for (const [topic, answer] of matter.answers) this.#estate.note(worker, topic, answer);
    this.#estate.settle(worker);
  }
}

/** What of `server:` a running worker cannot change: all but what its certificates are. */
function lasting({ tls, ...rest }: ServerConfig): object {
  return { ...rest, tls: tls && { ...tls, certificates: null, ca: null, crl: null } };
}

function beginningOf({ config, image }: LoadedConfig): Beginning {
  return { image, grace: config.server.grace };
}
