import { Problem, problems, type Authenticator, type Exchange, type Principal, type Surroundings } from '#libs/kernel';
import type { Inviting } from '../identify.js';
import { compilePrincipal } from '../jwt/principal-of.js';
import { digestOf } from '../revocable.js';
import { Revocations } from '../revocations.js';
import { shared } from '../issuer/shared.js';
import { OidcClient } from './client.js';
import { BrowserStore, cutCookies } from './cookies.js';
import type { OidcOptions } from './options.js';
import { LOGIN_TIME, PendingLogins } from './pending-logins.js';
import { Refreshes } from './refreshes.js';
import { compileRenewal } from './renewed-claims.js';
import { rewriteField } from './rewrite-field.js';
import { Sealer } from './sealer.js';
import { Sessions, type LiveSession } from './sessions.js';
import { compileSiteCheck, isNavigation, type SiteCheck } from './site.js';

/** Where the operations of the `login` endpoint are, as paths; what the file mounts nowhere is missing. */
export type Mounts = Partial<Record<string, string>>;

/** Recognises people by the session that their login left in the browser. */
export class OidcAuthenticator implements Authenticator, Inviting {
  readonly challenge = 'Cookie';
  readonly client: OidcClient;
  readonly pending: PendingLogins;
  readonly sessions: Sessions;
  readonly checkSite: SiteCheck;
  /** Written while the endpoints of the same configuration are compiled. */
  readonly mounts: Mounts = {};
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly #names: readonly string[];
  readonly #found = new WeakMap<Exchange, LiveSession>();

  /** @throws Error when the options make no sense. */
  constructor(readonly options: OidcOptions, { clock, name = '', random, resolve }: Surroundings) {
    checkOptions(options);
    this.now = () => clock.now();
    const { claims, clientId, cookie, issuer, refreshBefore, remember, session: { idle, max } } = options;
    const secrets = Array.isArray(cookie.secret) ? cookie.secret : [cookie.secret];
    const owner = JSON.stringify([name, issuer, clientId]);
    const known = shared(JSON.stringify(['oidc', name, options, digestOf(options.clientSecret?.reveal() ?? '')]), () => {
      const client = new OidcClient(options, { clock, random });
      return { client, refreshes: new Refreshes(client, clock) };
    });
    this.client = known.client;
    this.checkSite = compileSiteCheck(options.origin === undefined ? options.origins : [...options.origins, options.origin]);
    const login = new BrowserStore({ ...cookie, sameSite: cookie.sameSite === 'strict' ? 'lax' : cookie.sameSite }, `${cookie.name}.login`, LOGIN_TIME);
    this.pending = new PendingLogins(new Sealer(secrets, `login ${owner}`), login, clock);
    this.sessions = new Sessions({
      name, clock, lifetime: { idle, max, refreshBefore }, remember: remember.max,
      sealer: new Sealer(secrets, `session ${owner}`), store: new BrowserStore(cookie, cookie.name, null),
      refreshes: known.refreshes, revocations: resolve<Revocations>(Revocations), principalOf: compilePrincipal(claims, name), renewed: compileRenewal(options),
    });
    this.#names = [cookie.name, `${cookie.name}.login`];
  }

  authenticate(exchange: Exchange): Principal | null | Promise<Principal | null> {
    const found = this.sessions.find(exchange);
    if (!(found instanceof Promise)) return this.#accept(exchange, found);
    return found.then((session) => this.#accept(exchange, session));
  }

  /** Nobody behind the gateway has to do with our cookies; they may get a token instead. */
  scrub(exchange: Exchange): void {
    // Our own endpoints read them after the guards.
    if (typeof exchange.route?.endpoint === 'string') return;
    cutCookies(exchange, this.#names);
    const tokens = this.#found.get(exchange)?.session.tokens;
    if (tokens === undefined || this.options.forward === 'none') return;
    const token = this.options.forward === 'id_token' ? tokens.id : tokens.access;
    rewriteField(exchange, 'authorization', token === null ? null : `Bearer ${token}`);
  }

  invite(exchange: Exchange): Problem | null {
    const { login } = this.mounts;
    if (!this.options.redirect || login === undefined || !isNavigation(exchange)) return null;
    const back = encodeURIComponent(exchange.path + exchange.query);
    return new Problem(problems.loginRequired, 'Sign in first; the Location header says where.', { headers: { 'Location': `${login}?return=${back}`, 'Cache-Control': 'no-store' } });
  }

  #accept(exchange: Exchange, found: LiveSession | null): Principal | null {
    if (found === null) return null;
    this.checkSite(exchange);
    if (this.options.forward !== 'none') this.#found.set(exchange, found);
    return found.principal;
  }
}

/** What the issuer and we say ourselves. */
const RESERVED = ['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'request', 'request_uri'];

function checkOptions({ cookie, parameters }: OidcOptions): void {
  if (cookie.sameSite === 'none' && cookie.secure === false) throw new Error('cookie.sameSite: none is taken by no browser without `secure`');
  const reserved = RESERVED.find((name) => name in parameters);
  if (reserved !== undefined) throw new Error(`parameters: "${reserved}" is said by the gateway itself`);
}
