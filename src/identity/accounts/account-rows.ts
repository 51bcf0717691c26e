import type { Selectable } from 'kysely';
import type { AccountTable } from '../../database/index.js';
import type { Account } from '../contracts.js';

export type AccountRow = Selectable<AccountTable>;

export function accountOf(row: AccountRow): Account {
  return {
    id: row.id, login: row.login, email: row.email, name: row.name === '' ? null : row.name,
    roles: JSON.parse(row.roles) as string[], permissions: JSON.parse(row.permissions) as string[],
    active: row.active === 1, verifiedAt: row.verified_at, createdAt: row.created_at,
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
  };
}

/** An account that is to be. */
export interface NewAccount {
  readonly login: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly active: boolean;
  readonly verified: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** PHC string, or bcrypt's; `null` for an account that cannot sign in by password yet. */
  readonly password: string | null;
}

export function rowOf(account: NewAccount, id: string, now: number): AccountRow {
  return {
    id, login: account.login, email: account.email, name: account.name ?? '', password: account.password,
    roles: JSON.stringify(account.roles), permissions: JSON.stringify(account.permissions), active: account.active ? 1 : 0,
    verified_at: account.verified ? now : null, created_at: now, updated_at: now, password_changed_at: now, attributes: JSON.stringify(account.attributes),
  };
}

/** What of an account may be changed; what is missing stays. */
export interface AccountChanges {
  readonly name?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
  /** Those named; others stay. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

export function changedColumns({ active, attributes, name, permissions, roles }: AccountChanges, before: Account, now: number): Partial<AccountRow> {
  return {
    updated_at: now,
    ...(name !== undefined && { name: name ?? '' }),
    ...(roles !== undefined && { roles: JSON.stringify(roles) }),
    ...(permissions !== undefined && { permissions: JSON.stringify(permissions) }),
    ...(active !== undefined && { active: active ? 1 as const : 0 as const }),
    ...(attributes !== undefined && { attributes: JSON.stringify({ ...before.attributes, ...attributes }) }),
  };
}
