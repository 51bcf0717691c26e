import { Problem, problems } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';
import type { Account, Caller, Grant, Sessions } from '../contracts.js';
import type { AccountStore, Credential } from './account-store.js';
import type { Guesses } from './guesses.js';
import { canonical } from './logins.js';
import { note, self } from './notices.js';
import type { Passwords } from './passwords.js';

interface Parts {
  readonly config: IdentityConfig;
  readonly store: AccountStore;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly guesses: Guesses;
}

/** What somebody types to sign in. */
export interface Typed {
  readonly login: string;
  readonly password: string;
}

export class SigningIn {
  constructor(private readonly parts: Parts) {}

  /**
   * @throws Problem by rejection: invalid-credential, whatever is wrong; with the right password account-inactive and
   * account-unverified; account-locked; passwords-busy.
   */
  async login(typed: Typed, caller: Caller): Promise<Grant> {
    const { passwords, sessions, store } = this.parts;
    const { account, changedAt } = await passwords.inTurn(caller, () => this.#prove(typed, caller));
    const grant = await sessions.open(account, caller);
    // A password that became another one in between ended the sessions there were then; this one came too late for that.
    const now = await store.credentialById(account.id);
    if (now?.changedAt !== changedAt) {
      await sessions.end(grant.session, 'password-change', caller);
      throw wrong();
    }
    note(self(caller), { action: 'login', account: account.id, details: { session: grant.session } });
    return grant;
  }

  async #prove({ login, password }: Typed, caller: Caller): Promise<Credential> {
    const { guesses, store } = this.parts;
    const name = canonical(login);
    const credential = await store.credentialOf(name);
    const { guess, right } = await guesses.look({ login: name, password, credential, caller });
    if (credential === null || !right) throw refuse(caller, credential?.account ?? null, { why: 'password', problem: wrong() });
    const { account } = credential;
    const unverified = this.parts.config.register.verify === 'required' && account.verifiedAt === null;
    // Where nobody is to learn who has an account, nobody learns either that this one is new; it stays counted.
    if (unverified && this.parts.config.register.existing === 'silent') throw refuse(caller, account, { why: 'unverified', problem: wrong() });
    await guesses.forgive(guess);
    if (!account.active) throw refuse(caller, account, { why: 'inactive', problem: new Problem(problems.accountInactive, 'This account is closed.') });
    if (unverified) throw refuse(caller, account, { why: 'unverified', problem: new Problem(problems.accountUnverified, 'Confirm the e-mail address of this account first.') });
    return credential;
  }
}

function refuse(caller: Caller, account: Account | null, { problem, why }: { readonly why: string; readonly problem: Problem }): Problem {
  note(self(caller), { action: 'login', outcome: 'refused', account: account?.id ?? null, details: { why } });
  return problem;
}

function wrong(): Problem {
  return new Problem(problems.invalidCredential, 'The login or the password is not right.', { headers: { 'WWW-Authenticate': 'Bearer' } });
}
