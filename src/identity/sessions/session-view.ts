import type { Session } from '../contracts.js';

/** A session as people are told of it. */
export interface SessionView {
  readonly id: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  readonly client: string;
  readonly agent: string | null;
  /** It is the one that asks. */
  readonly current: boolean;
}

/** @param current the session that asks; `null` for somebody else. */
export function viewSession({ accountId: _whose, createdAt, expiresAt, lastUsedAt, ...rest }: Session, current: string | null): SessionView {
  const time = (at: number): string => new Date(at).toISOString();
  return { ...rest, createdAt: time(createdAt), lastUsedAt: time(lastUsedAt), expiresAt: time(expiresAt), current: rest.id === current };
}
