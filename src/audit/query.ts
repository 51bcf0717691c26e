import { parseDuration } from '#libs/kernel';
import type { AuditTable, Database } from '../database/index.js';

/** What is asked for; what is `undefined` is not asked. */
export interface AuditQuery {
  /** An action, or its beginning and a `*`. */
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome?: string | undefined;
  readonly client?: string | undefined;
  /** Milliseconds since the epoch: not before then. */
  readonly since?: number | undefined;
  /** Before then. */
  readonly until?: number | undefined;
}

/** An entry as everybody sees it. */
export interface AuditView {
  readonly seq: number;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly client: string | null;
  readonly requestId: string | null;
  readonly details: unknown;
  readonly previousHash: string;
  readonly hash: string;
}

const PAGE = 500;

function viewOf({ action, actor, at, client, details, hash, id, outcome, previous_hash: previousHash, request_id: requestId, seq, subject }: AuditTable): AuditView {
  return { seq, id, at: new Date(at).toISOString(), action, outcome, actor, subject, client, requestId, details: JSON.parse(details) as unknown, previousHash, hash };
}

interface Slice {
  readonly order: 'asc' | 'desc';
  /** Number of the entry that the slice begins behind, in its order. */
  readonly behind: number | null;
  readonly limit: number;
}

function slice(database: Database, { action, since, until, ...exact }: AuditQuery, { behind, limit, order }: Slice): Promise<AuditTable[]> {
  return database.run((db) => {
    let query = db.selectFrom('audit').selectAll().orderBy('seq', order).limit(limit);
    if (behind !== null) query = query.where('seq', order === 'asc' ? '>' : '<', behind);
    if (since !== undefined) query = query.where('at', '>=', since);
    if (until !== undefined) query = query.where('at', '<', until);
    if (action?.endsWith('*') === true) {
      const start = action.slice(0, -1);
      query = query.where((by) => by.fn<string>('substr', ['action', by.val(1), by.val(start.length)]), '=', start);
    } else if (action !== undefined) query = query.where('action', '=', action);
    for (const name of ['actor', 'subject', 'outcome', 'client'] as const) {
      const value = exact[name];
      if (value !== undefined) query = query.where(name, '=', value);
    }
    return query.execute();
  });
}

export interface AuditPage {
  readonly entries: readonly AuditView[];
  /** What the next page is asked for with; `null` on the last. */
  readonly next: string | null;
}

/** The newest first. @throws Problem database-away by rejection. */
export async function list(database: Database, query: AuditQuery, { after, limit }: { readonly after: number | null; readonly limit: number }): Promise<AuditPage> {
  const rows = await slice(database, query, { order: 'desc', behind: after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  return { entries: shown.map(viewOf), next: rows.length > limit ? String(shown.at(-1)?.seq) : null };
}

/** The oldest first, page by page, up to the end that there is when it gets there. @throws Problem database-away by rejection. */
export async function* exported(database: Database, query: AuditQuery): AsyncGenerator<readonly AuditView[]> {
  for (let behind: number | null = 0; behind !== null;) {
    const rows: AuditTable[] = await slice(database, query, { order: 'asc', behind, limit: PAGE });
    if (rows.length > 0) yield rows.map(viewOf);
    behind = rows.length < PAGE ? null : (rows.at(-1) as AuditTable).seq;
  }
}

/**
 * A moment as people write it: ISO 8601, or how long ago, such as `24h`.
 * @returns milliseconds since the epoch; `null` for a text that is neither.
 */
export function momentOf(text: string, now: number): number | null {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const time = /^\d{4}-\d\d-\d\d(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
