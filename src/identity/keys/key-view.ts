import type { ApiKey } from './api-key.js';

/** A key as people are told of it. */
export interface KeyView extends Pick<ApiKey, 'id' | 'start' | 'name' | 'owner' | 'roles' | 'permissions' | 'scopes' | 'limits'> {
  readonly status: 'good' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
  /** Until when its text before the last rotation is good. */
  readonly formerUntil: string | null;
}

/** @param now milliseconds since the epoch. */
export function viewKey({ createdAt, createdBy, expiresAt, formerUntil, lastUsedAt, limits, revokedAt, ...rest }: ApiKey, now: number): KeyView {
  const time = (at: number): string => new Date(at).toISOString();
  const maybe = (at: number | null): string | null => (at === null ? null : time(at));
  const status = revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt <= now ? 'expired' : 'good';
  return {
    ...rest, status, limits, createdAt: time(createdAt), createdBy, expiresAt: maybe(expiresAt), revokedAt: maybe(revokedAt), lastUsedAt: maybe(lastUsedAt),
    formerUntil: formerUntil !== null && formerUntil > now ? time(formerUntil) : null,
  };
}
