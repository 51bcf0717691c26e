import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../database/index.js';
import { GENESIS, type Link } from './chain.js';

/** The action of the entry that says how far the chain was deleted. */
export const TRIM = 'audit.trim';

/** What the first entry that is to be there follows: the last one that was deleted for its age, as the chain itself says. */
export async function anchorOf(db: Pick<Kysely<Tables> | Transaction<Tables>, 'selectFrom'>): Promise<Link> {
  const row = await db.selectFrom('audit').select('details').where('action', '=', TRIM).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  if (row === undefined) return GENESIS;
  const { hash, until } = JSON.parse(row.details) as { readonly until?: unknown; readonly hash?: unknown };
  return typeof until === 'number' && typeof hash === 'string' ? { seq: until, hash } : GENESIS;
}
