import { Problem, problems } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';
import type { Account, Caller, Grant, Sessions } from '../contracts.js';
import type { NewAccount } from './account-rows.js';
import type { AccountStore } from './account-store.js';
import { namesOf, type Wanted } from './logins.js';
import type { Messages } from './messages.js';
import { note, self } from './notices.js';
import type { Passwords } from './passwords.js';

interface Parts {
  readonly config: IdentityConfig;
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly messages: Messages;
}

/** What somebody fills in to get an account. */
export interface Form extends Wanted {
  readonly password: string;
  readonly name?: string | undefined;
  readonly role?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What came of it. Without an account, nothing is to be told: there may have been one before. */
export interface Registered {
  readonly account: Account | null;
  /** `null` where that does not sign in. */
  readonly grant: Grant | null;
}

export class Registration {
  constructor(private readonly parts: Parts) {}

  /** @throws Problem by rejection: registration-closed, unprocessable, forbidden (the role), account-exists, passwords-busy. */
  async register(form: Form, caller: Caller): Promise<Registered> {
    const { config: { register }, messages, sessions } = this.parts;
    const wanted = await this.#prepare(form, caller);
    const account = register.existing === 'silent' ? await this.#addSilently(wanted) : await this.parts.store.add(wanted);
    if (account === null) return { account: null, grant: null };
    note(self(caller), { action: 'account.register', account: account.id, details: { roles: account.roles } });
    if (register.verify === 'required') {
      messages.prove(account, 'verify');
      return { account: register.existing === 'silent' ? null : account, grant: null };
    }
    return { account, grant: register.signsIn ? await sessions.open(account, caller) : null };
  }

  /** The same work whether there is such an account or not: hashing is what takes the time. */
  async #prepare(form: Form, caller: Caller): Promise<NewAccount> {
    const { config, passwords } = this.parts;
    const { register } = config;
    if (!register.open) throw new Problem(problems.registrationClosed, 'Accounts are made by an administrator here.');
    const role = this.#roleOf(form.role);
    const names = namesOf(form, config);
    const password = await passwords.make(form.password, { names: [names.login, names.email], field: config.fields.password[0] as string }, caller);
    return { ...names, password, name: form.name ?? null, roles: role === null ? [] : [role], permissions: [], active: true, verified: false, attributes: form.attributes };
  }

  #roleOf(wanted: string | undefined): string | null {
    const { role, roles } = this.parts.config.register;
    if (wanted === undefined) return role ?? null;
    if (wanted === role || roles.includes(wanted)) return wanted;
    throw new Problem(problems.forbidden, roles.length > 0 ? `Nobody can give himself this role; possible are ${roles.join(', ')}.` : 'Nobody can give himself a role here.');
  }

  async #addSilently(wanted: NewAccount): Promise<Account | null> {
    const { messages, store } = this.parts;
    try {
      return await store.add(wanted);
    } catch (error) {
      if (!(error instanceof Problem) || error.type !== problems.accountExists) throw error;
      const existing = await store.findByLogin(wanted.login) ?? (wanted.email === null ? null : await store.findByLogin(wanted.email));
      if (existing !== null) messages.tellExisting(existing);
      return null;
    }
  }
}
