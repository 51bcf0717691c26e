import { parseCacheControl } from '#libs/http-cache';
import type { HeaderList } from '#libs/kernel';
import { addVary } from '../http/vary.js';
import type { Part } from './aggregate-call.js';

/** What forbids a cache to give an answer to others, or to give it unasked. */
const FORBIDDING = ['no-store', 'private', 'no-cache'] as const;

/** Fields that no call takes over from the client. */
const OF_THE_CALL: ReadonlySet<string> = new Set(['', 'accept', 'accept-encoding']);

/**
 * An answer that is made of others must not be kept or shared where one of these must not: it forbids what they do
 * (RFC 9111 5.2.2), and varies by what they vary by. One that comes with a cookie is meant for its caller.
 */
export function limitSharing(headers: HeaderList, parts: readonly Part[]): void {
  const forbidden = new Set<string>();
  for (const { headers: said } of parts) {
    if (said === null) continue;
    const directives = parseCacheControl(said.all('cache-control'));
    for (const name of FORBIDDING) if (directives.has(name)) forbidden.add(name);
    if (said.get('set-cookie') !== undefined) forbidden.add('private');
    for (const name of said.all('vary').flatMap((list) => list.split(','))) if (!OF_THE_CALL.has(name.trim().toLowerCase())) addVary(headers, name.trim());
  }
  if (forbidden.size > 0) headers.append('Cache-Control', FORBIDDING.filter((name) => forbidden.has(name)).join(', '));
}
