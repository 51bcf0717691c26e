import type { Clock, LimitStoreAway } from '#libs/kernel';
import type { LimitStore } from '#libs/rate-limit';
import type { GatewayConfig } from '../config/index.js';
import type { RolesOf } from './rates.js';
import { Returns } from './returns.js';

/** What the limits of one configuration count in. */
export interface LimitGround {
  /** The counters that all processes share, as far as they can. */
  readonly store: LimitStore;
  /** Those of this process, for when the shared ones cannot be asked; always at once. */
  readonly local: LimitStore;
  readonly clock: Clock;
  readonly settings: GatewayConfig['limits'];
  readonly returns: Returns;
  /** The shared counters could not be asked. */
  missed(notice: LimitStoreAway): void;
}

/** What the limits of a route are compiled on. */
export interface LimitSurroundings extends LimitGround {
  /** A caller's roles and all that they imply. */
  readonly rolesOf: RolesOf;
}

/** Counts nothing and refuses nobody: for requests that are only tried out. */
export function uncounted(clock: Clock, settings: GatewayConfig['limits']): LimitGround {
  const store: LimitStore = {
    take: (takes) => takes.map(({ limit: { count } }) => ({ allowed: true, remaining: count, reset: 0, retryAfter: 0 })),
    give: () => {},
  };
  return { store, local: store, clock, settings, returns: new Returns(), missed: () => {} };
}
