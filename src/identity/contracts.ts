import type { Authenticator, Clock, Principal } from '#libs/kernel';
import type { Revocations } from '../auth/revocations.js';
import type { IdentityConfig } from '../config/index.js';
import type { Changes, Database } from '../database/index.js';

/** Somebody who registered. Times in milliseconds since the epoch. */
export interface Account {
  readonly id: string;
  /** What it signs in with, in its one canonical form: the e-mail address, or a name. */
  readonly login: string;
  readonly email: string | null;
  /** For people. */
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** `false`: it may not sign in, and what it was given is revoked. */
  readonly active: boolean;
  /** When it proved that the address is its own; `null` while it has not. */
  readonly verifiedAt: number | null;
  readonly createdAt: number;
  /** Further fields it registered with. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Whoever asks, for sessions and the audit. */
export interface Caller {
  /** Address of the client. */
  readonly client: string;
  readonly agent: string | null;
  readonly requestId: string;
}

/** What a login or a refresh gives. */
export interface Grant {
  readonly account: Account;
  readonly session: string;
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Opaque; shown this once. */
  readonly refreshToken: string;
  /** Seconds. */
  readonly refreshExpiresIn: number;
}

/** One login: a family of refresh tokens, each good once. */
export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly client: string;
  readonly agent: string | null;
}

/** The accounts as the rest of identity needs them. */
export interface AccountDirectory {
  find(id: string): Promise<Account | null>;
}

/** Signs and recognises access tokens. */
export interface AccessTokens {
  /** @returns the token, and when it ends (milliseconds since the epoch). */
  issue(account: Account, session: string): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** Recognises them; built once, for our own endpoints. Routes get theirs by `use: identity`. */
  readonly authenticator: Authenticator;
  /** The public keys, those of tokens still good included, as a JWK set (RFC 7517). */
  keySet(): { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** Milliseconds that others may keep it. */
  readonly keySetLifetime: number;
}

/** Logins. Everything rejects with database-away (503) while the database is. */
export interface Sessions {
  open(account: Account, caller: Caller): Promise<Grant>;
  /** @throws Problem invalid-credential by rejection, whatever is wrong with the token; a used one ends the session. */
  refresh(refreshToken: string, caller: Caller): Promise<Grant>;
  /** Ends one, whoever asks; nothing happens where there is none. */
  end(session: string, why: string, caller: Caller): Promise<void>;
  /** Ends all of an account, but for `except`. @returns how many. */
  endAll(accountId: string, why: string, caller: Caller, except?: string): Promise<number>;
  /** Those that are still good, newest first. */
  list(accountId: string): Promise<readonly Session[]>;
  find(session: string): Promise<Session | null>;
}

/** What the parts of identity are made of. */
export interface IdentityPlan {
  readonly config: IdentityConfig;
  readonly database: Database;
  readonly changes: Changes;
  readonly revocations: Revocations;
  readonly clock: Clock;
  /** Of the configuration; relative paths start there. */
  readonly folder: string;
}

/** What the caller of one of our endpoints is, once recognised. */
export interface SignedIn {
  readonly principal: Principal;
  readonly account: string;
  readonly session: string;
}
