import { Problem, problems } from '#libs/kernel';
import type { Database } from '../../database/index.js';
import { keyOf, type ApiKey } from './api-key.js';

/** Which keys are wanted. */
export interface KeyQuery {
  readonly owner?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Most that a page may hold. */
  readonly limit: number;
}

export interface KeyPage {
  readonly keys: readonly ApiKey[];
  /** How many there are on all pages. */
  readonly total: number;
  /** Where the next page begins; `null` on the last one. */
  readonly next: string | null;
}

/** Oldest first, those that ended included. Pages hold still while keys come: each begins behind the last one of the page before. */
export function listKeys(database: Database, { after, limit, owner }: KeyQuery): Promise<KeyPage> {
  const start = after === undefined ? null : startOf(after);
  return database.run(async (db) => {
    let wanted = db.selectFrom('api_keys');
    if (owner !== undefined) wanted = wanted.where('owner', '=', owner);
    const { total } = await wanted.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
    if (start !== null) wanted = wanted.where((is) => is.or([is('created_at', '>', start.at), is.and([is('created_at', '=', start.at), is('id', '>', start.id)])]));
    const rows = await wanted.selectAll().orderBy('created_at').orderBy('id').limit(limit + 1).execute();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { keys: page.map(keyOf), total: Number(total), next: rows.length > limit && last !== undefined ? `${last.created_at}-${last.id}` : null };
  });
}

function startOf(place: string): { readonly at: number; readonly id: string } {
  const [, at, id] = /^(\d{1,16})-(\w+)$/.exec(place) ?? [];
  if (at === undefined || id === undefined) throw new Problem(problems.unprocessable, 'The parameter "after" is not the `next` of a page.');
  return { at: Number(at), id };
}
