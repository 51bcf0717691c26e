import { hash } from 'node:crypto';
import type { Exchange } from '#libs/kernel';
import type { HmacOptions } from './options.js';

const EMPTY = hash('sha256', '');

/**
 * Compiles the text that is signed: method, path, hash of the body in hex, time, then a line `name:value` for each further
 * header field, in the order of their names. Where there is none, the text ends with an empty line.
 */
export function compileSignedText({ query, signed }: Pick<HmacOptions, 'query' | 'signed'>): (exchange: Exchange, timestamp: string, body: Buffer | null) => string {
  const names = [...new Set(signed.map((name) => name.toLowerCase()))].sort();
  return ({ headers, method, path, query: asked }, timestamp, body) => {
    const fields = names.map((name) => `${name}:${String(headers[name] ?? '')}`).join('\n');
    return `${method}\n${path}${query ? asked : ''}\n${body === null ? EMPTY : hash('sha256', body)}\n${timestamp}\n${fields}`;
  };
}
