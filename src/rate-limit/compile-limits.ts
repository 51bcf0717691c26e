import type { Guard } from '#libs/kernel';
import { limitsOf, type LimitConfig, type RouteSettings } from '../config/index.js';
import { compileLimit, type Counter, type LimitParts } from './compile-limit.js';
import { LimitGuard } from './limit-guard.js';
import type { LimitSurroundings } from './limit-ground.js';
import { compileKey, wayOf, type By } from './limit-key.js';
import { compileOwn } from './own-limits.js';

/** The limits of one route. */
export interface Limits {
  /** To be asked before authentication; `null` where there is none. */
  readonly early: Guard | null;
  /** To be asked once it is known who is calling; `null` where there is none. */
  readonly late: Guard | null;
}

type Settings = Pick<RouteSettings, 'authenticate' | 'limit' | 'limitHeaders'>;

/**
 * Compiles `limit` of a route to its guards.
 * @param route its name, which is part of the keys.
 */
export function compileLimits(route: string, settings: Settings, around: LimitSurroundings): Limits {
  const all = chosenLimits(settings);
  const compile = (early: boolean): Guard | null => {
    const chosen = all.filter(({ config }) => config.early === early);
    // Whoever is known may have limits of their own.
    const own = early || settings.authenticate === 'none' ? null : compileOwn(around);
    if (chosen.length === 0 && own === null) return null;
    const counters = chosen.map((each): Counter => compileLimit(partsOf(each, { route, chosen, ipv6Prefix: around.settings.ipv6Prefix }), around));
    const body = chosen.some(({ by }) => by.some((one) => typeof one === 'object' && 'body' in one));
    return Object.freeze(new LimitGuard(counters, around, { body, retryAfter: settings.limitHeaders.retryAfter, own }));
  };
  return { early: compile(true), late: compile(false) };
}

/** The limits of a route in the order of the file, each with what it is called and counted by. */
export function chosenLimits({ authenticate, limit }: Pick<Settings, 'authenticate' | 'limit'>): readonly Chosen[] {
  const configs = limitsOf(limit);
  const names = namesOf(configs);
  const fallback: readonly By[] = authenticate === 'none' ? ['ip'] : ['user'];
  return configs.map((config) => ({ config, name: names.get(config) as string, by: config.by ?? (config.early ? ['ip'] : fallback) }));
}

/** As the file calls them, or after their rates; no two of a route alike. */
function namesOf(configs: readonly LimitConfig[]): ReadonlyMap<LimitConfig, string> {
  const taken = new Set<string>();
  return new Map(configs.map((config) => {
    const plain = config.name ?? config.rate.toLowerCase().replace(/ per /, '/').replaceAll(/\s/g, '');
    let name = plain;
    for (let i = 2; taken.has(name); i++) name = `${plain}-${i}`;
    taken.add(name);
    return [config, name];
  }));
}

export interface Chosen {
  readonly config: LimitConfig;
  readonly name: string;
  readonly by: readonly By[];
}

interface Group {
  readonly route: string;
  readonly chosen: readonly Chosen[];
  readonly ipv6Prefix: number;
}

/**
 * Keys look like `{users|127.0.0.1}t60000`: scope and value, then how it is counted. What stands in braces decides
 * which part of a Redis cluster a key lives in, and keys of one request have to live together: where the limits of a
 * route are not all counted by the same, only the scope stands there.
 */
function partsOf({ by, config, name }: Chosen, { chosen, ipv6Prefix, route }: Group): LimitParts {
  // A share may be called like a route, and is another scope all the same.
  const scope = config.share === undefined ? route : `share:${config.share}`;
  const way = wayOf(by);
  const twins = chosen.filter((other) => other.config.share === config.share && wayOf(other.by) === way && other.config.name === config.name);
  const number = twins.findIndex((other) => other.config === config);
  const own = `${config.name ?? ''}${number > 0 ? `#${number}` : ''}`;
  const together = config.share !== undefined || chosen.every((other) => wayOf(other.by) === way);
  return {
    config, name,
    key: compileKey(by, { route, ipv6Prefix }),
    ...(together ? { head: `{${scope}|`, tail: `}${own}:` } : { head: `{${scope}}${way}|`, tail: `|${own}:` }),
  };
}
