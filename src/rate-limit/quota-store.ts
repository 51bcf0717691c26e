import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '#libs/kernel';
import type { LimitStore, Quota, Take, Verdict } from '#libs/rate-limit';

/** Milliseconds to wait for another worker that writes; the event loop waits with it. */
const PATIENCE = 200;
/** Milliseconds after a failure for which nothing else is tried: each try may cost the whole patience. */
const REST = 1_000;
/** Milliseconds between two looks for quotas that are over. */
const SWEEP_EVERY = 3_600_000;

const TAKE = `
  INSERT INTO quotas (key, used, ends) SELECT :key, :cost, :ends WHERE :cost <= :count
  ON CONFLICT (key) DO UPDATE SET used = used + :cost, ends = :ends WHERE used + :cost <= :count
  RETURNING used`;

interface Statements {
  readonly take: StatementSync;
  readonly used: StatementSync;
  readonly give: StatementSync;
  readonly sweep: StatementSync;
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly rollback: StatementSync;
}

/**
 * Quotas in a file that all processes of this gateway share: exact over them, and kept through restarts. A process that
 * is killed loses nothing; a machine that loses its power may lose the last moments.
 */
export class QuotaStore implements LimitStore {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  #sweepAt = 0;
  #failure: { readonly error: unknown; readonly until: number } | null = null;

  /**
   * @param folder absolute; made where it is not there.
   * @throws Error in words for the user when the file cannot be made, read or written.
   */
  constructor(readonly folder: string, private readonly clock: Clock) {
    const file = path.join(folder, 'limits.db');
    try {
      mkdirSync(folder, { recursive: true });
      this.#database = open(file);
      this.#statements = prepare(this.#database);
      this.#sweep();
    } catch (error) {
      throw new Error(`limits.data: the quotas cannot be kept in ${file}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Quotas of which something was taken. */
  get size(): number {
    return Number(this.#database.prepare('SELECT count(*) AS size FROM quotas').get()?.['size'] ?? 0);
  }

  /** @throws Error when the file cannot be written. */
  take(takes: readonly Take[]): readonly Verdict[] {
    if (this.#rests()) throw this.#failure?.error;
    try {
      if (this.clock.now() >= this.#sweepAt) this.#sweep();
      const [only] = takes;
      return takes.length === 1 && only ? [this.#takeOne(only)] : this.#takeAll(takes);
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  give(takes: readonly Take[]): void {
    // Many that end at once must not wait one after the other for a file that is locked.
    if (this.#rests()) return;
    try {
      for (const { cost, key } of takes) this.#statements.give.run({ key, cost });
    } catch (error) {
      // What cannot be put back is lost.
      this.#failed(error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #rests(): boolean {
    return this.#failure !== null && this.clock.elapsed() < this.#failure.until;
  }

  #failed(error: unknown): void {
    this.#failure = { error, until: this.clock.elapsed() + REST };
  }

  /** One statement is one transaction. */
  #takeOne({ cost, key, limit }: Take): Verdict {
    const { count, ends } = limit as Quota;
    const row = this.#statements.take.get({ key, cost, count, ends });
    const used = Number((row ?? this.#statements.used.get({ key }))?.['used'] ?? 0);
    return verdictOf({ used, cost, count, ends, allowed: row !== undefined }, this.clock.now());
  }

  #takeAll(takes: readonly Take[]): readonly Verdict[] {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      let verdicts = takes.map((take) => this.#takeOne(take));
      if (verdicts.some(({ allowed }, i) => !allowed && takes[i]?.binding)) {
        rollback.run();
        begin.run();
        // Only what does not bind is still counted; the verdicts of the others tell what was left before.
        const counted = takes.map((take) => (take.binding ? null : this.#takeOne(take)));
        verdicts = verdicts.map((verdict, i) => counted[i] ?? this.#asItIs(takes[i] as Take, verdict));
      }
      commit.run();
      return verdicts;
    } catch (error) {
      if (this.#database.isTransaction) rollback.run();
      throw error;
    }
  }

  #asItIs({ cost, key, limit }: Take, { allowed }: Verdict): Verdict {
    const { count, ends } = limit as Quota;
    const used = Number(this.#statements.used.get({ key })?.['used'] ?? 0);
    return verdictOf({ used, cost, count, ends, allowed }, this.clock.now());
  }

  #sweep(): void {
    this.#sweepAt = this.clock.now() + SWEEP_EVERY;
    // Other processes may have a clock that is a little behind.
    this.#statements.sweep.run({ now: this.clock.now() - SWEEP_EVERY });
  }
}

interface Known {
  readonly used: number;
  readonly cost: number;
  readonly count: number;
  readonly ends: number;
  readonly allowed: boolean;
}

function verdictOf({ allowed, cost, count, ends, used }: Known, now: number): Verdict {
  const left = Math.max(1, ends - now);
  return { allowed, remaining: Math.max(0, Math.floor(count - used)), reset: used > 0 ? left : 0, retryAfter: allowed ? 0 : cost > count ? Number.POSITIVE_INFINITY : left };
}

/** The module is loaded only where there is a quota. */
function open(file: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(file, { timeout: PATIENCE });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS quotas (key TEXT PRIMARY KEY, used REAL NOT NULL, ends INTEGER NOT NULL) WITHOUT ROWID, STRICT;
  `);
  return database;
}

function prepare(database: DatabaseSync): Statements {
  return {
    take: database.prepare(TAKE),
    used: database.prepare('SELECT used FROM quotas WHERE key = :key'),
    give: database.prepare('UPDATE quotas SET used = max(0, used - :cost) WHERE key = :key'),
    sweep: database.prepare('DELETE FROM quotas WHERE ends < :now'),
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
  };
}
