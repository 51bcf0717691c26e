import { Problem, problems, type Clock } from '#libs/kernel';
import { ApiKeys, type HeldKey } from '../../auth/api-keys.js';
import type { Change, Changes, Database } from '../../database/index.js';
import type { KeyRow } from './api-key.js';
import { CHANGE, KEPT } from './key-store.js';
import { KeyTable, type Slot } from './key-table.js';
import { LastUses } from './last-uses.js';

/** Rows read at once. */
const PAGE = 5_000;
/** Milliseconds that a start waits for them. */
const PATIENCE = 10_000;
/** Milliseconds between two looks for keys that ended long ago. */
const SWEEP_EVERY = 3_600_000;

export interface KeptKeysParts {
  readonly database: Database;
  readonly changes: Changes;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * All keys of the database in memory, equal to it within moments. Nobody who asks for one has the database asked, whether
 * there is such a key or not; while the database is away, those that were read go on.
 */
export class KeptKeys extends ApiKeys {
  /** Over once they were read, or it is known that they cannot be now. Never rejects. */
  readonly settled: Promise<void>;
  readonly #table = new KeyTable();
  readonly #uses: LastUses;
  readonly #tried = Promise.withResolvers<void>();
  readonly #deaf: () => void;
  #known = false;
  #sweepAt: number;

  constructor(readonly parts: KeptKeysParts) {
    super();
    const { changes, clock, database } = parts;
    this.settled = this.#tried.promise;
    this.#sweepAt = clock.now() + SWEEP_EVERY;
    this.#uses = new LastUses(database, clock);
    setTimeout(this.#tried.resolve, PATIENCE).unref();
    this.#deaf = changes.subscribe(CHANGE, (change) => this.#hear(change), () => this.#load());
    if (database.away !== null) this.#tried.resolve();
  }

  get size(): number {
    return this.#table.size;
  }

  find(id: string): HeldKey | undefined {
    if (!this.#known) throw new Problem(problems.databaseAway, 'The keys could not be read yet; repeat the request a little later.', { headers: { 'Retry-After': '1' } });
    return this.#table.find(id);
  }

  note(key: HeldKey): void {
    this.#uses.note(key as Slot);
  }

  /** Writes down when keys were used last. */
  flush(): Promise<void> {
    return this.#uses.flush();
  }

  end(): void {
    this.#deaf();
    this.#uses.end();
  }

  /** Another build may tell of keys in another way: then all are read again. */
  #hear({ body }: Change): void {
    this.#table.take(body as KeyRow);
    const now = this.parts.clock.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + SWEEP_EVERY;
    this.#table.sweep(now - KEPT);
  }

  async #load(): Promise<void> {
    try {
      const ids = new Set<string>();
      for (let last = '', more = true; more;) {
        const rows = await this.#page(last);
        for (const row of rows) {
          this.#table.take(row);
          ids.add(row.id);
        }
        last = rows.at(-1)?.id ?? '';
        more = rows.length === PAGE;
      }
      this.#table.keep(ids);
      this.#known = true;
    } finally {
      this.#tried.resolve();
    }
  }

  #page(after: string): Promise<KeyRow[]> {
    return this.parts.database.run((db) => db.selectFrom('api_keys').selectAll().where('id', '>', after).orderBy('id').limit(PAGE).execute());
  }
}
