import type { Kysely } from 'kysely';
import type { Clock } from '#libs/kernel';
import type { Database, Tables } from '../../database/index.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Milliseconds that a session stays on record once it is over. */
const KEPT = 30 * DAY;
/** Rows taken away at once, so that nobody waits long behind it. */
const BATCH = 200;

/**
 * Takes away what nobody will ask for any more. It has no clock of its own but follows logins and refreshes, at most once
 * an hour: where none come, no rows come either, and nothing is to be done.
 */
export class Sweep {
  #next = 0;

  constructor(private readonly database: Database, private readonly clock: Clock) {}

  /** Begins, when it is time to; nobody waits for it. */
  due(): void {
    const now = this.clock.now();
    if (now < this.#next) return;
    this.#next = now + HOUR;
    // What stays because the database is away is taken the next time.
    this.run(now).catch(() => undefined);
  }

  /** @returns how many rows are gone. @throws Problem database-away by rejection. */
  async run(now: number): Promise<number> {
    // A used token is worth keeping for as long as it would have been good: when it comes again, it is known as a copy.
    const tokens = await this.#emptied((db) => this.#oldTokens(db, now - DAY));
    return tokens + await this.#emptied((db) => this.#oldSessions(db, now - KEPT));
  }

  async #emptied(take: (db: Kysely<Tables>) => Promise<number>): Promise<number> {
    for (let gone = 0; ;) {
      const taken = await this.database.run(take);
      gone += taken;
      if (taken < BATCH) return gone;
    }
  }

  async #oldTokens(db: Kysely<Tables>, before: number): Promise<number> {
    const old = db.selectFrom('refresh_tokens').select('hash').where('expires_at', '<', before).limit(BATCH);
    const { numDeletedRows } = await db.deleteFrom('refresh_tokens').where('hash', 'in', this.#others(old)).executeTakeFirst();
    return Number(numDeletedRows);
  }

  async #oldSessions(db: Kysely<Tables>, before: number): Promise<number> {
    const old = db.selectFrom('sessions').select('id').where('expires_at', '<', before).limit(BATCH);
    const { numDeletedRows } = await db.deleteFrom('sessions').where('id', 'in', this.#others(old)).executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Another instance that sweeps at the same time has rows of its own. SQLite knows one writer only. */
  #others<Q extends { forUpdate(): { skipLocked(): Q } }>(rows: Q): Q {
    return this.database.kind === 'postgres' ? rows.forUpdate().skipLocked() : rows;
  }
}
