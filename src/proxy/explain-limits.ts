import { rolesOf } from '../auth/roles.js';
import type { GatewayConfig } from '../config/index.js';
import { judgeLimits, type JudgedLimit } from '../rate-limit/index.js';
import type { DryOutcome } from './dry-run.js';
import type { ExplainedLimit } from './explanation.js';
import { shownField } from './shown-fields.js';

const EXEMPT = { ips: 'its address is among `exempt.ips`', users: 'its caller is among `exempt.users`', roles: 'its caller has one of the roles of `exempt.roles`' } as const;

/** What the limits of a route make of a request. */
export function explainedLimits(outcome: DryOutcome, { limits: { ipv6Prefix }, roles: configured }: GatewayConfig): readonly ExplainedLimit[] {
  const { exchange, explanation, settings } = outcome;
  const winner = explanation?.winner ?? null;
  if (winner === null) return [];
  const roles = rolesOf(configured);
  const judged = judgeLimits(settings, exchange, { route: winner, ipv6Prefix, rolesOf: (principal) => roles.standing(principal).roles });
  return judged.map((limit) => explained(limit, outcome));
}

function explained(limit: JudgedLimit, outcome: DryOutcome): ExplainedLimit {
  const { config: { cost, counts, early, shadow, share = null, use }, key, name, rate, role } = limit;
  const why = whyNot(limit, outcome);
  return {
    name, use, rate, role: role === '' ? null : role, cost, ...why,
    key: key.map(({ by, field, value }) => [by, field === null || value === '' ? value : shownField(field, value)]),
    share, shadow, early, statuses: counts === 'all' ? null : counts.status,
  };
}

function whyNot({ config: { early }, exempt, rate, role }: JudgedLimit, { preflight, refusal }: DryOutcome): Pick<ExplainedLimit, 'decision' | 'why'> {
  if (preflight) return { decision: 'not asked', why: 'a preflight is not counted' };
  if (refusal?.by === 'address' || (!early && (refusal?.by === 'access' || refusal?.by === 'guard'))) return { decision: 'not asked', why: 'the request is refused before' };
  if (exempt !== null) return { decision: 'exempt', why: EXEMPT[exempt] };
  return rate === 'off' ? { decision: 'exempt', why: `there is no limit for the role ${role}` } : { decision: 'counts', why: null };
}
