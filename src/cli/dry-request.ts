import type { Caller, DryRequest } from '../proxy/dry-request.js';

const LOOPBACK = '127.0.0.1';

/** A request as people write it down. */
export interface WrittenRequest {
  readonly method: string;
  /** Path with query, or an absolute URL to choose the host. */
  readonly url: string;
  /** Names and values in the order they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | undefined;
  readonly caller: Caller | null;
}

/**
 * The request as it would arrive over HTTP. Nothing is made tidy on the way: what the gateway would see is explained.
 * @throws Error when the URL is neither a path nor an http(s) address.
 */
export function arriving({ body, caller, headers, method, url }: WrittenRequest): DryRequest {
  const [, scheme, authority, rest] = /^(https?):\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  const target = authority === undefined ? url : rest?.startsWith('/') ? rest : `/${rest}`;
  if (!/^[/*]/.test(target)) throw new Error(`"${url}" is neither a path such as /api/users?page=1 nor an address such as http://localhost:8000/api/users`);
  const content = body === undefined ? null : Buffer.from(body);
  const has = (name: string): boolean => headers.some(([sent]) => sent.toLowerCase() === name);
  return {
    method: method.toUpperCase(),
    // As node:http hands it on: one character per byte.
    target: Buffer.from(target).toString('latin1'),
    headers: [
      ...(has('host') ? [] : ['Host', authority ?? 'localhost']),
      ...headers.flat(),
      ...(content === null || has('content-length') ? [] : ['Content-Length', String(content.length)]),
    ],
    body: content,
    secure: scheme?.toLowerCase() === 'https',
    peer: LOOPBACK,
    caller,
  };
}

/**
 * Reads `Name: value` as curl takes it.
 * @throws Error when there is no colon.
 */
export function parseHeader(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error(`"${text}" is not a header; write it as 'Name: value'.`);
  return [name, value];
}
