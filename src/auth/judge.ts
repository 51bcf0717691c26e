import { Problem, problems, type Authenticator, type Exchange, type Principal } from '#libs/kernel';
import { ruleBeside, rulesByMethod, type AuthorizeConfig, type RolesConfig, type RuleConfig } from '../config/index.js';
import { adviceOn, compileRequirements, type Requirement } from './requirement.js';
import { rolesOf, type Standing } from './roles.js';

/** What of the whole file access to one route depends on. */
export interface AccessContext {
  /** By name, in the order of the file. */
  readonly authenticators: ReadonlyMap<string, Authenticator>;
  readonly roles: RolesConfig;
}

/** What is asked of callers of one route, by method. */
export interface Rules {
  /** Requirements for a method without a rule of its own. */
  readonly beside: readonly Requirement[];
  /** `null` where no method has one, so that nothing is looked up. */
  readonly byMethod: ReadonlyMap<string, readonly Requirement[]> | null;
}

/**
 * Compiles `authorize`.
 * @param besides what has to hold as well, whatever the method.
 * @throws Error for lists that ask for nothing.
 */
export function compileRules(authorize: AuthorizeConfig, besides: RuleConfig = 'any'): Rules {
  const further = compileRequirements(besides);
  const compile = (rule: RuleConfig): readonly Requirement[] => [...compileRequirements(rule), ...further];
  const byMethod = rulesByMethod(authorize);
  return {
    beside: compile(ruleBeside(authorize)),
    byMethod: byMethod.size === 0 ? null : new Map([...byMethod].map(([method, rule]) => [method, compile(rule)])),
  };
}

/** What is asked of this request. */
export function requirementsOn({ beside, byMethod }: Rules, method: string): readonly Requirement[] {
  return byMethod === null ? beside : (byMethod.get(method) ?? beside);
}

/** Writes the principal and throws where it may not pass. */
export type Judge = (exchange: Exchange, principal: Principal) => void;

/** @param open nobody has to be known where nothing is asked, so there nobody has to have a role that is known either. */
export function compileJudge(rules: Rules, context: AccessContext, open: boolean): Judge {
  const roles = rolesOf(context.roles);
  const known = context.roles.known ?? [];
  return (exchange, principal) => {
    const standing = roles.standing(principal);
    exchange.principal = standing.principal;
    if (standing.superuser) return;
    const requirements = requirementsOn(rules, exchange.method);
    if (!standing.known && !(open && requirements.length === 0)) throw unknown(known);
    for (const requirement of requirements) if (!requirement.met(standing, exchange.params)) throw forbidden(requirement, standing, context);
  };
}

function unknown(known: readonly string[]): Problem {
  return new Problem(problems.forbidden, 'The caller has no role that is known here. Ask for one.', { members: { required: { roles: { any: known } } } });
}

function forbidden(requirement: Requirement, { principal }: Standing, { authenticators }: AccessContext): Problem {
  const { required, scopes } = requirement;
  const challenge = authenticators.get(principal.authenticator)?.challenge ?? '';
  const bearer = scopes !== null && challenge.startsWith('Bearer');
  return new Problem(problems.forbidden, adviceOn(requirement), {
    members: { required },
    // RFC 6750 3.1: tells an OAuth client which scope to ask for.
    ...(bearer && { headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` } }),
  });
}
