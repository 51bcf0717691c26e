import { accountStore, createAccounts } from './accounts/index.js';
import type { IdentityPlan } from './contracts.js';
import type { OwnIdentity } from './identity.js';
import { createSessions } from './sessions/index.js';
import { createTokens } from './tokens/index.js';

/**
 * Puts the parts of identity together; loaded only where a file asks for it.
 * @throws Error by rejection, in words for the user.
 */
export async function createIdentity(plan: IdentityPlan): Promise<OwnIdentity> {
  const tokens = await createTokens(plan);
  const store = accountStore(plan);
  const sessions = createSessions(plan, { accounts: store, tokens });
  const accounts = createAccounts(plan, { store, sessions });
  return { store, accounts, sessions, tokens, close: () => {
    accounts.dispose();
    tokens.close();
  } };
}
