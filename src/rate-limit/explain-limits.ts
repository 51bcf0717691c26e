import type { Exchange } from '#libs/kernel';
import { limitOfOwn, type LimitConfig, type RouteSettings } from '../config/index.js';
import { compileExemption, type Exemption } from './compile-limit.js';
import { chosenLimits } from './compile-limits.js';
import { explainKey, type KeyPart } from './explain-key.js';
import { ownName } from './own-limits.js';
import { compileRates, type RolesOf } from './rates.js';

/** What one limit makes of a request. */
export interface JudgedLimit {
  readonly name: string;
  readonly config: LimitConfig;
  /** The rate for this caller, as the file has it; `off` for none. */
  readonly rate: string;
  /** Whose rate that is; empty for the limit's own. */
  readonly role: string;
  readonly exempt: Exemption | null;
  readonly key: readonly KeyPart[];
}

interface Around {
  /** Name of the route, which is part of the keys. */
  readonly route: string;
  readonly ipv6Prefix: number;
  readonly rolesOf: RolesOf;
}

/** What the limits of a credential make of it. */
function judgeOwn({ ownLimits }: Exchange): readonly JudgedLimit[] {
  if (ownLimits === null) return [];
  return ownLimits.limits.map((limit, index) => ({ name: ownName(index), config: limitOfOwn(limit), rate: limit.rate, role: '', exempt: null, key: [{ by: 'key', field: null, value: ownLimits.of }] }));
}

/** What the limits of a route, and those of the credential, make of a request, without counting it, in the order of the file. */
export function judgeLimits(settings: Pick<RouteSettings, 'authenticate' | 'limit'>, exchange: Exchange, { rolesOf, ...around }: Around): readonly JudgedLimit[] {
  const ofRoute = chosenLimits(settings).map(({ by, config, name }): JudgedLimit => {
    // Nobody is known before authentication.
    const { role, text } = compileRates(config, rolesOf)(config.early ? null : exchange.principal);
    return { name, config, rate: text, role, exempt: compileExemption(config, rolesOf)?.(exchange) ?? null, key: explainKey(by, exchange, around) };
  });
  return [...ofRoute, ...judgeOwn(exchange)];
}
