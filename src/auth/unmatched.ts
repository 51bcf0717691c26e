import { Problem, problems, type Authenticator, type Exchange } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { compileScrubs, compileUnauthenticated, identify, type Named } from './identify.js';

/** What a request that matches no route is told. */
export type UnmatchedAccess = (exchange: Exchange) => Problem | Promise<Problem>;

/**
 * Compiles `unmatched`. With 404 everyone learns that no route matches; with 401 only callers with a valid credential,
 * all others the same as on a route that exists. Never throws and never rejects with a Problem: the result is the problem.
 * @throws Error when 401 is asked for and there is no authenticator that could be satisfied.
 */
export function compileUnmatched(settings: GatewayConfig['unmatched'], authenticators: ReadonlyMap<string, Authenticator>): UnmatchedAccess {
  const scrub = compileScrubs(authenticators);
  const hide = settings.unauthenticated === 401 ? compileHiding([...authenticators]) : notFound;
  return (exchange) => {
    const verdict = hide(exchange);
    if (verdict instanceof Promise) return verdict.finally(() => scrub?.(exchange));
    scrub?.(exchange);
    return verdict;
  };
}

function compileHiding(candidates: readonly Named[]): UnmatchedAccess {
  if (candidates.length === 0) throw new Error('unmatched.unauthenticated: 401 needs an authenticator; the file has none');
  const unauthenticated = compileUnauthenticated(candidates);
  return (exchange) => {
    try {
      const found = exchange.principal ?? identify(exchange, candidates);
      if (!(found instanceof Promise)) return found === null ? unauthenticated(exchange) : notFound(exchange);
      return found.then((principal) => (principal === null ? unauthenticated(exchange) : notFound(exchange)), onlyProblem);
    } catch (error) {
      return onlyProblem(error);
    }
  };
}

/** The routing room may know better: another method exists, for one. */
function notFound(exchange: Exchange): Problem {
  return exchange.refusal ?? new Problem(problems.routeNotFound, `No route matches ${exchange.method} ${exchange.path}.`);
}

function onlyProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
