import type { IdentityConfig } from '../../config/index.js';
import { compileNetworkKey } from '../../rate-limit/network-key.js';
import type { Caller } from '../contracts.js';
import { invalidField } from './logins.js';
import { PasswordHash } from './password-hash.js';
import { weakness } from './password-policy.js';
import { Turns } from './turns.js';

/** Whose password it is to be, and what the body calls it. */
export interface Owner {
  readonly names: readonly (string | null)[];
  readonly field: string;
}

/** Bits of an IPv6 address that whoever has one address has all addresses of (RFC 6177). */
const networkOf = compileNetworkKey(64);

/** Everything about passwords that needs no database. */
export class Passwords {
  readonly hashing: PasswordHash;
  readonly #turns: Turns;

  constructor(private readonly settings: IdentityConfig['password']) {
    this.hashing = new PasswordHash(settings.hash);
    this.#turns = new Turns(settings.hash.atOnce, settings.hash.waiting);
  }

  /** Work with hashing in it. @throws Problem passwords-busy by rejection when too many do that already. */
  inTurn<T>({ client }: Pick<Caller, 'client'>, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(networkOf(client), work);
  }

  /** @throws Problem unprocessable when the password is too weak for its owner. */
  check(password: string, { field, names }: Owner): void {
    const why = weakness(password, names, this.settings);
    if (why !== null) throw invalidField(field, why);
  }

  /** Checks and hashes a new password. @throws Problem by rejection: unprocessable, passwords-busy. */
  async make(password: string, owner: Owner, caller: Caller): Promise<string> {
    this.check(password, owner);
    return this.inTurn(caller, () => this.hashing.hash(password));
  }
}
