import { randomUUID } from 'node:crypto';
import { Problem, problems } from '#libs/kernel';
import { isDuplicate } from '../../database/index.js';
import type { Account, AccountDirectory, IdentityPlan } from '../contracts.js';
import { listAccounts, type AccountPage, type AccountQuery } from './account-list.js';
import { accountOf, changedColumns, rowOf, type AccountChanges, type AccountRow, type NewAccount } from './account-rows.js';
import { canonical } from './logins.js';

/** An account with what proves that one is its owner. */
export interface Credential {
  readonly account: Account;
  /** PHC string, or bcrypt's; `null` when it has none. */
  readonly password: string | null;
  /** When it last became another one; milliseconds since the epoch. */
  readonly changedAt: number;
}

/** An account before and after it was changed. */
export interface Change {
  readonly before: Account;
  readonly after: Account;
}

/** The accounts in the database, and nothing else: no rule is looked at. Everything rejects with database-away (503) while it is. */
export interface AccountStore extends AccountDirectory {
  /** By the address or the name one signs in with, however it is typed. */
  findByLogin(login: string): Promise<Account | null>;
  /** The same with the password. */
  credentialOf(login: string): Promise<Credential | null>;
  credentialById(id: string): Promise<Credential | null>;
  /** Page by page, oldest first. */
  list(query: AccountQuery): Promise<AccountPage>;
  /** @throws Problem account-exists by rejection when the login or the address is taken. */
  add(account: NewAccount): Promise<Account>;
  /** @returns `null` where there is no such account. */
  update(id: string, changes: AccountChanges): Promise<Change | null>;
  /** Sets another password. @returns whether `former` was still the one. */
  setPassword(id: string, password: string, former: string | null): Promise<boolean>;
  /** The same password, hashed anew. */
  rehash(id: string, password: string, former: string): Promise<void>;
  /** @returns whether there was one. Its sessions and tokens go with it. */
  remove(id: string): Promise<boolean>;
}

export class DatabaseAccounts implements AccountStore {
  constructor(private readonly plan: Pick<IdentityPlan, 'clock' | 'config' | 'database'>) {}

  async find(id: string): Promise<Account | null> {
    return (await this.credentialById(id))?.account ?? null;
  }

  async findByLogin(login: string): Promise<Account | null> {
    return (await this.credentialOf(login))?.account ?? null;
  }

  async credentialOf(login: string): Promise<Credential | null> {
    const name = canonical(login);
    const byEmail = this.plan.config.loginBy.includes('email');
    const row = await this.plan.database.run((db) => db.selectFrom('accounts').selectAll()
      .where((is) => (byEmail ? is.or([is('login', '=', name), is('email', '=', name)]) : is('login', '=', name))).executeTakeFirst());
    return row === undefined ? null : credential(row);
  }

  async credentialById(id: string): Promise<Credential | null> {
    const row = await this.plan.database.run((db) => db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst());
    return row === undefined ? null : credential(row);
  }

  list(query: AccountQuery): Promise<AccountPage> {
    return listAccounts(this.plan.database, query);
  }

  async add(account: NewAccount): Promise<Account> {
    const row = rowOf(account, randomUUID(), this.plan.clock.now());
    try {
      await this.plan.database.run((db) => db.insertInto('accounts').values(row).execute());
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new Problem(problems.accountExists, 'There is an account with this address or name already.', { cause: error });
    }
    return accountOf(row);
  }

  update(id: string, changes: AccountChanges): Promise<Change | null> {
    return this.plan.database.transaction(async (trx) => {
      // A write that changes nothing holds the row in both engines, so that what is read is what is changed.
      const held = await trx.updateTable('accounts').set((columns) => ({ updated_at: columns.ref('updated_at') })).where('id', '=', id).returningAll().executeTakeFirst();
      if (held === undefined) return null;
      const before = accountOf(held);
      const columns = changedColumns(changes, before, this.plan.clock.now());
      await trx.updateTable('accounts').set(columns).where('id', '=', id).execute();
      return { before, after: accountOf({ ...held, ...columns }) };
    });
  }

  async setPassword(id: string, password: string, former: string | null): Promise<boolean> {
    const now = this.plan.clock.now();
    const { numUpdatedRows } = await this.plan.database.run((db) => db.updateTable('accounts').set({ password, password_changed_at: now, updated_at: now })
      .where('id', '=', id).where('password', former === null ? 'is' : '=', former).executeTakeFirst());
    return numUpdatedRows > 0n;
  }

  async rehash(id: string, password: string, former: string): Promise<void> {
    await this.plan.database.run((db) => db.updateTable('accounts').set({ password }).where('id', '=', id).where('password', '=', former).execute());
  }

  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.plan.database.run((db) => db.deleteFrom('accounts').where('id', '=', id).executeTakeFirst());
    return numDeletedRows > 0n;
  }
}

function credential(row: AccountRow): Credential {
  return { account: accountOf(row), password: row.password, changedAt: row.password_changed_at };
}
