import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { Secret, type Clock } from '#libs/kernel';
import type { Database, Tables } from '../../database/index.js';
import { BATCH, emptied } from './sweep.js';

export type Purpose = 'verify' | 'reset';

const BYTES = 32;
/** Milliseconds in which an account gets no other mail of the same kind: nobody's letter box is to be flooded. */
const PAUSE = 60_000;
/** Tokens that an account may have out at once. One more would put nobody out: who asks for it need not be its owner. */
const MOST_OUT = 5;

/** A token that was just made; it is told this once. */
export interface Issued {
  readonly token: Secret;
  readonly expiresAt: number;
}

/** Tokens that prove that one reads the mail of an account: hashed in the database, good once; with one, all of its kind are used up. */
export class OneTimeTokens {
  constructor(private readonly parts: { readonly database: Database; readonly clock: Clock }) {}

  /** @returns `null` when the account got one a moment ago, has enough of them, or is not there. `lifetime` is in milliseconds. */
  issue(account: string, purpose: Purpose, lifetime: number): Promise<Issued | null> {
    const text = randomBytes(BYTES).toString('base64url');
    return this.parts.database.transaction(async (trx) => {
      const now = this.parts.clock.now();
      // Others who want one for this account wait until this is over.
      const held = await trx.updateTable('accounts').set((columns) => ({ updated_at: columns.ref('updated_at') })).where('id', '=', account).returning('id').executeTakeFirst();
      if (held === undefined) return null;
      const out = await trx.selectFrom('one_time_tokens').select('created_at').where('account_id', '=', account).where('purpose', '=', purpose).where('used_at', 'is', null).where('expires_at', '>', now).execute();
      if (out.length >= MOST_OUT || out.some((each) => each.created_at > now - PAUSE)) return null;
      await trx.insertInto('one_time_tokens').values({ hash: hashOf(text), account_id: account, purpose, created_at: now, expires_at: now + lifetime, used_at: null }).execute();
      return { token: new Secret(text), expiresAt: now + lifetime };
    });
  }

  /** Whose a token is, while it is good; nothing happens to it. */
  async owner(token: string, purpose: Purpose): Promise<string | null> {
    const now = this.parts.clock.now();
    const row = await this.parts.database.run((db) => db.selectFrom('one_time_tokens').select('account_id')
      .where('hash', '=', hashOf(token)).where('purpose', '=', purpose).where('used_at', 'is', null).where('expires_at', '>', now).executeTakeFirst());
    return row?.account_id ?? null;
  }

  /** Uses a token up, and does what it is good for. @returns the account, or `null` when it is not good. */
  use(token: string, purpose: Purpose, effect: (trx: Transaction<Tables>, account: string, now: number) => Promise<unknown>): Promise<string | null> {
    return this.parts.database.transaction(async (trx) => {
      const now = this.parts.clock.now();
      const row = await trx.updateTable('one_time_tokens').set({ used_at: now })
        .where('hash', '=', hashOf(token)).where('purpose', '=', purpose).where('used_at', 'is', null).where('expires_at', '>', now).returning('account_id').executeTakeFirst();
      if (row === undefined) return null;
      await spend(trx, { account: row.account_id, purpose, now });
      await effect(trx, row.account_id, now);
      return row.account_id;
    });
  }

  /** Those that are out are no good any more. */
  async revoke(account: string, purpose: Purpose): Promise<void> {
    await this.parts.database.run((db) => spend(db, { account, purpose, now: this.parts.clock.now() }));
  }

  async sweep(): Promise<void> {
    const now = this.parts.clock.now();
    await emptied(this.parts.database, (db) => db.deleteFrom('one_time_tokens')
      .where('hash', 'in', db.selectFrom('one_time_tokens').select('hash').where('expires_at', '<', now).limit(BATCH)).executeTakeFirst());
  }
}

interface Whose {
  readonly account: string;
  readonly purpose: Purpose;
  readonly now: number;
}

async function spend(db: Pick<Transaction<Tables>, 'updateTable'>, { account, now, purpose }: Whose): Promise<void> {
  await db.updateTable('one_time_tokens').set({ used_at: now }).where('account_id', '=', account).where('purpose', '=', purpose).where('used_at', 'is', null).execute();
}

/** What is random in all its 256 bits needs no salt, and nothing slow. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
