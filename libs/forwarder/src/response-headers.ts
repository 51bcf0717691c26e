import type { IncomingHttpHeaders } from 'node:http';
import { HeaderList } from '#libs/kernel';
import { connectionNames, HOP_BY_HOP } from './hop-by-hop.js';

type Fields = IncomingHttpHeaders | Record<string, string | string[] | undefined>;

/**
 * A target's fields as a list, less hop-by-hop ones. `Trailer` stays where trailers can follow, so that the client is
 * told of them.
 */
export function copyResponseHeaders(fields: Fields): HeaderList {
  const connection = fields['connection'];
  const named = connectionNames(Array.isArray(connection) ? connection.join(',') : connection);
  const flat: string[] = [];
  for (const name in fields) {
    if (HOP_BY_HOP.has(name) && name !== 'trailer') continue;
    if (named !== null && named.has(name)) continue;
    const value = fields[name];
    if (typeof value === 'string') flat.push(name, value);
    else if (value !== undefined) for (const one of value) flat.push(name, one);
  }
  return new HeaderList(flat);
}

/** Trailers as a flat list; `null` when there are none (the usual case). */
export function copyTrailers(fields: Fields): string[] | null {
  const { flat } = copyResponseHeaders(fields);
  return flat.length === 0 ? null : flat;
}
