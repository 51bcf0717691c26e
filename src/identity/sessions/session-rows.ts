import type { Kysely, Selectable, Transaction } from 'kysely';
import type { SessionTable, Tables } from '../../database/index.js';
import type { Caller, Session } from '../contracts.js';

export type SessionRow = Selectable<SessionTable>;

/** When it ended, and why. */
export interface Ending {
  readonly at: number;
  readonly why: string;
}

/**
 * Holds whatever else happens to the account's sessions until the transaction is over: a write, which both engines hold
 * others back by, that changes nothing.
 * @returns whether there is such an account, and it is active.
 */
export async function lockAccount(trx: Transaction<Tables>, id: string): Promise<boolean> {
  const row = await trx.updateTable('accounts').set((columns) => ({ updated_at: columns.ref('updated_at') })).where('id', '=', id).returning('active').executeTakeFirst();
  return row?.active === 1;
}

/**
 * Holds the session for the transaction: all that happens to a family happens in its turn.
 * @returns `null` where there is none, or somebody ended it.
 */
export async function lockSession(trx: Transaction<Tables>, id: string): Promise<SessionRow | null> {
  const row = await trx.updateTable('sessions').set((columns) => ({ last_used_at: columns.ref('last_used_at') })).where('id', '=', id).where('ended_at', 'is', null)
    .returningAll().executeTakeFirst();
  return row ?? null;
}

/** Ends those of a list that have not ended yet; from then on they wait to be swept. */
export async function endSessions(db: Kysely<Tables>, ids: readonly string[], { at, why }: Ending): Promise<void> {
  if (ids.length === 0) return;
  await db.updateTable('sessions').set({ ended_at: at, end_reason: why, expires_at: at }).where('id', 'in', ids).where('ended_at', 'is', null).execute();
}

/** Those of an account that are good, the one that was not used for the longest time first. */
export function goodSessions(db: Kysely<Tables>, accountId: string, now: number): Promise<SessionRow[]> {
  return db.selectFrom('sessions').selectAll().where('account_id', '=', accountId).where('ended_at', 'is', null).where('expires_at', '>', now)
    .orderBy('last_used_at').orderBy('created_at').orderBy('id').execute();
}

/** As others are told of it. */
export function sessionOf(row: SessionRow): Session {
  return {
    id: row.id, accountId: row.account_id, createdAt: row.created_at, lastUsedAt: row.last_used_at, expiresAt: row.expires_at,
    client: row.client, agent: row.agent === '' ? null : row.agent,
  };
}

/** Longest User-Agent that is kept. */
const AGENT = 300;

/** Who used a session, in the columns of its row. */
export function clientOf({ agent, client }: Caller): Pick<SessionRow, 'agent' | 'client'> {
  return { client, agent: (agent ?? '').slice(0, AGENT) };
}
