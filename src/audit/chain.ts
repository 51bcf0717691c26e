import { hash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { AuditTable, DatabaseKind, Tables } from '../database/index.js';
import type { Entry } from './entry.js';

/** Where the chain ends, or a place in it. */
export interface Link {
  readonly seq: number;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** What the first entry follows. */
export const GENESIS: Link = { seq: 0, hash: '0'.repeat(64) };

/** First half of the key of the lock in PostgreSQL; the second tells schemas apart. */
const LOCK = 0x61_75_64_74;

/** The hash of an entry: SHA-256 of the JSON of a list, which begins with the hash of the entry before. */
export function hashOf(row: Omit<AuditTable, 'hash'>): string {
  const { action, actor, at, client, details, id, outcome, previous_hash: previous, request_id: requestId, seq, subject } = row;
  return hash('sha256', JSON.stringify([previous, seq, id, at, action, outcome, actor, subject, client, requestId, details]));
}

/**
 * Takes the end of the chain for this transaction: whoever else wants to add to it, in whatever process, waits. SQLite
 * lets one transaction write at a time in any case.
 */
export async function takeEnd(trx: Transaction<Tables>, kind: DatabaseKind): Promise<Link> {
  if (kind === 'postgres') {
    await trx.selectNoFrom((by) => by.fn('pg_advisory_xact_lock', [by.val(LOCK), by.fn('hashtext', [by.fn('current_schema', [])])]).as('taken')).execute();
  }
  return endOf(trx);
}

/** Where the chain ends. */
async function endOf(db: Pick<Transaction<Tables>, 'selectFrom'>): Promise<Link> {
  return await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst() ?? GENESIS;
}

/** Adds entries to an end that this transaction has taken. @returns the end as it is then. */
export async function add(trx: Transaction<Tables>, end: Link, entries: readonly Entry[]): Promise<Link> {
  const rows: AuditTable[] = [];
  let last = end;
  for (const entry of entries) {
    const row = rowOf(entry, last);
    rows.push(row);
    last = row;
  }
  if (rows.length > 0) await trx.insertInto('audit').values(rows).execute();
  return { seq: last.seq, hash: last.hash };
}

function rowOf({ details, requestId, ...entry }: Entry, last: Link): AuditTable {
  const { action, actor, at, client, id, outcome, subject } = entry;
  const row = { seq: last.seq + 1, id, at, action, outcome, actor, subject, client, request_id: requestId, details: JSON.stringify(details), previous_hash: last.hash };
  return { ...row, hash: hashOf(row) };
}

/**
 * Adds those that are not in the trail yet: after a crash, or when nobody could say what became of the last time, some
 * may be. @returns the end of the chain.
 */
export async function addNew(trx: Transaction<Tables>, kind: DatabaseKind, entries: readonly Entry[]): Promise<Link> {
  const end = await takeEnd(trx, kind);
  const fresh = new Map(entries.map((entry) => [entry.id, entry]));
  const there = await trx.selectFrom('audit').select('id').where('id', 'in', [...fresh.keys()]).execute();
  for (const { id } of there) fresh.delete(id);
  return add(trx, end, [...fresh.values()]);
}
