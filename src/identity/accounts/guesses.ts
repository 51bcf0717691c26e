import type { Caller, Sessions } from '../contracts.js';
import type { AccountStore, Credential } from './account-store.js';
import { lockedProblem, type Guess, type Lockout } from './lockout.js';
import { note, self } from './notices.js';
import type { PasswordHash } from './password-hash.js';

/** No account has this id. */
const NOBODY = 'nobody';

interface Parts {
  readonly store: AccountStore;
  readonly sessions: Pick<Sessions, 'list'>;
  readonly lockout: Lockout;
  readonly hashing: PasswordHash;
}

/** One try to prove that one knows the password of an account. */
export interface Attempt {
  /** In its canonical form. */
  readonly login: string;
  readonly password: string;
  /** `null` where there is no such account; that takes just as long. */
  readonly credential: Credential | null;
  readonly caller: Caller;
}

/** Looks at passwords, as often as the lock-out lets. To be called in turn (`Passwords.inTurn`): it hashes. */
export class Guesses {
  constructor(private readonly parts: Parts) {}

  /**
   * @returns whether the password is right; the guess counts as a wrong one until it is forgiven.
   * @throws Problem account-locked by rejection.
   */
  async look({ caller, credential, login, password }: Attempt): Promise<{ readonly right: boolean; readonly guess: Guess }> {
    const guess = await this.#admit({ login: credential?.account.login ?? login, place: null }, credential, caller);
    const { outdated, right } = await this.parts.hashing.verify(password, credential?.password ?? null);
    if (right && outdated && credential !== null) await this.#renew(credential, password);
    return { right, guess };
  }

  /** What was wrong before is forgotten. */
  forgive(guess: Guess): Promise<void> {
    return this.parts.lockout.clear(guess);
  }

  async #admit(guess: Guess, credential: Credential | null, caller: Caller): Promise<Guess> {
    const wait = await this.parts.lockout.count(guess);
    if (wait === 0) return guess;
    const account = credential?.account.id ?? null;
    // Somebody elsewhere cannot keep the owner out of a place where he is signed in; asked also where there is no account.
    const sessions = await this.parts.sessions.list(account ?? NOBODY);
    const own = sessions.some(({ client }) => client === caller.client) ? { ...guess, place: caller.client } : null;
    const ownWait = own === null ? wait : await this.parts.lockout.count(own);
    if (own !== null && ownWait === 0) return own;
    note(self(caller), { action: 'login', outcome: 'refused', account, details: { why: 'locked' } });
    throw lockedProblem(ownWait);
  }

  async #renew({ account, password: former }: Credential, password: string): Promise<void> {
    if (former !== null) await this.parts.store.rehash(account.id, await this.parts.hashing.hash(password), former);
  }
}
