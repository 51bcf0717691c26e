import type { Directives } from './cache-control.js';
import { stronglyEqual, weaklyEqual } from './conditional.js';
import type { StoredResponse } from './contracts.js';
import { fieldValues, firstField, withoutFields } from './fields.js';
import { formatHttpDate, parseHttpDate } from './http-date.js';
import { policyOf } from './policy.js';

/** When the request left and when the header of its answer was there; milliseconds since the epoch. */
export interface Times {
  readonly requestTime: number;
  readonly responseTime: number;
}

/** RFC 9111 3.1 and RFC 9110 7.6.1; and cookies, which are for one client only. */
const NOT_STORED: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authentication-info', 'proxy-authorization', 'proxy-connection', 'set-cookie',
  'set-cookie2', 'te', 'transfer-encoding', 'upgrade',
]);

/** RFC 9111 3.2: the length is never updated, and the content is kept as it came, so how to read it must not change either. */
const BOUND_TO_CONTENT: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'content-range']);

/**
 * The fields worth keeping; serves for trailers too. Fields named by `no-cache="..."` and `private="..."` are left out,
 * so that they need no validation (RFC 9111 5.2.2.4, 5.2.2.7). Age stays: the age is reckoned from it.
 *
 * @param responseTime with it, a missing Date is added (RFC 9110 6.6.1).
 */
export function headersToStore(flat: readonly string[], directives: Directives, responseTime?: number): string[] {
  const named = new Set([...listed(directives, 'no-cache'), ...listed(directives, 'private')]);
  for (const value of fieldValues(flat, 'connection')) {
    for (const name of value.split(',')) named.add(name.trim().toLowerCase());
  }
  const kept = withoutFields(flat, (name) => NOT_STORED.has(name) || named.has(name));
  if (responseTime !== undefined && firstField(kept, 'date') === undefined) kept.push('Date', formatHttpDate(responseTime));
  return kept;
}

/**
 * Whether a 304 is about this stored response (RFC 9111 4.3.4). If not, it must not be used: ask again without conditions.
 * A 304 without validators answers the only ones that were sent.
 */
export function selects(headers304: readonly string[], stored: StoredResponse): boolean {
  const etag = firstField(headers304, 'etag');
  const storedTag = firstField(stored.headers, 'etag') ?? '';
  if (etag !== undefined && !etag.startsWith('W/')) return stronglyEqual(etag, storedTag);
  if (etag !== undefined && storedTag !== '') return weaklyEqual(etag, storedTag);
  const modified = firstField(headers304, 'last-modified');
  const storedDate = firstField(stored.headers, 'last-modified');
  if (modified === undefined || storedDate === undefined) return etag === undefined;
  return sameDate(modified, storedDate, stored.responseTime);
}

/**
 * Merges the fields of a 304 into a stored response (RFC 9111 3.2). Its `vary` stays: work it out again where the 304 has
 * a Vary. Ask `storable` again: the 304 may forbid what the response had allowed.
 */
export function freshen(stored: StoredResponse, headers304: readonly string[], times: Times): StoredResponse {
  const news = headersToStore(
    withoutFields(headers304, (name) => BOUND_TO_CONTENT.has(name)),
    policyOf(headers304, { respect: true }).directives,
    times.responseTime,
  );
  const replaced = new Set<string>();
  for (let i = 0; i < news.length; i += 2) replaced.add((news[i] as string).toLowerCase());
  // The old Age says nothing of the 304; warnings of the 1xx kind end with validation (RFC 7234 4.3.4).
  const old = withoutFields(stored.headers, (name, value) => replaced.has(name) || name === 'age' || (name === 'warning' && /^\s*1/.test(value)));
  const merged = [...old, ...news];
  return { ...stored, ...times, headers: headersToStore(merged, policyOf(merged, { respect: true }).directives) };
}

/**
 * A 200 to HEAD for a stored GET (RFC 9111 4.3.5).
 *
 * @returns the updated response; `null` where it shows that the stored one is out of date.
 */
export function freshenByHead(stored: StoredResponse, headers: readonly string[], times: Times): StoredResponse | null {
  for (const name of ['etag', 'last-modified']) {
    const received = firstField(headers, name);
    if (received !== undefined && received !== firstField(stored.headers, name)) return null;
  }
  const length = firstField(headers, 'content-length');
  if (length !== undefined && length.trim() !== String(stored.body.length)) return null;
  return freshen(stored, headers, times);
}

function listed(directives: Directives, name: string): readonly string[] {
  const fields = directives.fields(name);
  return fields === undefined || fields === true ? [] : fields;
}

function sameDate(one: string, other: string, now: number): boolean {
  return one === other || (parseHttpDate(one, now) ?? NaN) === parseHttpDate(other, now);
}
