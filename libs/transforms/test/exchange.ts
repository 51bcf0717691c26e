import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Exchange, HeaderList, Target, type Outgoing, type Principal, type Route } from '#libs/kernel';

/** What a spec says about a request; the rest is ordinary. */
export interface Given {
  method?: string;
  /** Path and query as the client sent them. */
  url?: string;
  /** Path the service gets, where it differs. */
  outgoingPath?: string;
  headers?: Record<string, string>;
  /** Chunks of the body; none for a request without one. */
  body?: readonly (string | Uint8Array)[];
  params?: Record<string, string>;
  principal?: Partial<Principal>;
  target?: string;
  siblings?: readonly string[];
}

const dispatcher = {} as Dispatcher;

/** An exchange on its way through `https://public.example`, opened for a target. */
export function exchangeOf(given: Given = {}): Exchange & { outgoing: Outgoing } {
  const { method = 'GET', url = '/', headers = {}, body, target = 'http://target.internal:8001' } = given;
  const [path = '/', query] = url.split('?', 2);
  const exchange = new Exchange({ method, path, query: query === undefined ? '' : `?${query}`, headers, rawHeaders: Object.entries(headers).flat(), startedAt: 0 });
  const targets = [target, ...(given.siblings ?? [])].map((address) => new Target(new URL(address), dispatcher));
  exchange.id = 'request-1';
  exchange.scheme = 'https';
  exchange.host = 'public.example';
  exchange.client = '203.0.113.7';
  exchange.params = given.params ?? {};
  exchange.target = targets[0] ?? null;
  exchange.route = { name: 'users', service: { name: 'user-service', targets } } as unknown as Route;
  if (given.principal) exchange.principal = { ...nobody, ...given.principal };
  const outgoing: Outgoing = {
    method, path: given.outgoingPath ?? path, query: exchange.query,
    headers: new HeaderList(Object.entries(headers).flat()),
    body: body ? Readable.from(body.map((chunk) => Buffer.from(chunk))) : null,
  };
  return Object.assign(exchange, { outgoing });
}

const nobody: Principal = {
  id: '7', email: null, roles: [], permissions: [], scopes: [], authenticator: 'users', claims: {}, expiresAt: Number.POSITIVE_INFINITY,
};
