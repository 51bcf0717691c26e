import type { Clock } from '#libs/kernel';
import type { Database } from '../database/index.js';
import { anchorOf, TRIM } from './anchor.js';
import { add, takeEnd, type Link } from './chain.js';
import { entryOf } from './entry.js';

/** Entries looked at, or deleted, at once. */
const PAGE = 1_000;

/** Deletes what is old, from the start of the chain, so that the rest can still be verified. */
export class Retention {
  /** @param keep milliseconds that entries are kept; 0 for ever. */
  constructor(private readonly database: Database, private readonly clock: Clock, private readonly keep: number) {}

  /**
   * The chain is told first how far it is deleted, and with which hash; then that is deleted, a page at a time. What a
   * process did not get done the next run does, whose ever it is.
   * @returns how many it deleted. @throws Problem database-away by rejection.
   */
  async run(): Promise<number> {
    if (this.keep === 0) return 0;
    const anchor = await this.database.run(anchorOf);
    const last = await this.#lastOld(anchor);
    if (last !== null) await this.#tell(anchor, last);
    return this.#delete((await this.database.run(anchorOf)).seq);
  }

  /** The last of those at the start that are old, all of them; `null` where nothing worth it is. The chain never gets empty. */
  async #lastOld(anchor: Link): Promise<Link | null> {
    const before = this.clock.now() - this.keep;
    let last: Link | null = null;
    let worth = false;
    for (let from = anchor.seq; ;) {
      const rows = await this.database.run((db) => db.selectFrom('audit').select(['seq', 'at', 'hash', 'action']).where('seq', '>', from).orderBy('seq').limit(PAGE).execute());
      for (const [i, { action, at, hash, seq }] of rows.entries()) {
        if (at >= before || (rows.length < PAGE && i === rows.length - 1)) return worth ? last : null;
        // To note that a note was deleted would go on for ever.
        worth ||= action !== TRIM;
        last = { seq, hash };
      }
      if (rows.length < PAGE) return worth ? last : null;
      from = last?.seq ?? from;
    }
  }

  /** Unless another process has done it meanwhile. */
  #tell(anchor: Link, { hash, seq }: Link): Promise<void> {
    const { clock, database } = this;
    const entry = entryOf({ action: TRIM, outcome: 'done', actor: null, subject: null, client: null, requestId: null, details: { from: anchor.seq + 1, until: seq, hash } }, clock.now());
    return database.transaction(async (trx) => {
      const end = await takeEnd(trx, database.kind);
      if ((await anchorOf(trx)).seq === anchor.seq) await add(trx, end, [entry]);
    });
  }

  async #delete(until: number): Promise<number> {
    let deleted = 0;
    for (;;) {
      const first = await this.database.run((db) => db.selectFrom('audit').select('seq').where('seq', '<=', until).orderBy('seq').limit(1).executeTakeFirst());
      if (first === undefined) return deleted;
      const page = Math.min(until, first.seq + PAGE - 1);
      const { numDeletedRows } = await this.database.run((db) => db.deleteFrom('audit').where('seq', '<=', page).executeTakeFirst());
      deleted += Number(numDeletedRows);
    }
  }
}
