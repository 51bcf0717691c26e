import { Agent, request, type Dispatcher } from 'undici';
import { openAccounts } from '../../src/cli/accounts.js';
import { loadConfig } from '../../src/config/index.js';
import { builtIns } from '../../src/extensions.js';
import type { Reply } from '../support/gateway.js';
import { openEmbedded, type Open, type OpenPlatform } from './both-ways.js';
import { DhatuServices } from './stand-ins/dhatu.js';

export const CONFIGURATION = 'deploy/platforms/dhatu/gateway.yaml';
export const JWT_SECRET_KEY = 'the-secret-of-the-platform-which-is-long-enough';
const PASSWORD = 'correct horse battery';
export const API = '/api/v1';

/** Where no suite hangs on limits, on the cost of hashing, or on a machine that stands still for a moment. */
const GENEROUS = {
  JWT_SECRET_KEY, GATEWAY_WORKERS: '1', REGISTER_LIMIT: '1000', LOGIN_LIMIT: '1000', FLOOD_LIMIT: '10000', PASSERELLE__DATABASE__TIMEOUT: '10s', PASSERELLE__DATABASE__CONNECT_TIMEOUT: '10s',
  PASSERELLE__IDENTITY__PASSWORD__HASH__MEMORY: '8MiB', PASSERELLE__IDENTITY__PASSWORD__HASH__PASSES: '1',
};

/** What a login answers. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** A key to make. */
export interface KeyWish {
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly limits?: readonly string[];
}

interface Sent {
  readonly method?: string;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly bearer?: string | undefined;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

/** dhatu's real configuration in front of its services. */
export class Dhatu implements AsyncDisposable {
  readonly #agent = new Agent();
  #admin: Promise<string> | null = null;

  private constructor(readonly platform: OpenPlatform, readonly services: DhatuServices) {}

  /** @param env variables of the platform, besides where its services are. */
  static async open({ env = {}, open = openEmbedded }: { env?: Record<string, string>; open?: Open } = {}): Promise<Dhatu> {
    const services = await DhatuServices.start();
    try {
      return new Dhatu(await open({ file: CONFIGURATION, env: { ...GENEROUS, ...services.env, ...env } }), services);
    } catch (error) {
      await services[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.platform.url;
  }

  async send(path: string, { bearer, body, headers = {}, json, key, method }: Sent = {}): Promise<Reply> {
    const content = json === undefined ? body ?? null : JSON.stringify(json);
    const own = { ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }), ...(key !== undefined && { 'x-api-key': key }), ...(json !== undefined && { 'content-type': 'application/json' }) };
    const verb = (method ?? (content === null ? 'GET' : 'POST')) as Dispatcher.HttpMethod;
    const answer = await request(this.url + path, { dispatcher: this.#agent, method: verb, headers: { ...own, ...headers }, body: content });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const text = bytes.toString('latin1');
    const read = <T>(): T => JSON.parse(bytes.toString()) as T;
    return { status: answer.statusCode, headers: answer.headers, text, json: read, get seen(): never { throw new Error('There is no echo service here'); } };
  }

  /** An account of its own, signed in. */
  async person(name: string, role?: string): Promise<Tokens> {
    const made = await this.send(`${API}/auth/register`, { json: { email: `${name}@example.org`, password: PASSWORD, name, ...(role !== undefined && { role }) } });
    // A test that is repeated finds the account that it has made.
    if (made.status === 409) return (await this.login(name)).json<Tokens>();
    if (made.status !== 201) throw new Error(`${name} cannot register: ${made.status} ${made.text}`);
    return made.json<Tokens>();
  }

  login(name: string): Promise<Reply> {
    return this.send(`${API}/auth/login`, { json: { email: `${name}@example.org`, password: PASSWORD } });
  }

  /** The access token of an administrator, who is made on the command line: nobody makes himself one. */
  administrator(): Promise<string> {
    return this.#admin ??= this.#administrator();
  }

  async #administrator(): Promise<string> {
    const { config } = await loadConfig({ file: CONFIGURATION, env: this.platform.env, builtIns });
    await openAccounts(config, async (accounts) => { await accounts.create({ login: 'root@example.org', name: 'root', password: PASSWORD, roles: ['admin'] }); });
    return (await this.login('root')).json<Tokens>().access_token;
  }

  /** A key that an administrator makes. */
  async key(name: string, { limits = [], roles = [], scopes = [] }: KeyWish = {}): Promise<{ readonly id: string; readonly key: string }> {
    const made = await this.send(`${API}/admin/keys`, { json: { name, owner: name, scopes, roles, limits }, bearer: await this.administrator() });
    if (made.status !== 201) throw new Error(`There is no key: ${made.status} ${made.text}`);
    return made.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.platform[Symbol.asyncDispose]();
    await this.services[Symbol.asyncDispose]();
  }
}
