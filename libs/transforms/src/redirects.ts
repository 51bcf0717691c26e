import type { Answer, Exchange, Target } from '#libs/kernel';
import { isBelow } from './path.js';

/** scheme (if any), authority, path, and the rest from `?` or `#` on. */
const ABSOLUTE = /^(?:(https?):)?\/\/([^/?#\\]*)([^?#]*)(.*)$/is;
const PATH_ONLY = /^(\/[^?#]*)(.*)$/s;

/**
 * Compiles the rewriting of `Location` and `Content-Location` (RFC 9110 10.2.2, 8.7): what points at the service
 * itself, by an absolute URL or by a path, leads to the public address again. How the path was rewritten is read from
 * the exchange, by what the public path and the outgoing one have in common at their ends, so it fits every kind of
 * rewrite; a path that cannot be traced back stays, with the public origin.
 * @returns `null` for `pass` and `follow`, which need no rewriting here.
 */
export function compileRedirects(mode: 'rewrite' | 'pass' | 'follow'): ((exchange: Exchange, answer: Answer) => void) | null {
  if (mode !== 'rewrite') return null;
  return (exchange, answer) => {
    const { flat } = answer.headers;
    for (let i = 0; i < flat.length; i += 2) {
      if (isLocation(flat[i] as string)) flat[i + 1] = publicReference(flat[i + 1] as string, exchange);
    }
  };
}

function isLocation(name: string): boolean {
  if (name.length === 8) return name.toLowerCase() === 'location';
  return name.length === 16 && name.toLowerCase() === 'content-location';
}

/** Relative references are left alone: the client resolves them against the public URL. */
function publicReference(location: string, exchange: Exchange): string {
  const absolute = ABSOLUTE.exec(location);
  if (!absolute) {
    const [, path, tail = ''] = PATH_ONLY.exec(location) ?? [];
    return path === undefined ? location : publicPath(path, exchange, exchange.target) + tail;
  }
  const [, scheme = exchange.scheme, authority = '', path = '', tail = ''] = absolute;
  const host = bareHost(authority, scheme);
  const own = bareHost(exchange.host, exchange.scheme);
  const target = targetAt(host, exchange);
  if (!target && host !== own) return location;
  // A service behind TLS that ends here says http; one that asks for https means it.
  const publicScheme = !target && scheme.toLowerCase() === 'https' ? 'https' : exchange.scheme;
  const origin = exchange.host === '' ? '' : `${publicScheme}://${exchange.host}`;
  return origin + publicPath(path === '' ? '/' : path, exchange, target ?? exchange.target) + tail;
}

/** The target a host name and port belong to: the one that answered, or a sibling. */
function targetAt(host: string, exchange: Exchange): Target | undefined {
  const { target, route, service } = exchange;
  if (target?.url.host === host) return target;
  return (service ?? route?.service)?.targets.find(({ url }) => url.host === host);
}

function bareHost(authority: string, scheme: string): string {
  const port = scheme.toLowerCase() === 'https' ? ':443' : ':80';
  const lower = authority.toLowerCase();
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

function publicPath(path: string, exchange: Exchange, target: Target | null): string {
  const { outgoing } = exchange;
  const base = target?.basePath ?? '';
  if (!outgoing || !isBelow(path, base)) return path;
  const [before, after] = differingHeads(exchange.path, outgoing.path);
  const inner = path.slice(base.length);
  // Services that know their public prefix already use it.
  if (after === '' && before !== '' && isBelow(inner, before)) return inner;
  if (!isBelow(inner, after)) return path;
  // What remains must stay a path: `//host` would lead elsewhere.
  return (before + inner.slice(after.length)).replace(/^[/\\]*/, '/');
}

/** What two paths have in front of the segments they share at their ends: `/api/v1/a/7` and `/b/7` give `/api/v1/a` and `/b`. */
function differingHeads(before: string, after: string): [before: string, after: string] {
  const [a, b] = [withoutSlash(before), withoutSlash(after)];
  let shared = 0;
  let atSlash = 0;
  while (shared < a.length && shared < b.length && a.charAt(a.length - 1 - shared) === b.charAt(b.length - 1 - shared)) {
    shared++;
    if (a.charAt(a.length - shared) === '/') atSlash = shared;
  }
  return [a.slice(0, a.length - atSlash), b.slice(0, b.length - atSlash)];
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
