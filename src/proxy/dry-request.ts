import { IncomingMessage, type IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';

/** Who is taken to be calling, whatever credentials the request has. */
export interface Caller {
  readonly id: string;
  readonly email?: string | undefined;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** Default: the first one the route asks. */
  readonly authenticator?: string | undefined;
}

/** A request as it would arrive. */
export interface DryRequest {
  readonly method: string;
  /** Request target as node:http hands it on: path with query, one character per byte. */
  readonly target: string;
  /** Flat list of names and values, `Host` included. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  readonly secure: boolean;
  /** Address of the TCP peer. */
  readonly peer: string;
  readonly caller: Caller | null;
}

/** The message node:http would make of it; its socket was never connected. */
export function incomingMessage({ body, headers, method, peer, secure, target }: DryRequest): IncomingMessage {
  const socket = new Socket();
  Object.defineProperties(socket, { remoteAddress: { value: peer }, encrypted: { value: secure } });
  const message = new IncomingMessage(socket);
  Object.assign(message, { method, url: target, httpVersion: '1.1', rawHeaders: [...headers], headers: joined(headers), complete: true });
  if (body !== null) message.push(body);
  message.push(null);
  return message;
}

/** Fields of which node:http keeps the first. */
const SINGLE: ReadonlySet<string> = new Set([
  'age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since',
  'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer', 'retry-after', 'server', 'user-agent',
]);

/** Repeated fields as node:http joins them. */
function joined(flat: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase();
    const value = flat[i + 1] as string;
    const earlier = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (earlier === undefined) headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${earlier}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}
