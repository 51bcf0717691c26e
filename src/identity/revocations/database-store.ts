import type { Kysely, Transaction } from 'kysely';
import type { Revocation } from '../../auth/revocations.js';
import type { Changes, Database, RevocationTable as Row, Tables } from '../../database/index.js';
import type { RevocationStore } from './store.js';

/** What changes of this room are called. */
export const CHANGE = 'revocation';

/** Rows read at once. */
const PAGE = 5_000;

type Written = Row['kind'];
const WRITTEN: Readonly<Record<Revocation['kind'], Written>> = { token: 'token', session: 'session', owner: 'account' };
const READ: Readonly<Record<Written, Revocation['kind']>> = { token: 'token', session: 'session', account: 'owner' };

/** The table of the database; all processes hear of what is added through the feed of changes. */
export class DatabaseRevocations implements RevocationStore {
  constructor(private readonly database: Database, private readonly changes: Changes) {}

  async *load(now: number): AsyncGenerator<readonly Revocation[]> {
    for (let from = 0; ; from += PAGE) {
      const rows = await this.database.run((db) => this.#page(db, now, from));
      if (rows.length > 0) yield rows.map(({ before, expires_at: expiresAt, kind, subject }) => ({ kind: READ[kind], subject, before, expiresAt }));
      if (rows.length < PAGE) return;
    }
  }

  #page(db: Kysely<Tables>, now: number, from: number): Promise<Row[]> {
    return db.selectFrom('revocations').selectAll().where('expires_at', '>', now).orderBy('kind').orderBy('subject').limit(PAGE).offset(from).execute();
  }

  async add(revocation: Revocation, now: number): Promise<void> {
    await this.database.transaction(async (trx) => {
      await this.#write(trx, revocation);
      await trx.deleteFrom('revocations').where('expires_at', '<', now).execute();
      await this.changes.record(trx, { kind: CHANGE, subject: revocation.subject, body: revocation });
    });
    await this.changes.announce();
  }

  /** The later of what is there and what is new, whoever is first. */
  async #write(trx: Transaction<Tables>, { before, expiresAt, kind, subject }: Revocation): Promise<void> {
    const row: Row = { kind: WRITTEN[kind], subject, before, expires_at: expiresAt };
    await trx.insertInto('revocations').values(row).onConflict((conflict) => conflict.columns(['kind', 'subject']).doUpdateSet(({ eb }) => ({
      before: eb.case().when('revocations.before', '<', eb.ref('excluded.before')).then(eb.ref('excluded.before')).else(eb.ref('revocations.before')).end(),
      expires_at: eb.case().when('revocations.expires_at', '<', eb.ref('excluded.expires_at')).then(eb.ref('excluded.expires_at')).else(eb.ref('revocations.expires_at')).end(),
    }))).execute();
  }
}
