import { validateHeaderName, validateHeaderValue } from 'node:http';
import { HOP_BY_HOP } from '../hop-by-hop.js';

/** What the header of a request over HTTP/2 is made of. */
export interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly scheme: string;
  /** For `:authority`, unless a Host field says otherwise. */
  readonly authority: string;
  /** Bytes of a body that is known whole; `null` where it streams or there is none. */
  readonly length: number | null;
}

/** What cannot stand in a path; undici refuses the same for HTTP/1.1. */
const UNFIT = /[^!-\xff]/;

/**
 * The fields of a request as HTTP/2 has them (RFC 9113 8.2, 8.3): pseudo-headers first, names in lower case, nothing that
 * belongs to one connection.
 * @param flat names and values by turns.
 * @throws TypeError for a path or a field that cannot be sent. node:http2 itself would send it, and a service answers that by
 * breaking off every request on the connection.
 */
export function requestFields({ method, path, scheme, authority, length }: RequestLine, flat: readonly string[]): string[] {
  if (UNFIT.test(path)) throw new TypeError(`Invalid character in the path ${JSON.stringify(path)}`);
  validateHeaderName(method);
  const fields = [':method', method, ':scheme', scheme, ':authority', authority, ':path', path];
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase();
    const value = flat[i + 1] as string;
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (name === 'host') fields[5] = value;
    else if (!isFraming(name, length)) fields.push(name, value);
  }
  if (length !== null) fields.push('content-length', String(length));
  return fields;
}

/** `te: trailers` is the one field of its kind that HTTP/2 has. */
function isFraming(name: string, length: number | null): boolean {
  return (name !== 'te' && HOP_BY_HOP.has(name)) || (name === 'content-length' && length !== null);
}
