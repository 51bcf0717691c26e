import { askedOf, ruleBeside, rulesByMethod, type OwnerConfig, type RouteSettings, type RuleConfig } from '../config/index.js';

/** Who may use a route, in a few words: `public`, `anyone known (users)`, `admin or teacher (users, keys)`. */
export function whoMay({ authenticate, authorize }: Pick<RouteSettings, 'authenticate' | 'authorize'>): string {
  const asked = askedOf(authenticate);
  if (asked === null) return 'public';
  const besides = asked.any.length === 0 || asked.all.length === 0 ? '' : ` with ${asked.all.join(' and ')}`;
  const names = asked.any.length === 0 ? asked.all.join(' and ') : asked.any.join(', ');
  return `${demanded(authorize, asked.optional && asked.any.length > 0)} (${names}${besides})`;
}

/**
 * What is asked of a caller, by method where that makes a difference.
 * @param optional whether nobody has to be known where nothing is asked.
 */
export function demanded(authorize: RouteSettings['authorize'], optional = false): string {
  const byMethod = new Map<string, string[]>();
  for (const [method, rule] of rulesByMethod(authorize)) {
    const words = ruled(rule, optional);
    byMethod.set(words, [...(byMethod.get(words) ?? []), method]);
  }
  const beside = ruled(ruleBeside(authorize), optional);
  if (byMethod.size === 0) return beside;
  return [...[...byMethod].map(([words, methods]) => `${methods.join(', ')}: ${words}`), `else: ${beside}`].join('; ');
}

/** By whom a caller is recognised. */
export function recognised(authenticate: RouteSettings['authenticate']): string {
  const asked = askedOf(authenticate);
  if (asked === null) return 'nobody';
  const { all, any, optional } = asked;
  if (any.length === 0) return all.join(' and ');
  return `${any.join(' or ')}${optional ? ' or by nobody' : ''}${all.length === 0 ? '' : `, besides ${all.join(' and ')}`}`;
}

function ruled(rule: RuleConfig, optional: boolean): string {
  const anyone = optional ? 'anyone, known or not' : 'anyone known';
  if (rule === 'any') return anyone;
  if (rule === 'deny') return 'nobody but the superuser';
  return partsOf(rule).join('; ') || anyone;
}

function partsOf(rule: Exclude<RuleConfig, string>): string[] {
  const parts = (['roles', 'permissions', 'scopes'] as const).flatMap((attribute) => {
    const asked = rule[attribute];
    if (asked === undefined) return [];
    const { any, all } = Array.isArray(asked) ? { any: asked, all: undefined } : asked;
    const noun = attribute === 'roles' ? '' : `${attribute} `;
    return [...(any ? [noun + any.join(' or ')] : []), ...(all ? [noun + all.join(' and ')] : [])];
  });
  if (rule.owner !== undefined) parts.push(owned(rule.owner));
  if (rule.anyOf !== undefined) parts.push(rule.anyOf.map((alternative) => partsOf(alternative).join(' and ')).join(', or '));
  return parts;
}

function owned(owner: OwnerConfig): string {
  const { param, claim = 'id' } = typeof owner === 'string' ? { param: owner } : owner;
  return `whose ${claim} is :${param}`;
}
