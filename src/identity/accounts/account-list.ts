import { Problem, problems } from '#libs/kernel';
import type { Database } from '../../database/index.js';
import type { Account } from '../contracts.js';
import { accountOf } from './account-rows.js';

/** Which accounts are wanted. */
export interface AccountQuery {
  /** Text within the login, the address or the name, in capitals or not. */
  readonly search?: string | undefined;
  readonly role?: string | undefined;
  readonly active?: boolean | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Most that a page may hold. */
  readonly limit: number;
}

export interface AccountPage {
  readonly accounts: readonly Account[];
  /** How many there are on all pages. */
  readonly total: number;
  /** Where the next page begins; `null` on the last one. */
  readonly next: string | null;
}

/** Pages hold still while accounts come: each begins behind the last one of the page before, not at a number. */
export async function listAccounts(database: Database, query: AccountQuery): Promise<AccountPage> {
  const { active, after, limit, role, search } = query;
  const start = after === undefined ? null : startOf(after);
  const { sql } = await import('kysely');
  return database.run(async (db) => {
    let wanted = db.selectFrom('accounts');
    if (active !== undefined) wanted = wanted.where('active', '=', active ? 1 : 0);
    if (role !== undefined) wanted = wanted.where(sql<boolean>`roles like ${within(JSON.stringify(role))} escape '!'`);
    if (search !== undefined) {
      const text = within(search.toLowerCase());
      wanted = wanted.where((is) => is.or((['login', 'email', 'name'] as const).map((column) => sql<boolean>`lower(${sql.ref(column)}) like ${text} escape '!'`)));
    }
    const { total } = await wanted.select((count) => count.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
    if (start !== null) wanted = wanted.where((is) => is.or([is('created_at', '>', start.at), is.and([is('created_at', '=', start.at), is('id', '>', start.id)])]));
    const rows = await wanted.selectAll().orderBy('created_at').orderBy('id').limit(limit + 1).execute();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { accounts: page.map(accountOf), total: Number(total), next: rows.length > limit && last !== undefined ? placeOf(last.created_at, last.id) : null };
  });
}

/** A pattern for text anywhere, with what the text has of its own signs. */
function within(text: string): string {
  return `%${text.replaceAll(/[!%_]/g, '!$&')}%`;
}

function placeOf(at: number, id: string): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

function startOf(place: string): { readonly at: number; readonly id: string } {
  const [, at, id] = /^(\d{1,16}) ([^\s\p{Cc}]+)$/u.exec(Buffer.from(place, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) throw new Problem(problems.unprocessable, 'The parameter "after" is not the `next` of a page.');
  return { at: Number(at), id };
}
