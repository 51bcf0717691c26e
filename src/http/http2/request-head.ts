import { METHODS } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http2';
import { Problem, problems } from '#libs/kernel';
import type { RequestHead } from './request.js';

/** What `name: value` costs in HTTP/1 beside the two, so that one limit is right for both. */
const PUNCTUATION = 4;

/** What node:http's parser takes. Others would pass rules that name a method, and some frameworks read `delete` as DELETE. */
const KNOWN: ReadonlySet<string> = new Set(METHODS);

/** A head in the words of HTTP/1, and why it cannot be routed. */
export interface ReadHead {
  readonly head: RequestHead;
  readonly refusal: Problem | null;
}

/**
 * Puts the head of an HTTP/2 request into the words of HTTP/1. nghttp2 has refused by now what RFC 9113 8.2 and 8.3 forbid:
 * names in capitals, line ends, fields of HTTP/1 connections, pseudo-header fields that are missing, unknown or repeated, a
 * path that does not begin with a slash.
 * @param headers is changed: it goes on as the headers of the request.
 * @param limit bytes that path and fields may have.
 */
export function readHead(headers: IncomingHttpHeaders, raw: readonly string[], limit: number): ReadHead {
  const { ':authority': authority, ':method': method = '', ':path': url, ':scheme': scheme } = headers;
  const { rawHeaders, size, strangeHost } = copy(headers, raw, authority);
  delete headers[':authority'];
  delete headers[':method'];
  delete headers[':path'];
  delete headers[':scheme'];
  // RFC 9113 8.3.1: whoever passes it on over HTTP/1 makes Host of it.
  if (authority !== undefined) headers.host = authority;
  const head = { method, url: url ?? '/', headers, rawHeaders };
  if (method === 'CONNECT') return refused(head, problems.methodNotAllowed, 'This is a gateway, not a forward proxy');
  if (!KNOWN.has(method)) return refused(head, problems.malformedRequest, 'The method is none that HTTP/1.1 would let through; names of methods are written in capitals');
  if (size > limit) return refused(head, problems.headersTooLarge, 'The header fields are too large');
  if (strangeHost) return refused(head, problems.malformedRequest, 'The Host header names another host than :authority');
  if (scheme !== 'https' && scheme !== 'http') return refused(head, problems.malformedRequest, 'The scheme is neither https nor http');
  return { head, refusal: null };
}

function refused(head: RequestHead, type: Problem['type'], detail: string): ReadHead {
  return { head, refusal: new Problem(type, detail) };
}

/** The fields without pseudo-header fields, Host first as in HTTP/1. */
function copy(headers: IncomingHttpHeaders, raw: readonly string[], authority: string | undefined) {
  const rawHeaders: string[] = authority === undefined ? [] : ['host', authority];
  let size = 0;
  let strangeHost = false;
  let crumbs = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const [name, value] = [raw[i] as string, raw[i + 1] as string];
    size += name.length + value.length + PUNCTUATION;
    if (name.startsWith(':')) continue;
    if (name === 'host' && authority !== undefined) {
      strangeHost ||= value.toLowerCase() !== authority.toLowerCase();
    } else if (name === 'cookie') {
      // RFC 9113 8.2.3: in crumbs it may come, but not go on.
      if (crumbs++ === 0) rawHeaders.push(name, headers.cookie as string);
    } else rawHeaders.push(name, value);
  }
  return { rawHeaders, size, strangeHost };
}
