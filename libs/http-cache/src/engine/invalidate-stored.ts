import type { Answer, Exchange } from '#libs/kernel';
import { invalidated, invalidatedGroups, type Answered } from '../invalidate.js';
import { tagsOf } from '../tags.js';
import type { CacheParts } from './parts.js';

/**
 * Forgets what an answer to an unsafe method makes untrue: the resource itself and those it names (RFC 9111 4.4), those
 * of the groups it names (RFC 9875 3), and those that share its own tags. A group is one of the origin that names it
 * (RFC 9875 2.1), and so is a tag: nobody makes a cache forget what is another's.
 */
export function invalidateStored({ keys, settings, store }: CacheParts, exchange: Exchange, answer: Answer): void {
  const method = exchange.outgoing?.method ?? exchange.method;
  const answered: Answered = { status: answer.status, headers: answer.headers.flat };
  const uris = invalidated({ method }, answered, () => urlOf(exchange));
  if (uris.length === 0) return;
  for (const uri of uris) {
    const prefix = keys.ofUri(exchange, uri);
    if (prefix !== null) void store.purge({ prefix });
  }
  const tags = [...invalidatedGroups({ method }, answered), ...tagsOf(answered.headers, settings.tagHeaders)];
  if (tags.length > 0) void store.purge({ tags, origin: keys.originOf(exchange) });
}

/** What the client asked for (RFC 9110 7.1). Under a host that is none there may be something for any host. */
function urlOf({ scheme, host, path, query }: Exchange): URL {
  return (host === '' ? null : URL.parse(`${scheme}://${host}${path}${query}`)) ?? URL.parse(`${scheme}://localhost${path}${query}`) ?? new URL('http://localhost');
}
