import { createHash, createHmac } from 'node:crypto';
import { Agent, request, type Dispatcher } from 'undici';
import { echoService } from '#libs/testing';
import type { Reply } from '../support/gateway.js';
import { SECRET } from '../support/jwt.js';
import { openEmbedded, type Open, type OpenPlatform } from './both-ways.js';

export const CONFIGURATION = 'deploy/platforms/meetinity/gateway.yaml';

/** As user-service issues them: `sub` is a number. */
export const CLAIMS = { sub: 9000, email: 'ada@example.org', provider: 'google' };

/** No suite hangs on limits but those about them. */
const GENEROUS = Object.fromEntries(['AUTH', 'EVENTS', 'MATCHING', 'MESSAGING', 'ANALYTICS'].map((group) => [`RATE_LIMIT_${group}`, '100000/minute']));

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  readonly json?: unknown;
  readonly form?: FormData;
  readonly bearer?: string;
}

interface Opening {
  readonly env: Readonly<Record<string, string>>;
  readonly open?: Open;
  /** Ends with it. */
  readonly services?: AsyncDisposable;
  readonly file?: string;
}

/** Meetinity's real configuration in front of something. */
export class Meetinity implements AsyncDisposable {
  readonly #agent = new Agent();

  constructor(readonly platform: OpenPlatform, private readonly services?: AsyncDisposable) {}

  static async open({ env, file = CONFIGURATION, open = openEmbedded, services }: Opening): Promise<Meetinity> {
    try {
      return new Meetinity(await open({ file, env: { ...GENEROUS, JWT_SECRET: SECRET, ...env } }), services);
    } catch (error) {
      await services?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.platform.url;
  }

  async fetch(path: string, { bearer, body, form, headers = {}, json, method }: Sent = {}): Promise<Reply> {
    const packed = form && new Response(form);
    const content = packed ? Buffer.from(await packed.arrayBuffer()) : json === undefined ? body ?? null : JSON.stringify(json);
    const type = packed?.headers.get('content-type') ?? (json === undefined ? null : 'application/json');
    const own = { ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }), ...(type !== null && { 'content-type': type }) };
    const verb = (method ?? (content === null ? 'GET' : 'POST')) as Dispatcher.HttpMethod;
    const answer = await request(this.url + path, { dispatcher: this.#agent, method: verb, headers: { ...own, ...headers }, body: content });
    const text = await answer.body.text();
    const read = <T>(): T => JSON.parse(text) as T;
    return { status: answer.statusCode, headers: answer.headers, text, json: read, get seen() { return read<Reply['seen']>(); } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.platform[Symbol.asyncDispose]();
    await this.services?.[Symbol.asyncDispose]();
  }
}

/** Starts it in front of an echo service, which stands for all of its services. @param env variables of the platform. */
export async function meetinity(env: Record<string, string> = {}): Promise<Meetinity> {
  const echo = await echoService();
  const services = Object.fromEntries(['USER', 'EVENT', 'MATCHING', 'MESSAGING', 'ANALYTICS'].map((name) => [`${name}_SERVICE_URL`, echo.url]));
  return Meetinity.open({ env: { ...services, CACHE_ENABLED: 'false', ...env }, services: echo });
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
