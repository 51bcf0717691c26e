import type { IdentityPlan } from '../contracts.js';
import { DatabaseAccounts, type AccountStore } from './account-store.js';
import { Accounts, type AccountParts } from './accounts.js';

/** The accounts in the database of a plan, without any rule. */
export function accountStore(plan: Pick<IdentityPlan, 'clock' | 'config' | 'database'>): AccountStore {
  return new DatabaseAccounts(plan);
}

/**
 * Accounts of one configuration. Nothing of it runs by itself but mails on their way: whoever made it ends it (`dispose`).
 * @throws TemplateError when a template of the file has a placeholder that means nothing.
 */
export function createAccounts(plan: IdentityPlan, parts: AccountParts): Accounts {
  return new Accounts(plan, parts);
}

export type { AccountPage, AccountQuery } from './account-list.js';
export type { AccountChanges, NewAccount } from './account-rows.js';
export type { AccountView } from './account-view.js';
export type { AccountStore, Change, Credential } from './account-store.js';
export type { Accounts, AccountParts, Profile } from './accounts.js';
export type { Draft, Rights } from './administration.js';
export type { Actor } from './notices.js';
export type { Form, Registered } from './registration.js';
export type { Typed } from './signing-in.js';
