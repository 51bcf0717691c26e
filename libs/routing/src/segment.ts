/** How a segment is compared with the literals of patterns. */

const PRINTABLE_ESCAPE = /%(?!25|2F|5C|7F)[2-7][0-9A-F]/g;

/**
 * The form of a normalised segment that literals are compared in: `%40` and `@` are the same to nearly every service,
 * so `/%40admin` must not slip past a route for `/@admin`. Only for the comparison: what is forwarded keeps its escapes.
 */
export function matchKey(segment: string): string {
  return segment.includes('%') ? segment.replace(PRINTABLE_ESCAPE, decode) : segment;
}

function decode(escape: string): string {
  return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
}

/** Length in the segment as sent of the first `keyLength` characters of its key. */
function rawLength(segment: string, keyLength: number): number {
  if (!segment.includes('%')) return keyLength;
  let raw = 0;
  for (let key = 0; key < keyLength; key++) raw += matchKey(segment.slice(raw, raw + 3)).length === 1 && segment[raw] === '%' ? 3 : 1;
  return raw;
}

/** Where the rest behind a string prefix starts, for a segment from `start` to `end`; a slash in between is not part of it. */
export function restAfter(segment: string, start: number, prefixLength: number): number {
  const raw = rawLength(segment, prefixLength);
  return raw === segment.length ? start + raw + 1 : start + raw;
}
