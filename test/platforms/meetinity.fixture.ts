import { createHash, createHmac } from 'node:crypto';
import { gateway, type TestGateway } from '../support/gateway.js';
import { SECRET } from '../support/jwt.js';

/** What Meetinity's gateway promises of access, said by a file alone. */
const CONFIGURATION = `
version: 1
log: { level: silent, access: off }
services: { user-service: { targets: "\${ECHO}" } }
forwarded: { trust: "\${TRUSTED_PROXIES:-}" }
authenticate:
  users: { use: jwt, secret: "\${JWT_SECRET}", algorithms: [HS256], required: [sub, exp, iat], numericSub: accept }
  keys: { use: api-key, from: [{ header: "\${API_KEY_HEADER:-X-API-Key}" }], keys: "\${API_KEYS:-off}" }
  signed: { use: hmac, clients: "\${SIGNING_SECRETS:-off}", signed: "\${SIGNATURE_HEADERS:-}" }
defaults:
  # A key and a signature are needed as soon as there are some, whoever is signed in.
  authenticate: { all: [keys, signed], any: [users] }
  guards: [{ use: ip, allow: "\${IP_WHITELIST:-}", deny: "\${IP_BLACKLIST:-}" }]
  errors:
    body: { error: { code: "{status}", message: "{message}" } }
    only:
      401: { message: Unauthorized }
      403: { message: Forbidden }
      404: { message: Not Found }
      api-key-missing: { message: API key required }
      invalid-api-key: { status: 403, message: Invalid API key }
      signature-missing: { message: Signed request headers missing }
      signing-key-unknown: { message: Unknown signing key }
      signature-expired: { message: Expired signature }
      signature-invalid: { message: Invalid signature }
policies:
  anybody: { authenticate: { all: [keys, signed], any: null } }
endpoints:
  health: { at: /health, authenticate: none }
  service: { at: "/health/:service", authenticate: none }
  metrics: { at: /metrics, use: [anybody] }
routes:
  auth: { match: { path: /api/auth/** }, use: [anybody], to: user-service, path: { strip: /api } }
  users: { match: { path: /api/users/** }, to: user-service, path: { strip: /api } }
`;

/** Starts it in front of an echo service. @param env variables of the platform. */
export function meetinity(env: Record<string, string> = {}): Promise<TestGateway> {
  return gateway(CONFIGURATION, { env: { JWT_SECRET: SECRET, ...env } });
}

export interface SignedRequest {
  readonly method: string;
  /** With or without its query. */
  readonly path: string;
  readonly body?: string | Buffer;
  /** Unix seconds; now unless it says. */
  readonly time?: number;
  readonly client?: string;
  readonly secret?: string;
  /** Further headers that are signed. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The client of the platform: method in capitals, path without query, hex SHA-256 of the body, time, then each signed
 * header as `name:value`, in small letters and sorted; a line feed between them, and an empty line where there is none.
 */
export function signature({ body = '', client = 'mobile', headers = {}, method, path, secret = 'sesame', time = Math.floor(Date.now() / 1_000) }: SignedRequest): Record<string, string> {
  const fields = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = [method.toUpperCase(), path.split('?')[0], createHash('sha256').update(body).digest('hex'), String(time), fields.map(([name, value]) => `${name}:${value}`).join('\n')];
  const value = createHmac('sha256', secret).update(lines.join('\n')).digest('base64');
  return { ...headers, 'X-Client-Id': client, 'X-Timestamp': String(time), 'X-Signature': value };
}
