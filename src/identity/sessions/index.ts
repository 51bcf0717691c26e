import type { IdentityPlan } from '../contracts.js';
import { StoredSessions, type SessionParts } from './sessions.js';

/**
 * Logins of one configuration, kept in its database. Nothing of it runs by itself, so that nothing has to be ended.
 * @throws Error when an origin of `refresh.cookie` is none.
 */
export function createSessions(plan: IdentityPlan, parts: SessionParts): StoredSessions {
  return new StoredSessions(plan, parts);
}

export type { Ender } from './endings.js';
export type { RefreshCookie } from './refresh-cookie.js';
export type { StoredSessions } from './sessions.js';
export type { SessionView } from './session-view.js';
