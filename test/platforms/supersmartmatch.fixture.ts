import { Agent, request, type Dispatcher } from 'undici';
import { echoService } from '#libs/testing';
import { openAccounts } from '../../src/cli/accounts.js';
import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import type { Reply } from '../support/gateway.js';
import { openEmbedded, type Open, type OpenPlatform } from './both-ways.js';

export const CONFIGURATION = 'deploy/platforms/supersmartmatch/gateway.yaml';
export const JWT_SECRET = 'the-secret-of-the-platform-which-is-long-enough';
export const PASSWORD = 'correct horse battery';
export const AUTH = '/api/gateway/auth';

/** Where no suite hangs on limits, on the cost of hashing, or on a machine that stands still for a moment. */
const GENEROUS = { JWT_SECRET, REGISTER_LIMIT: '1000', LOGIN_LIMIT: '1000', PASSERELLE__IDENTITY__PASSWORD__HASH__MEMORY: '8MiB', PASSERELLE__IDENTITY__PASSWORD__HASH__PASSES: '1' };

/** Of the gateway that has a database. */
const PATIENT = { PASSERELLE__DATABASE__TIMEOUT: '10s', PASSERELLE__DATABASE__CONNECT_TIMEOUT: '10s' };

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
  readonly form?: FormData;
  readonly body?: string;
  readonly bearer?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** SuperSmartMatch's real configuration in front of something. */
export class SuperSmartMatch implements AsyncDisposable {
  readonly #agent = new Agent();

  /** @param services ends with it. */
  constructor(readonly platform: OpenPlatform, private readonly services?: AsyncDisposable) {}

  /** Starts it. @param opening variables of the platform, and what it stands on. */
  static async open({ env, open = openEmbedded, services, file = CONFIGURATION }: { env: Record<string, string>; open?: Open; services?: AsyncDisposable; file?: string }): Promise<SuperSmartMatch> {
    try {
      return new SuperSmartMatch(await open({ file, env: { ...GENEROUS, ...(file === CONFIGURATION && PATIENT), ...env } }), services);
    } catch (error) {
      await services?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  async send(path: string, { bearer, body, form, headers = {}, json, method }: Sent = {}): Promise<Reply> {
    const packed = form && new Response(form);
    const content = packed ? Buffer.from(await packed.arrayBuffer()) : json === undefined ? body ?? null : JSON.stringify(json);
    const type = packed?.headers.get('content-type') ?? (json === undefined ? null : 'application/json');
    const own = { ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }), ...(type !== null && { 'content-type': type }) };
    const verb = (method ?? (content === null ? 'GET' : 'POST')) as Dispatcher.HttpMethod;
    const answer = await request(this.platform.url + path, { dispatcher: this.#agent, method: verb, headers: { ...own, ...headers }, body: content });
    const text = await answer.body.text();
    const read = <T>(): T => JSON.parse(text) as T;
    return { status: answer.statusCode, headers: answer.headers, text, json: read, get seen(): never { throw new Error('There is no echo service here'); } };
  }

  register(name: string, role = 'candidat'): Promise<Reply> {
    return this.send(`${AUTH}/register`, { json: { email: `${name}@example.org`, password: PASSWORD, full_name: `${name} Dupont`, role } });
  }

  /** An account of its own, signed in. */
  async member(name: string, role = 'candidat'): Promise<Tokens> {
    const made = await this.register(name, role);
    // A test that is repeated finds the account that it has made.
    if (made.status === 400) return (await this.login(`${name}@example.org`)).json<Tokens>();
    if (made.status !== 201) throw new Error(`${name} cannot register: ${made.status} ${made.text}`);
    return made.json<Tokens>();
  }

  /** The access token of an administrator, who is made on the command line: nobody makes himself one. */
  async administrator(name = 'root'): Promise<string> {
    const { config } = await loadConfig({ file: CONFIGURATION, env: this.platform.env, builtIns });
    await openAccounts(config, async (accounts) => { await accounts.create({ login: `${name}@example.org`, name, password: PASSWORD, roles: ['admin'] }); });
    return (await this.login(`${name}@example.org`)).json<Tokens>().access_token;
  }

  login(email: string, password = PASSWORD): Promise<Reply> {
    return this.send(`${AUTH}/login`, { json: { email, password } });
  }

  me(bearer?: string): Promise<Reply> {
    return this.send(`${AUTH}/me`, { bearer });
  }

  refresh(refresh_token: string): Promise<Reply> {
    return this.send(`${AUTH}/refresh`, { json: { refresh_token } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.platform[Symbol.asyncDispose]();
    await this.services?.[Symbol.asyncDispose]();
  }
}

/** Starts it in front of an echo service. @param env variables of the platform, such as its limits. */
export async function supersmartmatch(env: Record<string, string> = {}): Promise<SuperSmartMatch> {
  const echo = await echoService();
  return SuperSmartMatch.open({ env: { CV_PARSER_URL: echo.url, JOB_PARSER_URL: echo.url, MATCHING_SERVICE_URL: echo.url, ...env }, services: echo });
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
