import { Problem, problems } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';
import type { Account, Sessions } from '../contracts.js';
import type { AccountStore, Change } from './account-store.js';
import { invalidField, namesOf, type Wanted } from './logins.js';
import type { Messages } from './messages.js';
import { note, type Actor } from './notices.js';
import { isKnownHash } from './password-hash.js';
import type { Passwords } from './passwords.js';

interface Parts {
  readonly config: IdentityConfig;
  readonly store: AccountStore;
  readonly sessions: Pick<Sessions, 'endAll'>;
  readonly passwords: Passwords;
  readonly messages: Messages;
}

/** An account that an administrator makes. */
export interface Draft extends Wanted {
  readonly name?: string | undefined;
  /** Without it and `passwordHash`, its owner chooses one by mail. */
  readonly password?: string | undefined;
  /** Of another program: argon2id (PHC string) or bcrypt. It becomes one of ours at the first login. */
  readonly passwordHash?: string | undefined;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly active: boolean;
  /** Whether the address counts as proved. */
  readonly verified: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Rights {
  readonly roles?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
}

/** What administrators do to accounts. All of it rejects with Problem unknown-account where there is none. */
export class Administration {
  constructor(private readonly parts: Parts) {}

  /** @throws Problem by rejection: unprocessable, account-exists, passwords-busy. */
  async create(draft: Draft, by: Actor): Promise<Account> {
    const { config, messages, store } = this.parts;
    const names = namesOf(draft, config);
    const password = await this.#passwordOf(draft, [names.login, names.email], by);
    const { active, attributes, name = null, permissions, roles, verified } = draft;
    const account = await store.add({ ...names, password, name, roles, permissions, active, verified, attributes });
    note(by, { action: 'account.create', account: account.id, details: { roles, permissions } });
    if (password === null && account.email !== null && active) messages.prove(account, 'reset');
    return account;
  }

  /** Where one of them is taken away, all sessions end: what they brought says otherwise. */
  async setRights(id: string, rights: Rights, by: Actor): Promise<Account> {
    const { after, before } = await this.#change(id, rights);
    const less = [...lost(before.roles, after.roles), ...lost(before.permissions, after.permissions)];
    note(by, { action: 'account.roles', account: id, details: { roles: after.roles, permissions: after.permissions, before: before.roles } });
    if (less.length > 0) await this.#endAll(id, 'roles-removed', by);
    return after;
  }

  setRoles(id: string, roles: readonly string[], by: Actor): Promise<Account> {
    return this.setRights(id, { roles }, by);
  }

  async setActive(id: string, active: boolean, by: Actor): Promise<Account> {
    const { after, before } = await this.#change(id, { active });
    if (before.active !== active) note(by, { action: active ? 'account.activate' : 'account.deactivate', account: id });
    // Also where it was not: a second call does what the first one may have been kept from.
    if (!active) await this.#endAll(id, 'account-deactivated', by);
    return after;
  }

  async remove(id: string, by: Actor): Promise<void> {
    await this.#change(id, { active: false });
    await this.#endAll(id, 'account-removed', by);
    if (!await this.parts.store.remove(id)) throw unknown();
    note(by, { action: 'account.remove', account: id });
  }

  async #change(id: string, changes: Rights & { readonly active?: boolean }): Promise<Change> {
    const change = await this.parts.store.update(id, changes);
    if (change === null) throw unknown();
    return change;
  }

  #endAll(id: string, why: string, { actor, caller }: Actor): Promise<number> {
    const ender = actor === null ? caller : { ...caller, actor };
    return this.parts.sessions.endAll(id, why, ender);
  }

  async #passwordOf({ password, passwordHash }: Draft, names: readonly (string | null)[], { caller }: Actor): Promise<string | null> {
    if (passwordHash !== undefined) {
      if (password !== undefined) throw invalidField('passwordHash', 'there is a password too; leave one of them out');
      if (!isKnownHash(passwordHash)) throw invalidField('passwordHash', 'expected a PHC string of argon2id, or a hash of bcrypt ($2a$, $2b$, $2y$; cost 15 at most)');
      return passwordHash;
    }
    return password === undefined ? null : this.parts.passwords.make(password, { names, field: this.parts.config.fields.password[0] as string }, caller);
  }
}

/** @returns what was and is no more. */
function lost(before: readonly string[], after: readonly string[]): readonly string[] {
  return before.filter((each) => !after.includes(each));
}

function unknown(): Problem {
  return new Problem(problems.unknownAccount, 'There is no account of this id.');
}
