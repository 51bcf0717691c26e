import { fieldValues } from './fields.js';
import { parseStringList } from './targeted.js';

/** An answer, as far as invalidation asks; `headers` is a flat list. */
export interface Answered {
  readonly status: number;
  readonly headers: readonly string[];
}

/** Registered as safe: they change nothing. Whatever else there may be counts as unsafe (RFC 9111 4.4). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PRI', 'PROPFIND', 'QUERY', 'REPORT', 'SEARCH', 'TRACE']);

/**
 * What is to be forgotten after an answer: the target, and what Location and Content-Location name of the same origin
 * (RFC 9111 4.4).
 *
 * @param urlOf the target URI; asked only where something is to be forgotten.
 * @returns absolute URIs without fragment, each once.
 */
export function invalidated(request: { readonly method: string }, answer: Answered, urlOf: () => URL): readonly string[] {
  if (!changesSomething(request.method, answer.status)) return [];
  const target = urlOf();
  const uris = new Set([withoutFragment(target)]);
  for (const reference of [...fieldValues(answer.headers, 'location'), ...fieldValues(answer.headers, 'content-location')]) {
    const named = URL.parse(reference.trim(), target);
    // Nobody makes a cache forget what is another's.
    if (named !== null && named.protocol === target.protocol && named.host === target.host) uris.add(withoutFragment(named));
  }
  return [...uris];
}

/** The groups of Cache-Group-Invalidation in the answer to an unsafe method (RFC 9875 3). They are of the target's origin. */
export function invalidatedGroups(request: { readonly method: string }, answer: Answered): readonly string[] {
  if (SAFE.has(request.method)) return [];
  return parseStringList(fieldValues(answer.headers, 'cache-group-invalidation')) ?? [];
}

function changesSomething(method: string, status: number): boolean {
  return !SAFE.has(method) && status >= 200 && status < 400;
}

function withoutFragment(url: URL): string {
  if (url.hash === '') return url.href;
  const bare = new URL(url.href);
  bare.hash = '';
  return bare.href;
}
