import type { IdentityPlan } from './contracts.js';
import { accountStore, type AccountStore } from './accounts/index.js';
import { Administration } from './accounts/administration.js';
import { Messages } from './accounts/messages.js';
import { OneTimeTokens } from './accounts/one-time-tokens.js';
import { Passwords } from './accounts/passwords.js';
import { WrittenRevocations } from './revocations/written-revocations.js';
import { Endings } from './sessions/endings.js';

/** What administrators do to accounts. */
export interface AccountDesk {
  readonly store: AccountStore;
  readonly administration: Administration;
}

/**
 * Accounts where no gateway runs, for a command that works on the database: nothing is signed here, and no key is made.
 * What is revoked is written down for the gateways.
 * @throws TemplateError when a template of the file has a placeholder that means nothing.
 */
export function openAccountDesk(plan: Omit<IdentityPlan, 'revocations'>): AccountDesk {
  const { changes, clock, config, database } = plan;
  const store = accountStore(plan);
  const endings = new Endings({ ...plan, revocations: new WrittenRevocations(database, changes, clock) });
  const administration = new Administration({
    config, store, passwords: new Passwords(config.password), messages: new Messages(config, new OneTimeTokens({ database, clock })),
    sessions: { endAll: (id, why, ender) => endings.all(id, why, ender) },
  });
  return { store, administration };
}
