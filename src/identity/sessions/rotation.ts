import type { Transaction } from 'kysely';
import type { IdentityConfig } from '../../config/index.js';
import type { RefreshTokenTable, Tables } from '../../database/index.js';
import type { Caller } from '../contracts.js';
import { hashOf, randomSeed, successorOf } from './refresh-token.js';
import { clientOf, endSessions, lockSession, type SessionRow } from './session-rows.js';

type RefreshSettings = IdentityConfig['refresh'];

/** Somebody came with a refresh token. */
export interface Attempt {
  readonly token: string;
  readonly hash: string;
  readonly session: string;
  readonly caller: Caller;
  readonly now: number;
  readonly settings: RefreshSettings;
}

/** What the database says to it; `over` changes nothing, `reused` has ended the session. */
export type Outcome =
  | { readonly is: 'over' }
  | { readonly is: 'reused' }
  | { readonly is: 'renewed'; readonly refreshToken: string; readonly expiresAt: number };

const OVER: Outcome = { is: 'over' };

/**
 * Uses a token up and makes the next, or finds that it was used. One of many that come at once is first; the others find
 * it used, for each holds the session until it is through.
 */
export async function rotate(trx: Transaction<Tables>, attempt: Attempt): Promise<Outcome> {
  const { hash, now, session: id, settings } = attempt;
  const session = await lockSession(trx, id);
  if (session === null || session.expires_at <= now) return OVER;
  const row = await trx.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
  const expiresAt = endOf(session.created_at, now, settings);
  if (row === undefined || row.expires_at <= now || expiresAt <= now) return OVER;
  if (row.used_at === null) return renew(trx, attempt, expiresAt);
  const again = await sameAgain(trx, attempt, { row, session });
  if (again === null) {
    await endSessions(trx, [id], { at: now, why: 'reuse' });
    return { is: 'reused' };
  }
  await touch(trx, attempt, {});
  return again;
}

/** When a session that is used now ends unless it is used again. */
export function endOf(createdAt: number, now: number, { idle, lifetime }: RefreshSettings): number {
  return Math.min(createdAt + lifetime, idle === 0 ? Number.POSITIVE_INFINITY : now + idle);
}

async function renew(trx: Transaction<Tables>, attempt: Attempt, expiresAt: number): Promise<Outcome> {
  const { caller, hash, now, session, settings, token } = attempt;
  await touch(trx, attempt, { ...clientOf(caller), expires_at: expiresAt });
  const own = trx.updateTable('refresh_tokens').where('hash', '=', hash);
  if (settings.use === 'reuse') {
    await own.set({ expires_at: expiresAt }).execute();
    return { is: 'renewed', refreshToken: token, expiresAt };
  }
  const seed = randomSeed();
  const refreshToken = successorOf(token, seed);
  await own.set({ used_at: now, seed }).execute();
  await insertToken(trx, { refreshToken, session, now, expiresAt });
  return { is: 'renewed', refreshToken, expiresAt };
}

/**
 * An answer that got lost, or two tabs that asked at once: the same client gets the same successor again, so that the
 * session still has one token that is good. Had that one been used, it had arrived: then this is a copy.
 */
async function sameAgain(trx: Transaction<Tables>, attempt: Attempt, { row, session }: { row: RefreshTokenTable; session: SessionRow }): Promise<Outcome | null> {
  const { caller, now, settings, token } = attempt;
  const { agent, client } = clientOf(caller);
  if (row.used_at === null || row.seed === null || settings.grace === 0 || now - row.used_at > settings.grace) return null;
  if (agent !== session.agent || client !== session.client) return null;
  const refreshToken = successorOf(token, row.seed);
  const next = await trx.selectFrom('refresh_tokens').select(['expires_at', 'used_at']).where('hash', '=', hashOf(refreshToken) as string).executeTakeFirst();
  return next?.used_at === null ? { is: 'renewed', refreshToken, expiresAt: next.expires_at } : null;
}

async function touch(trx: Transaction<Tables>, { now, session }: Attempt, more: Partial<SessionRow>): Promise<void> {
  await trx.updateTable('sessions').set({ ...more, last_used_at: now }).where('id', '=', session).execute();
}

/** A token that is there from now on. */
export interface NewToken {
  readonly refreshToken: string;
  readonly session: string;
  readonly now: number;
  readonly expiresAt: number;
}

export async function insertToken(trx: Transaction<Tables>, { expiresAt, now, refreshToken, session }: NewToken): Promise<void> {
  await trx.insertInto('refresh_tokens').values({
    hash: hashOf(refreshToken) as string, session_id: session, created_at: now, expires_at: expiresAt, used_at: null, seed: null,
  }).execute();
}
