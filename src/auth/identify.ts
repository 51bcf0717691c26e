import { Problem, problems, type Authenticator, type Exchange, type Principal } from '#libs/kernel';

/** An authenticator and its name in the file. */
export type Named = readonly [name: string, authenticator: Authenticator];

type Found = Principal | null | Promise<Principal | null>;

/**
 * Asks the authenticators in order until one recognises a credential; a bad credential ends the search at once. One that
 * calls it foreign is asked only when no other has found one of its kind. Stays synchronous as long as they do.
 * @returns `null` when none of them found a credential of its kind.
 */
export function identify(exchange: Exchange, candidates: readonly Named[]): Found {
  return search(exchange, candidates, 0, null);
}

/** @param passed the first that called the credential foreign. */
function search(exchange: Exchange, candidates: readonly Named[], from: number, passed: Named | null): Found {
  let last = passed;
  for (let i = from; i < candidates.length; i++) {
    const candidate = candidates[i] as Named;
    if (candidates.length > 1 && candidate[1].foreign?.(exchange)) {
      last ??= candidate;
      continue;
    }
    const found = ask(exchange, candidate);
    if (found === null) continue;
    return found instanceof Promise ? found.then((principal) => principal ?? search(exchange, candidates, i + 1, last)) : found;
  }
  return last === null ? null : ask(exchange, last);
}

/** Authenticators that do not know their name in the file get it here. */
function ask(exchange: Exchange, [name, authenticator]: Named): Found {
  const found = authenticator.authenticate(exchange);
  if (found instanceof Promise) return found.then((principal) => principal && signed(principal, name));
  return found && signed(found, name);
}

/**
 * Compiles the question who is calling where every one of `all` has to be satisfied too. Those come first: what an
 * application is known by is cheaper to look at than who is using it.
 * @returns whom `any` recognises; else, where there is no `any` or `optional` lets that pass, the first of `all`; else `null`.
 */
export function compileConjunction(all: readonly Named[], any: readonly Named[], optional: boolean): (exchange: Exchange) => Found {
  const missing = all.map((candidate) => compileUnauthenticated([candidate]));
  const satisfy = (exchange: Exchange, i: number, first: Principal | null): Found => {
    if (i === all.length) return pick(exchange, first);
    const found = identify(exchange, [all[i] as Named]);
    const settle = (principal: Principal | null): Found => {
      if (principal === null) throw (missing[i] as (exchange: Exchange) => Problem)(exchange);
      return satisfy(exchange, i + 1, first ?? principal);
    };
    return found instanceof Promise ? found.then(settle) : settle(found);
  };
  const pick = (exchange: Exchange, first: Principal | null): Found => {
    if (any.length === 0) return first;
    const found = identify(exchange, any);
    if (!optional) return found;
    return found instanceof Promise ? found.then((principal) => principal ?? first) : (found ?? first);
  };
  return (exchange) => satisfy(exchange, 0, null);
}

function signed(principal: Principal, name: string): Principal {
  return principal.authenticator === name ? principal : Object.freeze({ ...principal, authenticator: name });
}

/** Cuts the credentials of every authenticator out of the request, where nobody else must see them. */
export type Scrub = (exchange: Exchange) => void;

/** Compiles the scrubbing of all authenticators of the file, or `null` when none has anything to cut out. */
export function compileScrubs(authenticators: ReadonlyMap<string, Authenticator>): Scrub | null {
  const scrubbers = [...authenticators.values()].filter((authenticator) => 'scrub' in authenticator);
  if (scrubbers.length === 0) return null;
  return (exchange) => {
    for (const scrubber of scrubbers) scrubber.scrub?.(exchange);
  };
}

/**
 * Compiles the refusal for a request without any credential; RFC 9110 11.6.1 wants every challenge named. Where only one
 * authenticator would do, it is in the words of that one; where one can have the caller sign in, it is sent there.
 */
export function compileUnauthenticated(candidates: readonly Named[]): (exchange: Exchange) => Problem {
  const challenges = [...new Set(candidates.map(([, { challenge }]) => challenge))].join(', ');
  const [only, ...others] = candidates;
  const missing = others.length === 0 ? only?.[1].missing : undefined;
  const extras = { headers: { 'WWW-Authenticate': challenges } };
  const refuse = ({ headers: { authorization } }: Exchange): Problem => {
    if (missing === undefined && authorization !== undefined) return new Problem(problems.unacceptedScheme, 'The Authorization header holds no credential of a kind that is accepted. The WWW-Authenticate header names what is.', extras);
    return new Problem(missing ?? problems.unauthenticated, 'No credential was found. The WWW-Authenticate header names what is accepted.', extras);
  };
  const inviting = candidates.map(([, authenticator]) => authenticator).filter(invites);
  if (inviting.length === 0) return refuse;
  return (exchange) => {
    for (const authenticator of inviting) {
      const invitation = authenticator.invite(exchange);
      if (invitation !== null) return invitation;
    }
    return refuse(exchange);
  };
}

/** An authenticator that can have a person sign in. */
export interface Inviting {
  /** Called where nobody was recognised: what to answer instead of 401, or `null` where that is the right thing to say. */
  invite(exchange: Exchange): Problem | null;
}

function invites(authenticator: Authenticator): authenticator is Authenticator & Inviting {
  return 'invite' in authenticator;
}
