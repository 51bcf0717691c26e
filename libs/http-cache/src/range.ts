import { stronglyEqual } from './conditional.js';
import type { StoredResponse } from './contracts.js';
import { firstField, withoutFields } from './fields.js';
import { parseHttpDate } from './http-date.js';
import { requestField, type CacheRequest } from './request.js';

/** `first` and `last` are positions in the body, both included. */
export type RangeAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly first: number; readonly last: number; readonly contentRange: string }
  | { readonly kind: 'unsatisfiable'; readonly contentRange: string };

const SINGLE = /^bytes=[\t ,]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[\t ,]*$/i;
const WHOLE: RangeAnswer = { kind: 'whole' };

/**
 * What a client that asks for a range gets of a complete stored response (RFC 9110 14.2): several ranges, other units and
 * what is malformed get it whole. Ask `evaluate` first (13.2.2).
 */
export function selectRange(request: CacheRequest, stored: StoredResponse): RangeAnswer {
  const range = requestField(request.headers, 'range');
  if (range === undefined || request.method !== 'GET' || stored.status !== 200) return WHOLE;
  const [matched, from, to, suffix] = SINGLE.exec(range) ?? [];
  if (matched === undefined || firstField(stored.headers, 'accept-ranges')?.trim().toLowerCase() === 'none') return WHOLE;
  const condition = requestField(request.headers, 'if-range');
  if (condition !== undefined && !unchanged(condition.trim(), stored)) return WHOLE;
  const length = stored.body.length;
  return suffix === undefined ? between(Number(from), to ? Number(to) : Infinity, length) : lastOnes(Number(suffix), length);
}

/** The fields of a 206: those of the stored response, with the length and the place of the part (RFC 9110 15.3.7). */
export function partHeaders(headers: readonly string[], part: Extract<RangeAnswer, { kind: 'part' }>): string[] {
  // Content-Digest and Content-MD5 are of the content of one message, which is another now (RFC 9530 2).
  const kept = withoutFields(headers, (name) => ['content-length', 'content-range', 'content-digest', 'content-md5'].includes(name));
  kept.push('Content-Length', String(part.last - part.first + 1), 'Content-Range', part.contentRange);
  return kept;
}

function between(first: number, to: number, length: number): RangeAnswer {
  // RFC 9110 14.1.1: an end before the start is malformed.
  if (to < first) return WHOLE;
  return first >= length ? unsatisfiable(length) : part(first, Math.min(to, length - 1), length);
}

function lastOnes(count: number, length: number): RangeAnswer {
  if (count === 0) return unsatisfiable(length);
  // Of nothing, the last bytes are the whole; there is no Content-Range for that.
  return length === 0 ? WHOLE : part(Math.max(length - count, 0), length - 1, length);
}

function part(first: number, last: number, length: number): RangeAnswer {
  return { kind: 'part', first, last, contentRange: `bytes ${first}-${last}/${length}` };
}

function unsatisfiable(length: number): RangeAnswer {
  return { kind: 'unsatisfiable', contentRange: `bytes */${length}` };
}

/** If-Range (RFC 9110 13.1.5): a strong tag, or exactly the date, where that is a strong validator (8.8.2.2). */
function unchanged(condition: string, stored: StoredResponse): boolean {
  if (condition.startsWith('"') || condition.startsWith('W/')) return stronglyEqual(condition, firstField(stored.headers, 'etag') ?? '');
  const modifiedText = firstField(stored.headers, 'last-modified');
  if (condition !== modifiedText) return false;
  const modified = parseHttpDate(modifiedText, stored.responseTime) ?? NaN;
  const date = parseHttpDate(firstField(stored.headers, 'date') ?? '', stored.responseTime) ?? NaN;
  return date - modified >= 1000;
}
