import { Problem, problems } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';
import type { Account, Caller, Sessions, SignedIn } from '../contracts.js';
import type { AccountStore } from './account-store.js';
import type { Guesses } from './guesses.js';
import type { Lockout } from './lockout.js';
import { invalidField } from './logins.js';
import type { Messages } from './messages.js';
import { note, self } from './notices.js';
import type { OneTimeTokens } from './one-time-tokens.js';
import type { Passwords } from './passwords.js';

interface Parts {
  readonly config: IdentityConfig;
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly guesses: Guesses;
  readonly lockout: Lockout;
  readonly tokens: OneTimeTokens;
  readonly messages: Messages;
}

/** Another password, by the one before or by mail; and the proof that an address is one's own. */
export class Recovery {
  constructor(private readonly parts: Parts) {}

  /** @throws Problem by rejection: unprocessable (the old password, or the new one), account-locked, passwords-busy. */
  async changePassword({ account: id, session }: SignedIn, { current, next }: { readonly current: string; readonly next: string }, caller: Caller): Promise<void> {
    const { config: { fields }, guesses, passwords, sessions, store, tokens } = this.parts;
    await passwords.inTurn(caller, async () => {
      const credential = await store.credentialById(id);
      if (credential === null) throw gone();
      const { account, changedAt } = credential;
      passwords.check(next, { names: [account.login, account.email], field: fields.newPassword[0] as string });
      const { guess, right } = await guesses.look({ login: account.login, password: current, credential, caller });
      if (!right) {
        note(self(caller), { action: 'password.change', outcome: 'refused', account: id, details: { why: 'password' } });
        throw invalidField(fields.currentPassword[0] as string, 'it is not the password');
      }
      await guesses.forgive(guess);
      const password = await passwords.hashing.hash(next);
      // It may have been hashed anew, but not become another one: who knew the former has no say about that.
      const now = await store.credentialById(id);
      if (now?.changedAt !== changedAt || !await store.setPassword(id, password, now.password)) throw gone();
    });
    await sessions.endAll(id, 'password-change', caller, session);
    await tokens.revoke(id, 'reset');
    note(self(caller), { action: 'password.change', account: id });
  }

  /** Sends the mail that proves an address, if there is such an account. Who asks learns nothing. */
  async requestVerification(login: string): Promise<void> {
    const account = await this.parts.store.findByLogin(login);
    if (account !== null && mayBeWrittenTo(account) && account.verifiedAt === null) this.parts.messages.prove(account, 'verify');
  }

  /** @throws Problem spent-token by rejection. */
  async verify(token: string, caller: Caller): Promise<void> {
    const account = await this.parts.tokens.use(token, 'verify', (trx, id, now) =>
      trx.updateTable('accounts').set({ verified_at: now, updated_at: now }).where('id', '=', id).where('verified_at', 'is', null).execute());
    if (account === null) throw spent();
    note(self(caller), { action: 'account.verify', account });
  }

  /** Sends the mail by which one chooses another password, if there is such an account. Who asks learns nothing. */
  async requestReset(login: string, caller: Caller): Promise<void> {
    const account = await this.parts.store.findByLogin(login);
    if (account === null || !mayBeWrittenTo(account)) return;
    note(self(caller), { action: 'password.reset-request', anonymous: true, account: account.id });
    this.parts.messages.prove(account, 'reset');
  }

  /** Ends all sessions. @throws Problem by rejection: spent-token, unprocessable, passwords-busy. */
  async reset(token: string, next: { readonly password: string; readonly field: string }, caller: Caller): Promise<void> {
    const { lockout, passwords, sessions, store, tokens } = this.parts;
    const owner = await tokens.owner(token, 'reset');
    const account = owner === null ? null : await store.find(owner);
    if (account === null || !account.active) throw spent();
    const password = await passwords.make(next.password, { names: [account.login, account.email], field: next.field }, caller);
    const done = await tokens.use(token, 'reset', (trx, id, now) => trx.updateTable('accounts')
      // Whoever reads the mail has proved that the address is his: that of a squatter is his no more.
      .set((columns) => ({ password, password_changed_at: now, updated_at: now, verified_at: columns.fn.coalesce('verified_at', columns.val(now)) }))
      .where('id', '=', id).execute());
    if (done === null) throw spent();
    await sessions.endAll(account.id, 'password-reset', caller);
    await lockout.clear({ login: account.login, place: null });
    note(self(caller), { action: 'password.reset', account: account.id });
  }
}

function mayBeWrittenTo({ active, email }: Account): boolean {
  return active && email !== null;
}

function spent(): Problem {
  return new Problem(problems.spentToken, 'The token is not good, or not any more; ask for another mail.');
}

function gone(): Problem {
  return new Problem(problems.invalidCredential, 'Sign in again: the account changed meanwhile.', { headers: { 'WWW-Authenticate': 'Bearer' } });
}
