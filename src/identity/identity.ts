import type { Accounts, AccountStore } from './accounts/index.js';
import type { StoredSessions } from './sessions/index.js';
import type { OwnTokens } from './tokens/index.js';

/** Accounts, sessions and tokens of one gateway, as one configuration has them. */
export interface Identity {
  readonly store: AccountStore;
  readonly accounts: Accounts;
  readonly sessions: StoredSessions;
  readonly tokens: OwnTokens;
}

/** An identity that can be ended. */
export interface OwnIdentity extends Identity {
  close(): void;
}
