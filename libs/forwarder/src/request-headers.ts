import { HeaderList, type Exchange } from '#libs/kernel';
import { connectionNames, HOP_BY_HOP } from './hop-by-hop.js';

/** Written by us per try, from what we know: the target's authority and the body's framing. */
const OURS: ReadonlySet<string> = new Set(['host', 'expect', 'max-forwards']);

/**
 * What the client sent, less what must not travel: hop-by-hop fields, those its `Connection` header names, and those
 * the route drops. `te: trailers` survives, because response trailers are forwarded.
 */
export function copyRequestHeaders(exchange: Exchange, isDropped: (lowerName: string) => boolean): HeaderList {
  const { rawHeaders } = exchange;
  const named = connectionNames(exchange.headers.connection);
  const bodiless = exchange.body === null;
  const flat: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || OURS.has(lower) || isDropped(lower)) continue;
    if (named !== null && named.has(lower)) continue;
    if (bodiless && lower === 'content-length') continue;
    flat.push(name, rawHeaders[i + 1] as string);
  }
  const { te } = exchange.headers;
  if (te !== undefined && /(?:^|,)\s*trailers\s*(?:,|$)/i.test(String(te))) flat.push('te', 'trailers');
  return new HeaderList(flat);
}
