import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { startGateway, type Gateway } from '../../src/bootstrap.js';
import { startPlatform, type DemoPlatform, type ServiceName } from '../../src/cli/demo/platform.js';
import { demoPassword } from '../../src/cli/demo/seed/users.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET } from '../support/jwt.js';

export const CONFIGURATION = 'deploy/platforms/presencepro/gateway.yaml';
export const FRONTEND = 'http://localhost:3000';

/** Roles as auth-service names them: the users of the sample platform, with ids 1 to 4. */
export const ROLES = ['admin', 'enseignant', 'etudiant', 'parent'] as const;
export type Role = (typeof ROLES)[number];

type Init = RequestInit & { readonly bearer?: string; readonly json?: unknown };

interface Options {
  /** Addresses that stand in for services of the sample platform. */
  readonly services?: Partial<Record<ServiceName, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** PresencePro's real configuration in front of the sample platform, over real sockets. */
export class PresencePro implements AsyncDisposable {
  readonly #agent = new Agent();
  readonly #tokens = new Map<Role, Promise<string>>();

  constructor(readonly gateway: Gateway, readonly platform: DemoPlatform) {}

  get url(): string {
    return this.gateway.url;
  }

  fetch(path: string, { bearer, json, headers, ...init }: Init = {}): Promise<Response> {
    const own = { ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...(json === undefined ? {} : { 'content-type': 'application/json' }) };
    return fetch(this.url + path, {
      dispatcher: this.#agent, redirect: 'manual', ...init,
      headers: { ...own, ...(headers as Record<string, string> | undefined) },
      ...(json === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(json) }),
    });
  }

  /** Status and JSON body of an answer. */
  async ask<T = Record<string, unknown>>(path: string, init: Init = {}): Promise<{ status: number; headers: Response['headers']; body: T }> {
    const response = await this.fetch(path, init);
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  /** An access token of auth-service, got through the gateway. */
  async login(role: Role): Promise<string> {
    const known = this.#tokens.get(role) ?? this.session(role).then(({ access_token }) => access_token);
    this.#tokens.set(role, known);
    return known;
  }

  /** Signs in as the frontend does. */
  async session(role: Role): Promise<{ access_token: string; accessToken: string; refresh_token: string; refreshToken: string }> {
    const { status, body } = await this.ask<Awaited<ReturnType<PresencePro['session']>>>('/api/v1/auth/login', { json: { username: role, password: demoPassword } });
    if (status !== 200) throw new Error(`${role} cannot sign in: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Address of a WebSocket. */
  socket(path: string): string {
    return this.url.replace(/^http/, 'ws') + path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.gateway.close();
    await this.platform.close();
  }
}

/** Starts the nine services and PresencePro's gateway in front of them, all on free ports. */
export async function presencepro({ services = {}, env = {} }: Options = {}): Promise<PresencePro> {
  const platform = await startPlatform({ jwtSecret: SECRET });
  const addresses = Object.entries({ ...platform.urls, ...services }).map(([name, url]) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, url] as const);
  // All of a suite comes from one address and agent: only the specs of the limits have those of the platform.
  const standard = { PASSERELLE__LOG__LEVEL: 'silent', PASSERELLE__LOG__ACCESS: 'off', RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000', RATE_LIMIT_BURST: '1000000' };
  try {
    const gateway = await startGateway({
      file: CONFIGURATION, env: { ...standard, ...Object.fromEntries(addresses), JWT_SECRET_KEY: SECRET, ...env }, builtIns, port: 0, host: '127.0.0.1',
    });
    return new PresencePro(gateway, platform);
  } catch (error) {
    await platform.close();
    throw error;
  }
}
