import { gateway, type Reply, type TestGateway } from '../support/gateway.js';

export const JWT_SECRET = 'the-secret-of-the-platform-which-is-long-enough';
export const PASSWORD = 'correct horse battery';
export const AUTH = '/api/gateway/auth';

/** What SuperSmartMatch's gateway promises of accounts and roles, said by a file alone. */
const CONFIGURATION = `
version: 1
log: { level: silent, access: off }
requestId: { header: X-Request-ID, trust: generate, format: hex8 }
services:
  cv_parser: { targets: "\${ECHO}" }
  matching: { targets: "\${ECHO}" }

identity:
  signing: { algorithm: HS256, secret: "\${JWT_SECRET}" }
  access: { lifetime: "\${JWT_EXPIRE_HOURS:-24}h", typ: JWT, type: {}, claims: { roles: null, permissions: null } }
  # Its own clients get the next token; those of before expect the very same one back.
  refresh: { use: "\${REFRESH_TOKENS:-rotate}", lifetime: "\${JWT_REFRESH_EXPIRE_DAYS:-7}d", idle: off }
  password: { minLength: 8, hash: { memory: 8MiB, passes: 1 } }
  register: { roles: [candidat, recruteur], role: candidat }
  fields: { name: full_name }
  answers:
    register: &tokens
      access_token: "{accessToken}"
      refresh_token: "{refreshToken}"
      token_type: "{tokenType}"
      expires_in: "{expiresIn}"
      user: { id: "{user.id}", email: "{user.email}", full_name: "{user.name}", role: "{user.role}" }
    login: *tokens
    refresh: { access_token: "{accessToken}", refresh_token: "{refreshToken}", token_type: "{tokenType}", expires_in: "{expiresIn}" }
    me: { id: "{user.id}", email: "{user.email}", full_name: "{user.name}", role: "{user.role}", created_at: "{user.createdAt}", is_active: "{user.active}" }
    logout: { message: Déconnexion réussie }

authenticate: { accounts: { use: identity } }
roles: { known: [candidat, recruteur, admin], implies: { recruteur: [candidat], admin: [recruteur] } }
unmatched: { unauthenticated: 404 }

defaults:
  limitHeaders: { ietf: off, x: unix, window: on }
  errors:
    body: { error: true, message: "{message}", status_code: "{status}", path: "{path}" }
    only:
      unauthenticated: { body: { error: true, message: "{message}", code: MISSING_TOKEN }, message: Token d'authentification manquant }
      unaccepted-scheme: { body: { error: true, message: "{message}", code: INVALID_TOKEN_FORMAT }, message: "Format de token invalide : Bearer attendu" }
      revoked-credential: { body: { error: true, message: "{message}", code: TOKEN_REVOKED }, message: Token révoqué }
      expired-credential: { body: { error: true, message: "{message}", code: TOKEN_EXPIRED }, message: Token expiré }
      wrong-token-type: { body: { error: true, message: "{message}", code: WRONG_TOKEN_TYPE }, message: "Type de token incorrect : access attendu" }
      403: { message: Accès refusé pour votre rôle }
      404: { message: Ressource introuvable }
      405: { message: Méthode non autorisée }
      account-exists: { status: 400, message: Cet email est déjà utilisé }
      invalid-body: { status: 422, body: { detail: "{errors.loc}" } }
      422: { body: { detail: "{errors.loc}" } }
      429: { message: Trop de requêtes, body: { error: true, message: "{message}", code: RATE_LIMIT_EXCEEDED, retry_after: "{retryAfter}" } }

policies:
  paced:
    authenticate: [accounts]
    limit: { rate: 100/min, roles: { candidat: 50/min, recruteur: 200/min, admin: 1000/min } }
    errors: { only: { invalid-credential: { body: { error: true, message: "{message}", code: INVALID_TOKEN }, message: Token invalide } } }
  recruteurs: { authorize: { roles: [recruteur] } }
  admins: { authorize: { roles: [admin] } }
  signing-in:
    authenticate: none
    errors:
      only:
        401: { message: Email ou mot de passe incorrect }
        account-inactive: { status: 401, message: Compte désactivé }

endpoints:
  register: { serve: identity, operation: register, at: /api/gateway/auth/register, use: [signing-in], limit: { rate: "\${REGISTER_LIMIT:-1000}/min", by: ip } }
  login: { serve: identity, operation: login, at: /api/gateway/auth/login, use: [signing-in], limit: { rate: "\${LOGIN_LIMIT:-1000}/min", by: ip } }
  refresh: { serve: identity, operation: refresh, at: /api/gateway/auth/refresh, use: [signing-in], limit: { rate: 100/min, by: ip }, errors: { only: { 401: { message: Token de rafraîchissement invalide } } } }
  logout: { serve: identity, operation: logout, at: /api/gateway/auth/logout, use: [paced] }
  me: { serve: identity, operation: me, at: /api/gateway/auth/me, use: [paced] }
  info: { at: /api/gateway, authenticate: none }
  live: { at: /api/gateway/status, authenticate: none, answer: { status: ok } }
  ready: off
  health: { at: /api/gateway/health, authenticate: none }
  services: { at: /api/gateway/health/detailed/all, use: [paced, admins] }
  service: { at: "/api/gateway/health/:service", use: [paced] }
  metrics: { at: /api/gateway/metrics, authenticate: none }
  docs: { at: /api/gateway/docs, authenticate: none }
  openapi: { at: /api/gateway/openapi.json, authenticate: none }
  jwks: off

routes:
  parse-cv: { match: { path: /api/gateway/parse-cv, prefix: exact, methods: [POST] }, use: [paced], to: cv_parser, path: { template: /api/parse-cv/ } }
  match: { match: { path: /api/gateway/match, prefix: exact, methods: [POST] }, use: [paced], to: matching, path: { template: /api/v1/match } }
  batch: { match: { path: /api/gateway/match/batch, methods: [POST] }, use: [paced, recruteurs], to: matching, path: { template: /api/v1/match/batch }, limit: { rate: 10/min, burst: 30, initial: 10 } }
  algorithms: { match: { path: /api/gateway/match/algorithms, methods: [GET] }, use: [paced], to: matching, path: { template: /api/v1/algorithms } }
  calibrate: { match: { path: /api/gateway/match/calibrate, methods: [POST] }, use: [paced, admins], to: matching, path: { template: /api/v1/calibrate } }
`;

/** What a login answers. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly user: { readonly id: string; readonly email: string; readonly full_name: string; readonly role: string };
}

interface Sent {
  readonly method?: string;
  readonly json?: unknown;
  readonly bearer?: string;
  readonly headers?: Record<string, string>;
}

/** SuperSmartMatch's gateway in front of an echo service. */
export class SuperSmartMatch implements AsyncDisposable {
  constructor(readonly gateway: TestGateway) {}

  send(path: string, { bearer, headers = {}, json, method = json === undefined ? 'GET' : 'POST' }: Sent = {}): Promise<Reply> {
    const own = { ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }), ...(json !== undefined && { 'content-type': 'application/json' }) };
    return this.gateway.fetch(path, { method, headers: { ...own, ...headers }, ...(json !== undefined && { body: JSON.stringify(json) }) });
  }

  register(name: string, role = 'candidat'): Promise<Reply> {
    return this.send(`${AUTH}/register`, { json: { email: `${name}@example.org`, password: PASSWORD, full_name: `${name} Dupont`, role } });
  }

  /** An account of its own, signed in. */
  async member(name: string, role = 'candidat'): Promise<Tokens> {
    const made = await this.register(name, role);
    if (made.status !== 201) throw new Error(`${name} cannot register: ${made.status} ${made.text}`);
    return made.json<Tokens>();
  }

  login(email: string, password = PASSWORD): Promise<Reply> {
    return this.send(`${AUTH}/login`, { json: { email, password } });
  }

  me(bearer?: string): Promise<Reply> {
    return this.send(`${AUTH}/me`, bearer === undefined ? {} : { bearer });
  }

  refresh(refresh_token: string): Promise<Reply> {
    return this.send(`${AUTH}/refresh`, { json: { refresh_token } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.gateway[Symbol.asyncDispose]();
  }
}

/** Starts it. @param env variables of the platform, such as its limits. */
export async function supersmartmatch(env: Record<string, string> = {}): Promise<SuperSmartMatch> {
  return new SuperSmartMatch(await gateway(CONFIGURATION, { env: { JWT_SECRET, ...env } }));
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return partOf(token, 1);
}

export function headerOf(token: string): Record<string, unknown> {
  return partOf(token, 0);
}

function partOf(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
