import { Problem, problems, type Authenticator, type Exchange, type Guard, type Principal } from '#libs/kernel';
import type { RolesConfig, RouteSettings } from '../config/index.js';
import { compileScrubs, compileUnauthenticated, identify, type Named, type Scrub } from './identify.js';
import { compileRequirements, type Requirement } from './requirement.js';
import { rolesOf, type Standing } from './roles.js';

/** What of the whole file access to one route depends on. */
export interface AccessContext {
  /** By name, in the order of the file. */
  readonly authenticators: ReadonlyMap<string, Authenticator>;
  readonly roles: RolesConfig;
}

type AccessSettings = Pick<RouteSettings, 'authenticate' | 'authorize'>;

/**
 * Compiles `authenticate` and `authorize` of a route to the guard of step 3. It writes `exchange.principal` before it
 * judges, so that the log of a refusal knows who was refused. A principal that is there already (an offline test) is
 * only judged.
 * @throws Error when an authenticator does not exist, or a route that is not public has none.
 */
export function compileAccess(settings: AccessSettings, context: AccessContext): Guard {
  const scrub = compileScrubs(context.authenticators);
  if (settings.authenticate === 'none') return publicGuard(scrub);
  const candidates = candidatesOf(settings.authenticate, context.authenticators);
  const unauthenticated = compileUnauthenticated(candidates);
  const judge = compileJudgement(settings.authorize, context);
  const enter = (exchange: Exchange, principal: Principal | null): void => {
    scrub?.(exchange);
    if (principal === null) throw unauthenticated();
    judge(exchange, principal);
  };
  const leave = (exchange: Exchange, error: unknown): never => {
    scrub?.(exchange);
    throw error;
  };
  return Object.freeze({
    admit(exchange: Exchange): void | Promise<void> {
      if (exchange.principal !== null) return enter(exchange, accepted(exchange.principal, candidates));
      const found = attempt(exchange, candidates, leave);
      if (!(found instanceof Promise)) return enter(exchange, found);
      return found.then((principal) => enter(exchange, principal), (error: unknown) => leave(exchange, error));
    },
  });
}

/** A public route looks at no credential; those in the query must not travel on or be logged all the same. */
function publicGuard(scrub: Scrub | null): Guard {
  return Object.freeze({
    admit(exchange: Exchange): void {
      scrub?.(exchange);
    },
  });
}

function attempt(exchange: Exchange, candidates: readonly Named[], leave: (exchange: Exchange, error: unknown) => never) {
  try {
    return identify(exchange, candidates);
  } catch (error) {
    return leave(exchange, error);
  }
}

function accepted(principal: Principal, candidates: readonly Named[]): Principal | null {
  return candidates.some(([name]) => name === principal.authenticator) ? principal : null;
}

function candidatesOf(wanted: readonly string[] | undefined, all: ReadonlyMap<string, Authenticator>): readonly Named[] {
  const candidates = (wanted ?? [...all.keys()]).map((name): Named => {
    const authenticator = all.get(name);
    if (!authenticator) throw new Error(`authenticate: there is no authenticator "${name}"; the file has ${[...all.keys()].join(', ') || 'none'}`);
    return [name, authenticator];
  });
  if (candidates.length > 0) return candidates;
  throw new Error('authenticate: there is no authenticator to ask; define one at the top of the file, or write `authenticate: none` to make this public');
}

/** Writes the principal and throws where it may not pass. */
function compileJudgement(authorize: RouteSettings['authorize'], context: AccessContext): (exchange: Exchange, principal: Principal) => void {
  const roles = rolesOf(context.roles);
  const requirements = compileRequirements(authorize);
  const known = context.roles.known ?? [];
  return (exchange, principal) => {
    const standing = roles.standing(principal);
    exchange.principal = standing.principal;
    if (standing.superuser) return;
    if (!standing.known) throw new Problem(problems.forbidden, 'The caller has no role that is known here. Ask for one.', { members: { required: { roles: { any: known } } } });
    for (const requirement of requirements) if (!requirement.met(standing)) throw forbidden(requirement, standing, context);
  };
}

function forbidden({ advice, required, scopes }: Requirement, { principal }: Standing, { authenticators }: AccessContext): Problem {
  const challenge = authenticators.get(principal.authenticator)?.challenge ?? '';
  const bearer = scopes !== null && challenge.startsWith('Bearer');
  return new Problem(problems.forbidden, advice, {
    members: { required },
    // RFC 6750 3.1: tells an OAuth client which scope to ask for.
    ...(bearer && { headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` } }),
  });
}
