import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** As much of oidc-provider as is used here; it has no types of its own. */
interface Provider {
  callback(): Handler;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ readonly prompt: { readonly name: string } }>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: Json): Promise<void>;
  readonly Grant: new (parts: Json) => { addOIDCScope(scope: string): void; addResourceScope(resource: string, scope: string): void; save(): Promise<string> };
}
interface Adapter {
  upsert(id: string, payload: Json): Promise<void>;
  revokeByGrantId(id: string): Promise<void>;
}
interface Context {
  readonly oidc: { readonly client: { readonly clientId: string }; readonly session: { readonly accountId: string; grantIdFor(client: string): string | undefined }; readonly provider: Provider };
}

export interface IssuerOptions {
  /** Seconds. */
  readonly accessTokenTtl?: number;
  readonly path?: string;
  /** Whether a refresh token is good only once. Default: it is. */
  readonly rotate?: boolean;
}

/** An API that access tokens can be asked for as JWTs. */
export const API = 'urn:test:api';

const PEOPLE: Readonly<Record<string, Json>> = {
  ada: { email: 'ada@example.com', role: 'admin', realm_access: { roles: ['teacher', 'staff'] } },
  // More than one cookie holds.
  eve: { email: 'eve@example.com', role: 'student', realm_access: { roles: Array.from({ length: 300 }, (_, i) => `a-role-with-a-name-${i}`) } },
  bob: { email: 'bob@example.com', role: 'student', realm_access: { roles: ['student'] } },
};

/** One signing key as a private JWK. */
export function signingKey(kid: string = randomUUID()): Json {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

/** A real OpenID provider in this process, on a free port. It can go away, hang, come back and change its keys. */
export class TestIssuer implements AsyncDisposable {
  /** Who signs in when a browser comes by. */
  user = 'ada';
  /** Answers that say something else than the provider would; by path. */
  readonly instead = new Map<string, (response: ServerResponse) => void>();
  /** Paths asked for, in order. */
  readonly asked: string[] = [];
  /** Paths whose questions are never answered. */
  readonly hanging = new Set<string>();
  #server: Server | null = null;
  #port = 0;
  #provider!: Provider;
  #handle!: Handler;

  private constructor(private readonly make: (issuer: string, jwks: Json, adapter: unknown) => Provider, private readonly adapters: (model: string) => Adapter, private readonly path: string) {}

  static async start(options: IssuerOptions = {}, keys: readonly Json[] = [signingKey()]): Promise<TestIssuer> {
    const { default: Make } = await loadProvider();
    const { createMemoryAdapter } = (await import('oidc-provider/lib/adapters/memory_adapter.js')) as { createMemoryAdapter: () => (model: string) => Adapter };
    const issuer = new TestIssuer((url, jwks, adapter) => new Make(url, { ...configuration(options), jwks, adapter }), createMemoryAdapter(), options.path ?? '');
    await issuer.open();
    issuer.publish(keys);
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.path}`;
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.asked.filter((one) => one === path).length;
  }

  /** Signs with the first of these keys from now on, and publishes all. */
  publish(keys: readonly Json[]): void {
    this.#provider = this.make(this.url, { keys }, this.adapters);
    this.#handle = this.#provider.callback();
  }

  /** Registers a client. */
  async client(client: Json): Promise<void> {
    await this.adapters('Client').upsert(String(client['client_id']), { token_endpoint_auth_method: 'client_secret_basic', ...client });
  }

  /** Takes back everything that comes from one grant. */
  async revokeGrant(id: string): Promise<void> {
    for (const model of ['AccessToken', 'RefreshToken', 'AuthorizationCode']) await this.adapters(model).revokeByGrantId(id);
  }

  /** Makes the port be served again. */
  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => { server.listen(this.#port, '127.0.0.1', resolve); });
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses every connection from now on. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => { if (server) server.close(() => resolve()); else resolve(); });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** An access token by client credentials: a JWT for the API, or an opaque one. */
  async token(client: { readonly id: string; readonly secret: string }, kind: 'jwt' | 'opaque' = 'jwt'): Promise<string> {
    const response = await fetch(`${this.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read', ...(kind === 'jwt' && { resource: API }) }),
    });
    const answer = (await response.json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(`No token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url as string).replace(/\?.*$/s, '');
    this.asked.push(path);
    if (this.hanging.has(path)) return;
    const other = this.instead.get(path);
    if (other) return other(response);
    if (path.startsWith(`${this.path}/interaction/`)) return this.#interact(request, response);
    // Where a provider lives below a path, whoever mounts it takes the path off.
    if (this.path !== '' && (request.url as string).startsWith(this.path)) Object.assign(request, { originalUrl: request.url, url: (request.url as string).slice(this.path.length) });
    this.#handle(request, response);
  }

  /** What a person would do on the page of the provider. */
  async #interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt } = await this.#provider.interactionDetails(request, response);
    const result = this.user === '' ? { error: 'access_denied', error_description: 'nobody wants to' } : { login: { accountId: this.user } };
    await this.#provider.interactionFinished(request, response, prompt.name === 'login' ? result : {});
  }
}

/** It warns of every Node that is not an LTS release. */
async function loadProvider(): Promise<{ readonly default: new (issuer: string, configuration: Json) => Provider }> {
  const warn = globalThis.console.warn.bind(globalThis.console);
  globalThis.console.warn = () => {};
  try {
    return (await import('oidc-provider')) as Awaited<ReturnType<typeof loadProvider>>;
  } finally {
    globalThis.console.warn = warn;
  }
}

function configuration({ accessTokenTtl = 600, path = '', rotate = true }: IssuerOptions): Json {
  return {
    cookies: { keys: ['a key for the cookies of tests'] },
    scopes: ['openid', 'offline_access', 'read', 'email', 'profile'],
    claims: { openid: ['sub'], email: ['email'], profile: ['role', 'realm_access'] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => Promise.resolve({ sub: id, ...PEOPLE[id] }) }),
    issueRefreshToken: (_context: unknown, client: { grantTypeAllowed(type: string): boolean }) => Promise.resolve(client.grantTypeAllowed('refresh_token')),
    rotateRefreshToken: rotate,
    pkce: { required: () => true },
    ttl: { AccessToken: accessTokenTtl, ClientCredentials: accessTokenTtl, IdToken: 3_600, RefreshToken: 7_200, Session: 7_200, Grant: 7_200, Interaction: 600 },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `${path}/interaction/${uid}` },
    loadExistingGrant: existingGrant,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: { enabled: true, logoutSource: (context: { body: string }, form: string) => { context.body = form; } },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'read', audience: API, accessTokenFormat: 'jwt', accessTokenTTL: accessTokenTtl }),
      },
    },
  };
}

/** Everybody agrees to everything. */
async function existingGrant({ oidc: { client, provider, session } }: Context): Promise<unknown> {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid email profile offline_access read');
  grant.addResourceScope(API, 'read');
  await grant.save();
  return grant;
}
