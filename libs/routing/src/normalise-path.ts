import { escapeByte, hexPair, isUnreserved, Utf8Check } from './percent.js';
import { unsafe, type UnsafePath } from './unsafe-path.js';

/** A request target in the one form that is both routed and forwarded. */
export interface NormalPath {
  readonly unsafe: null;
  /** Starts with `/`, percent-encoding kept where it means something; `*` for the asterisk-form. */
  readonly path: string;
  /** Empty, or from the `?` on, byte-exact. */
  readonly query: string;
  /** Of an absolute-form target, which then replaces the Host header (RFC 9112 3.2.2); `null` otherwise. */
  readonly authority: string | null;
}

const PERCENT = 0x25;
const DOT = 0x2e;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const HASH = 0x23;
const QUESTION = 0x3f;
const DELETE = 0x7f;

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;
const AUTHORITY = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$/i;
const DOT_WITH_PARAMETERS = /^\.{1,2}(?:;|%3B)/;

/**
 * Brings the request target as received (`req.url`: one character per byte) into its normal form, once per request.
 *
 * Path: escaped unreserved characters are decoded and hex digits put in upper case (RFC 3986 6.2.2), raw non-ASCII
 * bytes are escaped, repeated slashes merged, and then dot segments removed (RFC 3986 5.2.4). Nothing is decoded twice:
 * `%252e` stays. What could mean another path to a service is refused, never repaired; see `UnsafeReason`.
 * Query: byte-exact, but spaces and control characters are refused. A fragment is dropped.
 *
 * The result is a value, not an exception: `unsafe` is `null` or the reason.
 */
export function normalisePath(rawTarget: string): NormalPath | UnsafePath {
  const plainEnd = endOfPlainPath(rawTarget);
  if (plainEnd === rawTarget.length) return { unsafe: null, path: rawTarget, query: '', authority: null };
  if (plainEnd > 0 && rawTarget.charCodeAt(plainEnd) === QUESTION) return withQuery(rawTarget.slice(0, plainEnd), rawTarget, plainEnd);
  return rawTarget.startsWith('/') ? fromOriginForm(rawTarget, null) : fromOtherForm(rawTarget);
}

/** Length of a path that needs no work: up to a `?` or the end; 0 or the index of what needs work otherwise. */
function endOfPlainPath(target: string): number {
  if (target.charCodeAt(0) !== SLASH) return target.length === 0 ? -1 : 0;
  let previous = SLASH;
  for (let i = 1; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (previous === SLASH && (code === SLASH || code === DOT)) return i;
    if (code <= 0x20 || code >= DELETE || code === PERCENT || code === QUESTION || code === HASH || code === BACKSLASH) return i;
    previous = code;
  }
  return target.length;
}

function fromOtherForm(target: string): NormalPath | UnsafePath {
  if (target === '*') return { unsafe: null, path: '*', query: '', authority: null };
  const absolute = ABSOLUTE_FORM.exec(target);
  if (!absolute) return unsafe('not-a-path');
  const authority = absolute[1] as string;
  if (!AUTHORITY.test(authority)) return unsafe('bad-authority');
  const rest = target.slice(absolute[0].length);
  return fromOriginForm(rest.startsWith('/') ? rest : `/${rest}`, authority);
}

function fromOriginForm(target: string, authority: string | null): NormalPath | UnsafePath {
  const cut = target.search(/[?#]/);
  const end = cut < 0 ? target.length : cut;
  const escaped = canonicalEscapes(target.slice(0, end));
  if (typeof escaped !== 'string') return escaped;
  const path = withoutDotSegments(escaped);
  if (typeof path !== 'string') return path;
  return withQuery(path, target, end, authority);
}

function withQuery(path: string, target: string, from: number, authority: string | null = null): NormalPath | UnsafePath {
  let end = from;
  for (; end < target.length; end++) {
    const code = target.charCodeAt(end);
    if (code === HASH) break;
    if (code <= 0x20 || code === DELETE) return unsafe('control-character');
  }
  return { unsafe: null, path, query: target.slice(from, end), authority };
}

function canonicalEscapes(path: string): string | UnsafePath {
  const utf8 = new Utf8Check();
  let result = '';
  for (let i = 0; i < path.length; i++) {
    let byte = path.charCodeAt(i);
    const escaped = byte === PERCENT;
    if (escaped) {
      byte = hexPair(path, i + 1);
      if (byte < 0) return unsafe('malformed-escape');
      if (byte === SLASH || byte === BACKSLASH) return unsafe('encoded-separator');
      i += 2;
    }
    if (byte === BACKSLASH) return unsafe('backslash');
    // An escaped space is an ordinary character; a plain one cannot be part of a request line (RFC 9112 3).
    if (byte < 0x20 || byte === DELETE || (byte === 0x20 && !escaped)) return unsafe('control-character');
    if (!utf8.accepts(byte)) return unsafe('invalid-utf8');
    result += byte >= 0x80 || (escaped && !isUnreserved(byte)) ? escapeByte(byte) : String.fromCharCode(byte);
  }
  return utf8.complete ? result : unsafe('invalid-utf8');
}

/** Slashes are merged before dots are looked at, so that `/a//../b` is `/b`. */
function withoutDotSegments(path: string): string | UnsafePath {
  if (!path.includes('//') && !path.includes('/.')) return path;
  const kept: string[] = [];
  let open = false;
  for (const segment of path.split('/')) {
    open = segment === '' || segment === '.' || segment === '..';
    if (segment === '..') {
      if (kept.pop() === undefined) return unsafe('above-root');
    } else if (!open) {
      if (DOT_WITH_PARAMETERS.test(segment)) return unsafe('dot-segment-parameters');
      kept.push(segment);
    }
  }
  return kept.length === 0 ? '/' : `/${kept.join('/')}${open ? '/' : ''}`;
}
