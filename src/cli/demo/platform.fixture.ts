import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type DemoPlatform, type ServiceName, startPlatform } from './platform.js';

export const jwtSecret = 'a secret for specs, thirty-two bytes and more';
export const noon = Date.UTC(2026, 2, 16, 12);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

interface Asking {
  readonly json?: unknown;
  readonly body?: FormData | string;
  /** Becomes the context headers a gateway would add. */
  readonly as?: { id: number | string; role?: string };
  readonly bearer?: string;
}

function headersOf({ json, as, bearer }: Asking): Record<string, string> {
  return {
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(as ? { 'x-user-id': String(as.id) } : {}),
    ...(as?.role ? { 'x-user-role': as.role } : {}),
    ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
  };
}

/** A platform on free ports at a fixed noon, and how a spec speaks to it: `ask('user-service', 'GET /students/')`. */
export class PlatformFixture {
  now = noon;
  #platform: DemoPlatform | undefined;

  async start(): Promise<void> {
    this.#platform = await startPlatform({ jwtSecret, clock: () => this.now });
  }

  async close(): Promise<void> {
    await this.#platform?.close();
  }

  url(service: ServiceName, path = ''): string {
    return `${this.#platform?.urls[service]}${path}`;
  }

  async fetch(service: ServiceName, line: string, asking: Asking = {}): Promise<Response> {
    const [method = 'GET', path = '/'] = line.split(' ');
    const body = asking.json === undefined ? asking.body : JSON.stringify(asking.json);
    const init = { method, headers: headersOf(asking), redirect: 'manual' as const };
    return fetch(this.url(service, path), body === undefined ? init : { ...init, body });
  }

  async ask(service: ServiceName, line: string, asking: Asking = {}): Promise<Answer> {
    const response = await this.fetch(service, line, asking);
    const text = await response.text();
    const json = response.headers.get('content-type') === 'application/json';
    return {
      status: response.status,
      headers: response.headers,
      body: json ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  async login(username: string): Promise<string> {
    const { body } = await this.ask('auth-service', 'POST /api/v1/auth/login', {
      json: { username, password: 'demo' },
    });
    return String(body['access_token']);
  }

  /** An open socket and its frames, one after the other; none is lost between two calls. */
  async socket(
    service: ServiceName,
    path: string,
    asking: Asking = {},
  ): Promise<{ socket: WebSocket; next: () => Promise<unknown> }> {
    const socket = new WebSocket(this.url(service, path).replace('http', 'ws'), { headers: headersOf(asking) });
    const frames: unknown[] = [];
    socket.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString())));
    await once(socket, 'open');
    const next = async (): Promise<unknown> => {
      while (frames.length === 0) await once(socket, 'message');
      return frames.shift();
    };
    return { socket, next };
  }
}
