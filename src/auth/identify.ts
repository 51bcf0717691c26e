import { Problem, problems, type Authenticator, type Exchange, type Principal } from '#libs/kernel';

/** An authenticator and its name in the file. */
export type Named = readonly [name: string, authenticator: Authenticator];

/**
 * Asks the authenticators in order until one recognises a credential; a bad credential ends the search at once.
 * Stays synchronous as long as they do.
 * @returns `null` when none of them found a credential of its kind.
 */
export function identify(exchange: Exchange, candidates: readonly Named[], from = 0): Principal | null | Promise<Principal | null> {
  for (let i = from; i < candidates.length; i++) {
    const [name, authenticator] = candidates[i] as Named;
    const found = authenticator.authenticate(exchange);
    if (found === null) continue;
    if (!(found instanceof Promise)) return signed(found, name);
    return found.then((principal) => (principal === null ? identify(exchange, candidates, i + 1) : signed(principal, name)));
  }
  return null;
}

/** Authenticators that do not know their name in the file get it here. */
function signed(principal: Principal, name: string): Principal {
  return principal.authenticator === name ? principal : Object.freeze({ ...principal, authenticator: name });
}

/** Cuts the credentials of every authenticator out of the query. */
export type Scrub = (exchange: Exchange) => void;

/** Compiles the scrubbing of all authenticators of the file, or `null` when none reads the query. */
export function compileScrubs(authenticators: ReadonlyMap<string, Authenticator>): Scrub | null {
  const scrubbers = [...authenticators.values()].filter((authenticator) => 'scrub' in authenticator);
  if (scrubbers.length === 0) return null;
  return (exchange) => {
    if (exchange.query === '') return;
    for (const scrubber of scrubbers) scrubber.scrub?.(exchange);
  };
}

/** Compiles the refusal for a request without any credential; RFC 9110 11.6.1 wants every challenge named. */
export function compileUnauthenticated(candidates: readonly Named[]): () => Problem {
  const challenges = [...new Set(candidates.map(([, { challenge }]) => challenge))].join(', ');
  const detail = 'No credential was found. The WWW-Authenticate header names what is accepted.';
  const extras = { headers: { 'WWW-Authenticate': challenges } };
  return () => new Problem(problems.unauthenticated, detail, extras);
}
