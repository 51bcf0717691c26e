import type { Account } from '../contracts.js';

/** An account as administrators are shown it; times as ISO 8601. */
export interface AccountView extends Omit<Account, 'createdAt' | 'verifiedAt'> {
  readonly verifiedAt: string | null;
  readonly createdAt: string;
}

export function viewAccount(account: Account): AccountView {
  const { createdAt, verifiedAt } = account;
  return { ...account, verifiedAt: verifiedAt === null ? null : new Date(verifiedAt).toISOString(), createdAt: new Date(createdAt).toISOString() };
}
