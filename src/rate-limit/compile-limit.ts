import type { Exchange } from '#libs/kernel';
import type { Take } from '#libs/rate-limit';
import { statusSet } from '#libs/resilience';
import type { LimitConfig } from '../config/index.js';
import { compileTrust } from '../http/trusted-proxies.js';
import type { LimitSurroundings } from './limit-ground.js';
import type { KeyOf } from './limit-key.js';
import { compileRates, type RolesOf } from './rates.js';

/** One limit of a route, ready to be asked. */
export interface Counter {
  readonly name: string;
  readonly binding: boolean;
  readonly away: LimitConfig['away'];
  /** What a refusal says instead of ours. */
  readonly message: string | undefined;
  /** Answers that count; `null` for all of them. */
  readonly statuses: ReadonlySet<number> | null;
  /** What an exchange takes from it; `null` where it does not hold. */
  take(exchange: Exchange): Draw | null;
}

/** A take, and the window its counter has for this caller. */
export interface Draw extends Take {
  /** Milliseconds. */
  readonly window: number;
}

/** What a limit is compiled from. */
export interface LimitParts {
  readonly config: LimitConfig;
  readonly name: string;
  readonly key: KeyOf;
  /** Around the value of the key; the rate's id comes last. */
  readonly head: string;
  readonly tail: string;
}

export function compileLimit({ config, head, key, name, tail }: LimitParts, around: LimitSurroundings): Counter {
  const { away, cost, counts, message, shadow } = config;
  const { clock } = around;
  const tierOf = compileRates(config, around.rolesOf);
  const exempt = compileExemption(config, around.rolesOf);
  const binding = !shadow;
  return Object.freeze({
    name, binding, away, message,
    statuses: counts === 'all' ? null : statusSet(counts.status),
    take(exchange: Exchange): Draw | null {
      if (exempt !== null && exempt(exchange) !== null) return null;
      const { rate } = tierOf(exchange.principal);
      if (rate === null) return null;
      const { id, limit, window } = rate(clock.now());
      return { key: head + key(exchange) + tail + id, limit, cost, binding, window };
    },
  });
}

/** Why somebody is exempt. */
export type Exemption = 'ips' | 'users' | 'roles';

/** @returns what tells why somebody is exempt, or `null`; `null` when nobody is. */
export function compileExemption({ exempt: { ips, roles, users } }: LimitConfig, rolesOf: RolesOf): ((exchange: Exchange) => Exemption | null) | null {
  if (ips.length + roles.length + users.length === 0) return null;
  const listed = compileTrust(ips);
  const ids = new Set(users);
  return ({ client, principal }) => {
    if (listed(client)) return 'ips';
    if (principal === null) return null;
    if (ids.has(principal.id)) return 'users';
    if (roles.length === 0) return null;
    const held = rolesOf(principal);
    return roles.some((role) => held.has(role)) ? 'roles' : null;
  };
}
