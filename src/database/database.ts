import type { Kysely, Transaction } from 'kysely';
import { Problem, problems } from '#libs/kernel';
import { kyselyOver } from './driver.js';
import { Outage, within, type DatabaseKind, type Engine } from './engine.js';
import type { Tables } from './tables.js';

/** Milliseconds after which a database that is away is tried again. */
const RETRY = 1_000;
const RETRY_AFTER = String(RETRY / 1_000);

/** The tables, whichever engine keeps them. It comes and goes by itself. */
export interface Database {
  readonly kind: DatabaseKind;
  /** Why it cannot be asked; `null` when it can. */
  readonly away: string | null;
  /**
   * Asks. Each statement stands for itself; whoever needs several to be one takes a transaction.
   * @throws Problem `database-away` at once while it is away, and when the work is not done within `database.timeout`:
   * what it changed by then may stay. Else whatever the work throws; see `isDuplicate`.
   */
  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /**
   * All or nothing: what the work throws undoes what it did. The work asks `trx` only, and nothing else that takes time;
   * `run` or another transaction within it would wait for it.
   * @throws Problem `database-away` as `run`; when that is in the very moment of its end, it may be done all the same.
   */
  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
}

/** A database, and what whoever made it does with it. */
export interface OwnDatabase extends Database {
  /** Over once it is known whether it can be asked. Never rejects. */
  readonly settled: Promise<void>;
  /** Ends it, after what is under way. */
  close(): Promise<void>;
}

export interface Parts {
  readonly engine: Engine;
  /** Milliseconds for a call. */
  readonly timeout: number;
  /** Sees to it that the tables are as they must be. @throws Error that says why not. */
  readonly ready: (engine: Engine) => Promise<void>;
  /** Hears each change of why it cannot be asked. */
  readonly told: (away: string | null) => void;
}

/** Begins to connect, in the background: the engine may be away now, and come and go. */
export class LiveDatabase implements OwnDatabase {
  readonly kind: DatabaseKind;
  readonly settled: Promise<void>;
  #away: string | null = 'it is not connected yet';
  #kysely: Kysely<Tables> | null = null;
  #trying: Promise<void> | null = null;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly parts: Parts) {
    this.kind = parts.engine.kind;
    this.settled = this.#try();
  }

  get away(): string | null {
    return this.#away;
  }

  run<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#guarded((db) => work(db));
  }

  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
    const { timeout } = this.parts;
    const before = performance.now() + timeout;
    return this.#guarded((db) => db.transaction().execute((trx) => within(Math.max(0, before - performance.now()), work(trx), 'a transaction')));
  }

  async #guarded<T>(begin: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    if (this.#away !== null || this.#kysely === null) throw awayProblem(new Outage('lost', this.#away ?? ''));
    try {
      return await within(this.parts.timeout, begin(this.#kysely), 'a call');
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      this.#suspect(error);
      throw awayProblem(error);
    }
  }

  /** Somebody got no answer. One that took long may have been the fault of the question: it is asked an easy one. */
  #suspect(outage: Outage): void {
    if (this.#closed) return;
    if (outage.manner === 'lost') this.#tell(outage.message);
    void this.#try();
  }

  #try(): Promise<void> {
    clearTimeout(this.#again);
    this.#trying ??= this.#open().finally(() => { this.#trying = null; });
    return this.#trying;
  }

  async #open(): Promise<void> {
    const { engine, ready } = this.parts;
    try {
      await engine.open();
      await ready(engine);
      this.#kysely ??= await kyselyOver(engine);
      this.#tell(null);
    } catch (error) {
      this.#tell((error as Error).message);
      if (!this.#closed) this.#again = setTimeout(() => void this.#try(), RETRY).unref();
    }
  }

  #tell(away: string | null): void {
    const before = this.#away;
    this.#away = this.#closed ? 'it is closed' : away;
    if (this.#away !== before && !this.#closed) this.parts.told(this.#away);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#away = 'it is closed';
    clearTimeout(this.#again);
    await this.#trying;
    await this.parts.engine.close();
  }
}

/** The reason is for the log only: it names hosts and files. */
function awayProblem(outage: Outage): Problem {
  return new Problem(problems.databaseAway, 'The database cannot be asked now; repeat the request a little later.', { headers: { 'Retry-After': RETRY_AFTER }, cause: outage });
}
