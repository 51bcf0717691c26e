import { Problem, problems } from '#libs/kernel';
import type { Account, Caller, Grant, IdentityPlan, Sessions, SignedIn } from '../contracts.js';
import { shapesOf, type Shapes } from '../shapes.js';
import type { AccountStore } from './account-store.js';
import { Administration, type Draft, type Rights } from './administration.js';
import { Guesses } from './guesses.js';
import { Lockout } from './lockout.js';
import { Messages } from './messages.js';
import { note, self, type Actor } from './notices.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { Passwords } from './passwords.js';
import { Recovery } from './recovery.js';
import { Registration, type Form, type Registered } from './registration.js';
import { SigningIn, type Typed } from './signing-in.js';
import { Sweep } from './sweep.js';

export interface AccountParts {
  readonly store: AccountStore;
  readonly sessions: Sessions;
}

/** What owners may change of their account by themselves. */
export interface Profile {
  readonly name?: string | null | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/** Everything accounts are for. All of it rejects with database-away (503) while the database is. */
export class Accounts {
  /** What bodies look like. */
  readonly shapes: Shapes;
  readonly #parts: AccountParts;
  readonly #messages: Messages;
  readonly #sweep: Sweep;
  readonly #signingIn: SigningIn;
  readonly #registration: Registration;
  readonly #recovery: Recovery;
  readonly #administration: Administration;

  /** @throws TemplateError when a template of the file has a placeholder that means nothing. */
  constructor({ clock, config, database }: IdentityPlan, parts: AccountParts) {
    this.shapes = shapesOf(config);
    this.#parts = parts;
    const passwords = new Passwords(config.password);
    const lockout = new Lockout({ database, clock }, config.lockout);
    const tokens = new OneTimeTokens({ database, clock });
    const messages = new Messages(config, tokens);
    const guesses = new Guesses({ ...parts, lockout, hashing: passwords.hashing });
    const all = { ...parts, config, passwords, lockout, tokens, messages, guesses };
    this.#messages = messages;
    this.#sweep = new Sweep(clock, async () => {
      await lockout.sweep();
      await tokens.sweep();
    });
    this.#signingIn = new SigningIn(all);
    this.#registration = new Registration(all);
    this.#recovery = new Recovery(all);
    this.#administration = new Administration(all);
  }

  /** See `Registration.register` for what it throws. */
  register(form: Form, caller: Caller): Promise<Registered> {
    return this.#registration.register(form, caller);
  }

  /** See `SigningIn.login` for what it throws. */
  login(typed: Typed, caller: Caller): Promise<Grant> {
    this.#sweep.due();
    return this.#signingIn.login(typed, caller);
  }

  /** @throws Problem invalid-credential by rejection when the account is gone or closed. */
  async me(id: string): Promise<Account> {
    const account = await this.#parts.store.find(id);
    if (account === null || !account.active) throw new Problem(problems.invalidCredential, 'The account of this token is no longer there.', { headers: { 'WWW-Authenticate': 'Bearer' } });
    return account;
  }

  /** @throws Problem invalid-credential by rejection when the account is gone or closed. */
  async updateMe(id: string, profile: Profile, caller: Caller): Promise<Account> {
    await this.me(id);
    const change = await this.#parts.store.update(id, profile);
    note(self(caller), { action: 'account.update', account: id });
    return change?.after ?? this.me(id);
  }

  /** Ends all other sessions. See `Recovery` for what it throws. */
  changePassword(who: SignedIn, passwords: { readonly current: string; readonly next: string }, caller: Caller): Promise<void> {
    return this.#recovery.changePassword(who, passwords, caller);
  }

  requestVerification(login: string): Promise<void> {
    return this.#recovery.requestVerification(login);
  }

  /** @throws Problem spent-token by rejection. */
  verify(token: string, caller: Caller): Promise<void> {
    return this.#recovery.verify(token, caller);
  }

  requestReset(login: string, caller: Caller): Promise<void> {
    return this.#recovery.requestReset(login, caller);
  }

  /** Ends all sessions. @throws Problem by rejection: spent-token, unprocessable, passwords-busy. */
  reset(token: string, next: { readonly password: string; readonly field: string }, caller: Caller): Promise<void> {
    this.#sweep.due();
    return this.#recovery.reset(token, next, caller);
  }

  create(draft: Draft, by: Actor): Promise<Account> {
    return this.#administration.create(draft, by);
  }

  setRights(id: string, rights: Rights, by: Actor): Promise<Account> {
    return this.#administration.setRights(id, rights, by);
  }

  setRoles(id: string, roles: readonly string[], by: Actor): Promise<Account> {
    return this.#administration.setRoles(id, roles, by);
  }

  setActive(id: string, active: boolean, by: Actor): Promise<Account> {
    return this.#administration.setActive(id, active, by);
  }

  remove(id: string, by: Actor): Promise<void> {
    return this.#administration.remove(id, by);
  }

  /** Over once the messages under way are sent, or wait for the mail server. */
  settled(): Promise<void> {
    return this.#messages.settled();
  }

  /** Mails that wait for another try are given up. */
  dispose(): void {
    this.#messages.dispose();
  }
}
