import { Problem, problems, type Authenticator, type Exchange, type Guard } from '#libs/kernel';
import { RouteTable } from '#libs/routing';
import { analyticsAnswers } from '../analytics/index.js';
import { compileUnmatched } from '../auth/unmatched.js';
import { routeEntries, type TableLine } from '../config/index.js';
import { checkAnswers } from '../health/check-answers.js';
import { compileEndpoint, compileRoute, compileUnmatchedRoute } from './compile-route.js';
import type { Ground } from './ground.js';
import { CompiledSnapshot, type Destination } from './snapshot.js';

/**
 * Compiles a configuration: every route, every endpoint, the table over them, and what happens where none matches.
 * @throws Error when an option is refused only now (a key that cannot be read, an address that is not allowed).
 */
export function compileSnapshot(ground: Ground): CompiledSnapshot {
  const { config } = ground;
  checkAnswers(config, { analytics: analyticsAnswers });
  const entries = routeEntries(config).map((line) => ({ ...line, value: compileLine(line, ground) }));
  const table = new RouteTable<Destination>(entries, config.versions);
  return new CompiledSnapshot(config.hash, table, compileUnmatchedRoute(config.defaults, gatekeeper(ground), ground));
}

/** @throws Error that names the line: the factory of an extension does not know where it is used. */
function compileLine({ kind, key }: TableLine, ground: Ground): Destination {
  const { routes, endpoints } = ground.config;
  const route = routes[key];
  try {
    if (kind === 'route' && route) return compileRoute(key, route, ground);
    return compileEndpoint(key, endpoints[key] as (typeof endpoints)[string], ground);
  } catch (error) {
    throw new Error(`${kind}s.${key}: ${(error as Error).message}`, { cause: error });
  }
}

/** The one guard of the unmatched route: malformed requests are told so; others what `unmatched:` lets them know. */
function gatekeeper({ access, config }: Ground): Guard {
  const unmatched = compileUnmatched(config.unmatched, access.authenticators);
  return {
    admit(exchange: Exchange): void | Promise<void> {
      const { refusal } = exchange;
      if (refusal && refusal.type !== problems.routeNotFound && refusal.type !== problems.methodNotAllowed) throw refusal;
      const verdict = unmatched(exchange);
      return verdict instanceof Problem ? refuse(exchange, verdict) : verdict.then((problem) => refuse(exchange, problem));
    },
  };
}

/** An OPTIONS about methods that exist is no refusal, but strangers are still told only what they may know. */
function refuse({ refusal }: Exchange, problem: Problem): void {
  if (refusal !== null || problem.type !== problems.routeNotFound) throw problem;
}

/** Builds the file's authenticators, in its order. */
export function compileAuthenticators({ config, extensions, surroundings }: Pick<Ground, 'config' | 'extensions' | 'surroundings'>): ReadonlyMap<string, Authenticator> {
  return new Map(Object.entries(config.authenticate).map(([name, chosen]) => {
    try {
      return [name, extensions.create('authenticator', chosen, { ...surroundings, name })];
    } catch (error) {
      throw new Error(`authenticate.${name}: ${(error as Error).message}`, { cause: error });
    }
  }));
}
