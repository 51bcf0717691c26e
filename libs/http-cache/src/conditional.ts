import { MAX_SECONDS } from './cache-control.js';
import type { StoredResponse } from './contracts.js';
import { firstField, withoutFields, type ResponseHead } from './fields.js';
import { parseHttpDate } from './http-date.js';
import { requestField, type CacheRequest } from './request.js';

// RFC 9110 8.8.3. Tags without quotes are none, but some services send them and compare them as they are.
const ENTITY_TAG = /[\t ]*(?:((?:W\/)?"[!#-~\x80-\uffff]*"|[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t ]*)?(?:,|$)/y;

/** What tells about the content that a 304 does not have (RFC 9110 15.4.5). */
const OF_CONTENT: ReadonlySet<string> = new Set([
  'accept-ranges', 'age', 'content-digest', 'content-encoding', 'content-language', 'content-length', 'content-md5', 'content-range', 'content-type',
  'digest', 'repr-digest', 'trailer', 'transfer-encoding',
]);

/**
 * Judges the client's conditions on a stored response that may be used, in the order of RFC 9110 13.2.2. If-Match and
 * If-Unmodified-Since are not for caches (RFC 9111 4.3.2).
 */
export function evaluate(request: CacheRequest, stored: StoredResponse): 'not-modified' | 'proceed' {
  // RFC 9110 13.2.1: conditions are for what would succeed without them.
  if (!isSuccessful(stored.status) || (request.method !== 'GET' && request.method !== 'HEAD')) return 'proceed';
  const noneMatch = requestField(request.headers, 'if-none-match');
  if (noneMatch !== undefined) return matchesAny(noneMatch, firstField(stored.headers, 'etag')) ? 'not-modified' : 'proceed';
  const since = requestField(request.headers, 'if-modified-since');
  return since !== undefined && !modifiedSince(since, stored) ? 'not-modified' : 'proceed';
}

/** Flat list of the conditions that we send, with the validators as they came; empty where there is none. */
export function validators(stored: StoredResponse): string[] {
  const sent: string[] = [];
  if (!isSuccessful(stored.status)) return sent;
  const etag = firstField(stored.headers, 'etag');
  if (etag) sent.push('if-none-match', etag);
  const modified = lastModified(stored);
  if (modified !== undefined) sent.push('if-modified-since', modified);
  return sent;
}

/** Whether `validators` has any to send. */
export function hasValidator(response: ResponseHead): boolean {
  return isSuccessful(response.status) && (Boolean(firstField(response.headers, 'etag')) || lastModified(response) !== undefined);
}

/**
 * Flat list of the fields of a 304 made from a stored response: all but what describes the content. Last-Modified is told
 * only where there is no ETag (RFC 9110 15.4.5).
 *
 * @param age in milliseconds.
 */
export function notModified(stored: StoredResponse, age: number): string[] {
  const tagged = firstField(stored.headers, 'etag') !== undefined;
  const headers = withoutFields(stored.headers, (name) => OF_CONTENT.has(name) || (tagged && name === 'last-modified'));
  headers.push('Age', ageField(age));
  return headers;
}

/** Value of the Age field (RFC 9111 5.1). @param age in milliseconds. */
export function ageField(age: number): string {
  return String(Math.min(Math.floor(Math.max(age, 0) / 1000), MAX_SECONDS));
}

/** Weak comparison (RFC 9110 8.8.3.2): `W/` makes no difference. */
export function weaklyEqual(one: string, other: string): boolean {
  return withoutWeak(one) === withoutWeak(other);
}

/** Strong comparison: the same, and neither is weak. */
export function stronglyEqual(one: string, other: string): boolean {
  return one === other && !one.startsWith('W/');
}

function matchesAny(list: string, etag: string | undefined): boolean {
  if (list.trim() === '*') return true;
  if (!etag) return false;
  let at = 0;
  while (at < list.length) {
    ENTITY_TAG.lastIndex = at;
    const member = ENTITY_TAG.exec(list);
    if (member === null) {
      // Not a tag: on with what comes after the next comma.
      const comma = list.indexOf(',', at);
      at = comma === -1 ? list.length : comma + 1;
      continue;
    }
    if (member[1] && weaklyEqual(member[1], etag)) return true;
    at = ENTITY_TAG.lastIndex;
  }
  return false;
}

/** RFC 9111 4.3.2: without Last-Modified the Date serves, or the time it came. What is no date is no condition. */
function modifiedSince(since: string, stored: StoredResponse): boolean {
  const limit = parseHttpDate(since, stored.responseTime);
  if (limit === undefined) return true;
  const own = ['last-modified', 'date']
    .map((name) => parseHttpDate(firstField(stored.headers, name) ?? '', stored.responseTime))
    .find((date) => date !== undefined);
  return (own ?? stored.responseTime) > limit;
}

function lastModified(response: ResponseHead): string | undefined {
  const text = firstField(response.headers, 'last-modified');
  return text !== undefined && parseHttpDate(text, response.responseTime) !== undefined ? text : undefined;
}

function isSuccessful(status: number): boolean {
  return status >= 200 && status < 300;
}

function withoutWeak(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
