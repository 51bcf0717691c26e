import { parseRate, type Limit } from '#libs/rate-limit';
import type { Principal } from '#libs/kernel';
import { parseQuota, type LimitConfig } from '../config/index.js';
import { compileCalendar } from './calendar.js';

/** How much there is for a caller now. */
export interface Allowance {
  readonly limit: Limit;
  /** Milliseconds. */
  readonly window: number;
  /** Tells its counters from those of another rate, or of another period. */
  readonly id: string;
}

/** Gives the allowance at a moment (milliseconds since the epoch). */
export type Rate = (now: number) => Allowance;

/** What holds for some callers. */
export interface Tier {
  /** Whose rate it is; empty for the limit's own. */
  readonly role: string;
  /** As the file has it. */
  readonly text: string;
  /** `null` for none, which is no limit. */
  readonly rate: Rate | null;
}

/** Gives what holds for a caller. */
export type TierOf = (principal: Principal | null) => Tier;

/** A role and all it is implied by, asked of a caller. */
export type RolesOf = (principal: Principal) => ReadonlySet<string>;

/**
 * Compiles `rate` and `roles`.
 * @throws Error for a rate that cannot be read, which the schema has refused before.
 */
export function compileRates(config: LimitConfig, rolesOf: RolesOf): TierOf {
  const base: Tier = { role: '', text: config.rate, rate: compileRate(config, config.rate, '') };
  const ranked = Object.entries(config.roles)
    .map(([role, text]) => ({ role, text, speed: text === 'off' ? Number.POSITIVE_INFINITY : speedOf(config, text), rate: text === 'off' ? null : compileRate(config, text, role) }))
    .sort((a, b) => b.speed - a.speed);
  if (ranked.length === 0) return () => base;
  return (principal) => {
    if (principal === null) return base;
    const roles = rolesOf(principal);
    for (const tier of ranked) if (roles.has(tier.role)) return tier;
    return base;
  };
}

const LETTERS: Readonly<Record<LimitConfig['use'], string>> = { 'token-bucket': 't', 'sliding-window': 's', 'fixed-window': 'f', quota: 'q' };
/** Days of a period, to compare quotas with each other. */
const DAYS = { hour: 1 / 24, day: 1, week: 7, month: 30 } as const;

/** A counter outlives a change of what it counts up to, but not of how it counts. */
function compileRate(config: LimitConfig, text: string, role: string): Rate {
  const letter = role === '' ? LETTERS[config.use] : `${LETTERS[config.use]}(${role.replaceAll(/[^\w-]/g, '_')})`;
  if (config.use === 'quota') return compileQuota(text, config.zone ?? 'UTC', letter);
  const { count, window } = rateIn(text);
  const allowance: Allowance = Object.freeze({ limit: Object.freeze(limitOf(config, { count, window })), window, id: `${letter}${window}` });
  return () => allowance;
}

function compileQuota(text: string, zone: string, letter: string): Rate {
  const { count, period } = quotaIn(text);
  const calendar = compileCalendar(period, zone);
  let span = calendar(0);
  let allowance: Allowance | null = null;
  return (now) => {
    const current = calendar(now);
    if (allowance !== null && current === span) return allowance;
    span = current;
    const { ends, name, starts } = current;
    allowance = Object.freeze({ limit: Object.freeze({ use: 'quota' as const, count, ends }), window: ends - starts, id: `${letter}${name}` });
    return allowance;
  };
}

interface Plain {
  readonly count: number;
  readonly window: number;
}

function limitOf(config: LimitConfig, { count, window }: Plain): Limit {
  const { burst, cost, initial, rate, use } = config;
  if (use !== 'token-bucket') return { use: use as 'sliding-window' | 'fixed-window', count, window };
  // What the file says of the bucket is for its own rate; that of a role is as much larger as its rate is.
  const own = rateIn(rate);
  // Whole numbers up to the one division: a quotient that is whole must not come out a little above it.
  const grown = (tokens: number): number => Math.ceil((tokens * count * own.window) / (window * own.count));
  const most = typeof burst === 'string' ? count + Number(burst) : grown(burst ?? 0);
  const capacity = burst === undefined ? Math.max(cost, count) : Math.max(cost, 1, most);
  return { use, count, window, capacity, initial: initial === undefined ? capacity : Math.min(capacity, grown(initial)) };
}

function speedOf({ use }: LimitConfig, text: string): number {
  if (use === 'quota') return quotaIn(text).count / DAYS[quotaIn(text).period];
  const { count, window } = rateIn(text);
  return count / window;
}

function rateIn(text: string): Plain {
  const rate = parseRate(text);
  if (rate === undefined) throw new Error(`limit: "${text}" is no rate`);
  return rate;
}

function quotaIn(text: string): NonNullable<ReturnType<typeof parseQuota>> {
  const quota = parseQuota(text);
  if (quota === undefined) throw new Error(`limit: "${text}" is no quota`);
  return quota;
}
