import type { OwnLimit, Secret } from '#libs/kernel';
import type { HeldKey } from '../../auth/api-keys.js';
import type { ApiKeyTable } from '../../database/index.js';

/** A key as it is written down. */
export type KeyRow = ApiKeyTable;

/** A key of the database. Times in milliseconds since the epoch. */
export interface ApiKey extends Pick<HeldKey, 'id' | 'name' | 'owner' | 'roles' | 'permissions' | 'scopes' | 'limits'> {
  /** What its text begins with; opens nothing. */
  readonly start: string;
  readonly createdAt: number;
  /** Who made it: `authenticator:id`, or `null` where nobody was known. */
  readonly createdBy: string | null;
  /** `null` for never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To half a minute or so; `null` for never. */
  readonly lastUsedAt: number | null;
  /** Until when its text before the last rotation is good; `null` where there is none. */
  readonly formerUntil: number | null;
}

/** A key with its text, which is told this once. */
export interface KeyAndText {
  readonly key: ApiKey;
  readonly text: Secret;
}

/** What a key may. */
export interface Rights {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
}

/** What is said of a key. */
export interface KeyDraft extends Rights {
  readonly name: string;
  readonly owner: string | null;
  readonly limits: readonly OwnLimit[];
  readonly expiresAt: number | null;
}

/** What of a key may be changed; what is missing stays. */
export type KeyChanges = { readonly [K in Exclude<keyof KeyDraft, 'owner'>]?: KeyDraft[K] | undefined };

/** Who does something to keys, and from where. */
export interface Actor {
  /** `authenticator:id`; `null` where nobody is known. */
  readonly actor: string | null;
  /** Address; `null` for the command line. */
  readonly client: string | null;
  readonly requestId: string | null;
}

export function keyOf(row: KeyRow): ApiKey {
  return {
    id: row.id, start: row.prefix, name: row.name, owner: row.owner,
    roles: JSON.parse(row.roles) as string[], permissions: JSON.parse(row.permissions) as string[], scopes: JSON.parse(row.scopes) as string[],
    limits: row.limits === null ? [] : JSON.parse(row.limits) as OwnLimit[],
    createdAt: row.created_at, createdBy: row.created_by, expiresAt: row.expires_at, revokedAt: row.revoked_at, lastUsedAt: row.last_used_at, formerUntil: row.former_until,
  };
}

/** The columns of what is said of a key; those that nothing is said of are left out. */
export function columnsOf({ expiresAt, limits, name, permissions, roles, scopes }: KeyChanges): Partial<KeyRow> {
  return {
    ...(name !== undefined && { name }),
    ...(roles !== undefined && { roles: JSON.stringify(roles) }),
    ...(permissions !== undefined && { permissions: JSON.stringify(permissions) }),
    ...(scopes !== undefined && { scopes: JSON.stringify(scopes) }),
    ...(limits !== undefined && { limits: limits.length === 0 ? null : JSON.stringify(limits) }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
}
