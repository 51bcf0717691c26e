import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { startGateway } from '../../src/bootstrap.js';
import { startPlatform, type DemoPlatform, type ServiceName } from '../../src/cli/demo/platform.js';
import { demoPassword } from '../../src/cli/demo/seed/users.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET } from '../support/jwt.js';
import { openEmbedded, type Open, type OpenPlatform } from './both-ways.js';
import { PresenceProServices } from './stand-ins/presencepro.js';

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

/** All of a suite comes from one address and agent: only the specs of the limits have those of the platform. */
const GENEROUS = { JWT_SECRET_KEY: SECRET, RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000', RATE_LIMIT_BURST: '1000000' };

/** PresencePro's real configuration in front of services, over real sockets. */
export class PresencePro implements AsyncDisposable {
  readonly #agent = new Agent();
  readonly #tokens = new Map<Role, Promise<string>>();

  constructor(readonly url: string, private readonly end: () => Promise<void>) {}

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
    await this.end();
  }
}

/** In front of the sample platform of `npm start`, which has all that the frontends ask for. */
class Sample extends PresencePro {
  constructor(url: string, end: () => Promise<void>, readonly platform: DemoPlatform) {
    super(url, end);
  }
}

/** In front of the services as they are. */
export class RealPresencePro extends PresencePro {
  private constructor(readonly gateway: OpenPlatform, readonly services: PresenceProServices) {
    super(gateway.url, async () => {
      await gateway[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
    });
  }

  static async open(open: Open = openEmbedded, env: Readonly<Record<string, string>> = {}): Promise<RealPresencePro> {
    const services = await PresenceProServices.start();
    try {
      const gateway = await open({ file: CONFIGURATION, env: { ...GENEROUS, ...services.env, ...env } });
      services.verifyAt(gateway.url);
      return new RealPresencePro(gateway, services);
    } catch (error) {
      await services[Symbol.asyncDispose]();
      throw error;
    }
  }
}

/** Starts the nine services and PresencePro's gateway in front of them, all on free ports. */
export async function presencepro({ services = {}, env = {} }: Options = {}): Promise<Sample> {
  const platform = await startPlatform({ jwtSecret: SECRET });
  const addresses = Object.entries({ ...platform.urls, ...services }).map(([name, url]) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, url] as const);
  const standard = { PASSERELLE__LOG__LEVEL: 'silent', PASSERELLE__LOG__ACCESS: 'off', ...GENEROUS };
  try {
    const gateway = await startGateway({
      file: CONFIGURATION, env: { ...standard, ...Object.fromEntries(addresses), ...env }, builtIns, port: 0, host: '127.0.0.1',
    });
    const end = async (): Promise<void> => {
      await gateway.close();
      await platform.close();
    };
    return new Sample(gateway.url, end, platform);
  } catch (error) {
    await platform.close();
    throw error;
  }
}
