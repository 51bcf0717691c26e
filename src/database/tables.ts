import type { Generated } from 'kysely';

/*
 * Every column is of a kind that both engines keep alike: text, whole numbers, and nothing else. A time is milliseconds
 * since 1970, a yes or no is 1 or 0, and what has parts of its own is JSON in text.
 */

/** Yes (1) or no (0). */
export type Flag = 0 | 1;

export interface AccountTable {
  readonly id: string;
  /** What the account is found by, in its canonical form: unique. */
  readonly login: string;
  /** Unique where there is one. */
  readonly email: string | null;
  /** For people. */
  readonly name: string | null;
  /** PHC string; `null` for an account that cannot log in by password. */
  readonly password: string | null;
  /** JSON: names of roles. */
  readonly roles: string;
  /** JSON: names of permissions. */
  readonly permissions: string;
  readonly active: Flag;
  readonly verified_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly password_changed_at: number;
  /** JSON: what else was registered, by name. */
  readonly attributes: string;
}

export interface OneTimeTokenTable {
  readonly hash: string;
  readonly account_id: string;
  readonly purpose: 'verify' | 'reset';
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
}

/** What went wrong in a row, by what was typed as a login, whether there is such an account or not. */
export interface LoginFailureTable {
  readonly account_key: string;
  readonly failures: number;
  readonly last_at: number;
  /** 0 when it is not. */
  readonly locked_until: number;
}

/** One login: a family of refresh tokens. */
export interface SessionTable {
  readonly id: string;
  readonly account_id: string;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly expires_at: number;
  readonly ended_at: number | null;
  readonly end_reason: string | null;
  /** Address of who used it last. */
  readonly client: string;
  /** Its User-Agent; empty for none. */
  readonly agent: string;
}

export interface RefreshTokenTable {
  readonly hash: string;
  readonly session_id: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly used_at: number | null;
  /** What the one in its place is made from, together with its own text; `null` while it is unused. */
  readonly seed: string | null;
}

export interface ApiKeyTable {
  readonly id: string;
  /** What a key begins with; it is found by it: unique. */
  readonly prefix: string;
  readonly hash: string;
  /** What was good before the last rotation, and until when it still is. */
  readonly former_hash: string | null;
  readonly former_until: number | null;
  /** How often the key was changed: of two states of one key, the higher is the later. */
  readonly version: number;
  readonly name: string;
  readonly owner: string | null;
  /** JSON: names of roles. */
  readonly roles: string;
  /** JSON: names of permissions. */
  readonly permissions: string;
  /** JSON: names of scopes. */
  readonly scopes: string;
  /** JSON: limits of its own. */
  readonly limits: string | null;
  readonly created_at: number;
  readonly created_by: string | null;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
}

export interface SigningKeyTable {
  readonly kid: string;
  readonly algorithm: string;
  /** JSON. */
  readonly public_jwk: string;
  /** Whatever the identity room makes of it; perhaps encrypted. */
  readonly private_jwk: string;
  readonly created_at: number;
  readonly active_from: number;
  readonly retired_at: number | null;
  readonly expires_at: number | null;
}

/** What is not good any more: a token by its id, a session, or all of an account, if issued before a moment. */
export interface RevocationTable {
  readonly kind: 'token' | 'session' | 'account';
  readonly subject: string;
  readonly before: number;
  /** From then on nothing is left that it could stop. */
  readonly expires_at: number;
}

/** What all processes are to hear of; see `Changes`. */
export interface ChangeTable {
  readonly seq: Generated<number>;
  readonly kind: string;
  readonly subject: string;
  /** JSON. */
  readonly body: string;
  readonly at: number;
}

export interface AuditTable {
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly action: string;
  readonly outcome: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly client: string | null;
  readonly request_id: string | null;
  /** JSON. */
  readonly details: string;
  readonly previous_hash: string;
  readonly hash: string;
}

/** Which migrations the database has had. */
export interface MigrationTable {
  readonly name: string;
  readonly applied_at: number;
}

/** Everything the database holds, by the name of its table. */
export interface Tables {
  readonly accounts: AccountTable;
  readonly one_time_tokens: OneTimeTokenTable;
  readonly login_failures: LoginFailureTable;
  readonly sessions: SessionTable;
  readonly refresh_tokens: RefreshTokenTable;
  readonly api_keys: ApiKeyTable;
  readonly signing_keys: SigningKeyTable;
  readonly revocations: RevocationTable;
  readonly changes: ChangeTable;
  readonly audit: AuditTable;
  readonly schema_migrations: MigrationTable;
}
