import type { OwnLimits, Principal } from '#libs/kernel';
import type { HeldKey } from '../api-keys.js';

/** Why a key is refused. */
export const REASONS = {
  malformed: 'A letter of the key is wrong or missing.',
  unknown: 'There is no such key.',
  revoked: 'The key has been revoked.',
  expired: 'The key has expired.',
  ambiguous: 'The request carries more than one key.',
} as const;

export type Reason = keyof typeof REASONS;

/** Thrown while a key is looked at; the authenticator turns it into a problem. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused';

  constructor(readonly reason: Reason) {
    super(reason);
  }
}

/** A text that was found to be a key. It is asked again on every request, for the key may have changed. */
export interface Recognised {
  /** @throws KeyRefused when it is not good at this moment (milliseconds since the epoch). */
  principal(now: number): Principal;
  readonly limits: OwnLimits | null;
  /** The key of the database; `null` for one of the file. */
  readonly held: HeldKey | null;
}

/** What a key may, however it is kept. */
export interface KeyRights extends Pick<HeldKey, 'expiresAt' | 'id' | 'limits' | 'name' | 'owner' | 'permissions' | 'roles' | 'scopes'> {
  /** What its counters go by. */
  readonly of: string;
}

export function principalOf({ expiresAt, id, name, owner, permissions, roles, scopes }: KeyRights, authenticator: string): Principal {
  return Object.freeze({ id: owner ?? id, email: null, roles, permissions, scopes, authenticator, claims: Object.freeze({ key: id, name }), expiresAt });
}

export function limitsOfKey({ limits, of }: KeyRights): OwnLimits | null {
  return limits.length === 0 ? null : Object.freeze({ of, limits });
}
