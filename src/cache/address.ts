import { hash } from 'node:crypto';
import type { Exchange } from '#libs/kernel';

/**
 * What a key begins with, up to the first blank: the address that was asked for, as people write it
 * (`https://example.org/a?b=1`), or its path alone where the host does not matter. A blank occurs in no request target
 * (RFC 9112 3.2).
 */
export const AFTER_ADDRESS = ' ';

/** Characters of an address that is written out; of a longer one only the beginning is, and a hash stands for the rest. */
const LONGEST = 400;
const KEPT = 300;

const DEFAULT_PORT = { http: /:(?:80)?$/, https: /:(?:443)?$/ } as const;

/** The last one of each scheme: mostly it is the next one too. */
const last = { http: { host: '', origin: 'http://' }, https: { host: '', origin: 'https://' } };

/** Scheme and authority of a request as they stand in keys: lower case, without a default port. */
export function originOf({ host, scheme }: Pick<Exchange, 'host' | 'scheme'>): string {
  const known = last[scheme];
  if (known.host === host) return known.origin;
  const origin = `${scheme}://${host.toLowerCase().replace(DEFAULT_PORT[scheme], '')}`;
  last[scheme] = { host, origin };
  return origin;
}

/** An address as keys have it. */
export function asAddress(text: string): string {
  if (text.length <= LONGEST) return text;
  // A fragment is never sent, so that no short address looks like this.
  return `${text.slice(0, KEPT)}#${hash('sha256', text, 'base64url')}`;
}

/** The address in a key; an address by itself is one. */
export function addressIn(key: string): string {
  const end = key.indexOf(AFTER_ADDRESS);
  return end < 0 ? key : key.slice(0, end);
}

/**
 * The origin of what is kept under a key, as `originOf` gives it; empty where it is kept for any host. A long one may be
 * cut off: then it is none that a request has.
 */
export function originIn(key: string): string {
  return key.slice(0, pathAt(key));
}

/** Whether what is kept under a key is of an origin, or for any host. */
export function isOf(origin: string, key: string): boolean {
  return key.startsWith('/') || (key.startsWith(origin) && key[origin.length] === '/');
}

/** What stands for the query in an address where only a part of it, or none, tells answers apart. */
export const ANY_QUERY = '?*';

/** Which kinds of addresses the routes of a configuration use. */
export interface AddressKinds {
  /** Those without a host. */
  readonly anyHost: boolean;
  /** Those of any query. */
  readonly anyQuery: boolean;
}

export const ALL_KINDS: AddressKinds = { anyHost: true, anyQuery: true };

/**
 * The addresses that what is stored for a URL may be under: with its query or any, with its host or any.
 * @param url absolute, or a path.
 */
export function addressesOf(url: string, { anyHost, anyQuery }: AddressKinds): readonly string[] {
  const whole = url.slice(0, end(url, '#'));
  const path = whole.slice(pathAt(whole));
  const texts = anyHost && path !== '' && path !== whole ? [whole, path] : [whole];
  return texts.flatMap((text) => [asAddress(text), ...(anyQuery ? [asAddress(text.slice(0, end(text, '?')) + ANY_QUERY)] : [])]);
}

/**
 * Compiles a prefix: of addresses with their scheme (`https://example.org/a/`), of addresses without it
 * (`example.org/a/`), or of paths (`/a/`), whatever the host. What is stored for any host has a path only.
 */
export function compilePrefix(prefix: string): (key: string) => boolean {
  const from = pathAt(prefix);
  const path = prefix.slice(from);
  const ofPath = path === '' ? '/' : path;
  const skipsScheme = !/^https?:\/\//.test(prefix);
  return (key) => {
    if (key.startsWith('/')) return key.startsWith(ofPath);
    return from === 0 ? key.startsWith(path, pathAt(key)) : key.startsWith(prefix, skipsScheme ? key.indexOf('://') + 3 : 0);
  };
}

/** What keys that have the prefix may begin with. Not all that begin so have it. */
export function beginningsOf(prefix: string): readonly string[] {
  const path = prefix.slice(pathAt(prefix));
  if (path === prefix) return [''];
  const absolute = /^https?:\/\//.test(prefix) ? [prefix] : [`http://${prefix}`, `https://${prefix}`];
  return [...absolute, path === '' ? '/' : path];
}

/** Where the path of an address begins; its end where it has none. */
function pathAt(address: string): number {
  const scheme = address.indexOf('://');
  return end(address, '/', scheme < 0 ? 0 : scheme + 3);
}

function end(text: string, mark: string, from = 0): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}
