import { randomBytes } from 'node:crypto';
import { Answer, events, HeaderList, Problem, problems, type AuditNotice, type Authenticator, type Exchange, type Next, type Principal } from '#libs/kernel';
import type { EndpointConfig, RolesConfig } from '../../config/index.js';
import { crossSite, isFromHere } from '../../http/same-origin.js';
import { issuerAway } from '../issuer/failure.js';
import { TokenRefused } from '../jwt/token-problem.js';
import { rolesOf } from '../roles.js';
import { OidcAuthenticator } from './authenticator.js';
import { localPath } from './local-path.js';
import { loginFailure } from './login-failure.js';
import type { BegunLogin } from './pending-logins.js';
import { isAway } from './refreshes.js';

const OPERATIONS: Readonly<Record<string, readonly string[]>> = { login: ['GET'], callback: ['GET'], logout: ['GET', 'POST'], me: ['GET', 'HEAD'] };

interface Context {
  readonly name: string;
  readonly oidc: OidcAuthenticator;
  readonly roles: RolesConfig;
}

type Operation = (exchange: Exchange, context: Context) => Promise<Answer>;

/**
 * Compiles a `login` endpoint: `login`, `callback`, `logout` and `me` below its path, or the one it is for.
 * @throws Error when it is not clear which authenticator it serves.
 */
export function compileLogin({ at, authenticator, operation }: EndpointConfig, { authenticators, roles }: { readonly authenticators: ReadonlyMap<string, Authenticator>; readonly roles: RolesConfig }): Next {
  const context = { ...served(authenticator, authenticators), roles };
  const base = (at[0] as string).replace(/\/+$/, '');
  if (operation === undefined) for (const name of Object.keys(OPERATIONS)) context.oidc.mounts[name] ??= `${base}/${name}`;
  else if (operation in OPERATIONS) context.oidc.mounts[operation] = base;
  else throw new Error(`operation: there is no "${operation}"; expected one of ${Object.keys(OPERATIONS).join(', ')}`);
  return async (exchange) => {
    const wanted = operation ?? (exchange.params['rest'] ?? '').replace(/^\//, '');
    const methods = Object.hasOwn(OPERATIONS, wanted) ? OPERATIONS[wanted] as readonly string[] : null;
    if (methods === null) throw new Problem(problems.routeNotFound, 'There is nothing here');
    if (!methods.includes(exchange.method)) throw new Problem(problems.methodNotAllowed, `This takes ${methods.join(' and ')}.`, { headers: { Allow: methods.join(', ') } });
    return (RUN[wanted] as Operation)(exchange, context);
  };
}

function served(wanted: string | undefined, all: ReadonlyMap<string, Authenticator>): { readonly name: string; readonly oidc: OidcAuthenticator } {
  const able = [...all].filter((entry): entry is [string, OidcAuthenticator] => entry[1] instanceof OidcAuthenticator);
  const found = wanted === undefined ? able : able.filter(([name]) => name === wanted);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return { name: only[0], oidc: only[1] };
  if (only !== undefined) throw new Error(`there are several authenticators of the kind oidc: say with \`authenticator\` which one it is for: ${found.map(([name]) => name).join(', ')}`);
  throw new Error(wanted === undefined ? 'there is no authenticator of the kind oidc that it could be for' : `authenticator: "${wanted}" is none of the kind oidc`);
}

/** Sends a browser to the issuer. */
const begin: Operation = async (exchange, { oidc }) => {
  const { home } = oidc.options;
  const wanted = new URLSearchParams(exchange.query).get('return');
  const back = wanted === null ? home : localPath(wanted);
  if (back === null) throw new Problem(problems.unprocessable, 'The parameter "return" must be a path of this site, such as /students.');
  const callback = oidc.options.callback ?? oidc.mounts['callback'];
  if (callback === undefined) throw new Problem(problems.internal, 'The operation "callback" of the login endpoint is mounted nowhere');
  const login: BegunLogin = { state: random(), nonce: random(), verifier: random(), redirectUri: originOf(exchange, oidc) + callback, back, at: oidc.now() };
  const url = await oidc.client.authorizationUrl(login);
  await oidc.pending.add(exchange, login);
  return redirect(302, url.href);
};

/** Takes what the issuer sends a browser back with; a session comes of it. */
const complete: Operation = async (exchange, { name, oidc }) => {
  const state = new URLSearchParams(exchange.query).get('state') ?? '';
  const login = await oidc.pending.take(exchange, state);
  if (login === null) throw audited(exchange, name, loginFailure('state'));
  try {
    const { claims, tokens } = await oidc.client.redeem(new URL(login.redirectUri + exchange.query), login);
    const principal = await oidc.sessions.open(exchange, tokens, claims);
    audit(exchange, { action: 'login', outcome: 'done', actor: nameOf(name, principal), details: {} });
    return redirect(302, login.back);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (isAway(error)) throw issuerAway(0, error);
    throw audited(exchange, name, error instanceof TokenRefused ? loginFailure('claims', error) : loginFailure('answer', error));
  }
};

/** Ends the session, here and at the issuer. */
const logout: Operation = async (exchange, { name, oidc }) => {
  if (exchange.method === 'GET' && !isFromHere(exchange)) throw crossSite();
  const found = await oidc.sessions.find(exchange);
  if (found !== null) oidc.checkSite(exchange);
  const home = originOf(exchange, oidc) + oidc.options.home;
  if (found === null) oidc.sessions.forget(exchange);
  else {
    await oidc.sessions.end(exchange, found);
    audit(exchange, { action: 'logout', outcome: 'done', actor: nameOf(name, found.principal), details: {} });
    void oidc.client.revoke(found.session.tokens);
  }
  const url = found === null ? null : await oidc.client.endSessionUrl(found.session.tokens, home);
  const location = url?.href ?? oidc.options.home;
  // A script could not follow to another site, and has to send the browser there itself.
  return byScript(exchange) ? unstored(Answer.json(200, { location })) : redirect(303, location);
};

/** Who is signed in. */
const me: Operation = async (exchange, { oidc, roles }) => {
  const found = await oidc.sessions.find(exchange);
  if (found === null) throw new Problem(problems.unauthenticated, 'Nobody is signed in.', { headers: { 'WWW-Authenticate': oidc.challenge } });
  const { principal } = rolesOf(roles).standing(found.principal);
  const { email, expiresAt, id, permissions, scopes } = principal;
  return unstored(Answer.json(200, { id, email, roles: principal.roles, permissions, scopes, since: iso(found.session.bornAt), until: iso(expiresAt) }));
};

const RUN: Readonly<Record<string, Operation>> = { login: begin, callback: complete, logout, me };

/** 256 bits; RFC 7636 4.1 asks for as many. */
const random = (): string => randomBytes(32).toString('base64url');
const iso = (time: number): string => new Date(time).toISOString();
const nameOf = (authenticator: string, { id }: Principal): string => `${authenticator}:${id}`;
const originOf = ({ host, scheme }: Exchange, { options }: OidcAuthenticator): string => options.origin ?? `${scheme}://${host}`;

function byScript({ headers }: Exchange): boolean {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? headers.accept?.includes('json') === true && !headers.accept.includes('text/html') : mode !== 'navigate';
}

function redirect(status: number, location: string): Answer {
  return unstored(new Answer(status, new HeaderList(['Location', location, 'Content-Length', '0'])));
}

function unstored(answer: Answer): Answer {
  answer.headers.set('Cache-Control', 'no-store');
  return answer;
}

function audited(exchange: Exchange, name: string, problem: Problem): Problem {
  audit(exchange, { action: 'login', outcome: 'refused', actor: null, details: { authenticator: name, reason: String(problem.extras.members?.['reason']) } });
  return problem;
}

function audit({ client, id }: Exchange, what: Pick<AuditNotice, 'action' | 'outcome' | 'actor' | 'details'>): void {
  events.audited.publish({ ...what, subject: what.actor, client, requestId: id });
}
