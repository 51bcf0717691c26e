import type { Exchange } from '#libs/kernel';
import type { TokenPlace } from './options.js';
import { cutFromQuery } from './query-token.js';
import { TokenRefused } from './token-problem.js';

/** Looks at one place. `null`: nothing of ours there. May throw TokenRefused. */
type Look = (exchange: Exchange) => string | null;

/**
 * Compiles the places of the file into one look for a token.
 * @throws TokenRefused (from the result) when a place holds something that cannot be one token, or two places differ.
 */
export function compileExtraction(places: readonly TokenPlace[]): Look {
  const looks = places.map(compilePlace);
  const [only] = looks;
  if (only && looks.length === 1) return only;
  return (exchange) => {
    let found: string | null = null;
    let refusal: unknown = null;
    // All of them look, even when the verdict is known: the query must be cut in any case.
    for (const look of looks) {
      try {
        const token = look(exchange);
        if (token !== null && found !== null && token !== found) refusal = new TokenRefused('ambiguous');
        found ??= token;
      } catch (error) {
        refusal ??= error;
      }
    }
    if (refusal !== null) throw refusal;
    return found;
  };
}

/** What the authenticator does on routes that do not ask it: tokens leave the query, other values of the name stay. @param isToken tells them. */
export function compileScrub(places: readonly TokenPlace[], isToken: (value: string) => boolean = looksLikeToken): ((exchange: Exchange) => void) | null {
  const names = places.flatMap((place) => ('query' in place ? [place.query] : []));
  if (names.length === 0) return null;
  return (exchange) => {
    for (const name of names) {
      const cut = cutFromQuery(exchange.query, name, isToken);
      if (cut) exchange.query = cut.query;
    }
  };
}

/** The scheme to name in `WWW-Authenticate`. */
export function challengeScheme(places: readonly TokenPlace[]): string {
  for (const place of places) if ('header' in place && place.scheme !== undefined) return place.scheme;
  return 'Bearer';
}

// A JOSE header is a JSON object, and `{"` is `eyJ` in base64url.
const TOKEN_SHAPE = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;
export const looksLikeToken = (value: string): boolean => TOKEN_SHAPE.test(value);

function compilePlace(place: TokenPlace): Look {
  if ('query' in place) return lookInQuery(place.query);
  if ('cookie' in place) return lookInCookies(place.cookie);
  if ('websocketProtocol' in place) return lookInProtocols(place.websocketProtocol);
  const name = place.header.toLowerCase();
  const scheme = place.scheme ?? (name === 'authorization' ? 'Bearer' : '');
  return scheme === '' ? lookInHeader(name) : lookBehindScheme(name, scheme);
}

function lookInHeader(name: string): Look {
  return (exchange) => {
    const value = exchange.headers[name];
    if (value === undefined) return null;
    // RFC 9110 5.3: a field that is not a list comes once. node:http keeps the first silently, services may keep the last.
    if (typeof value !== 'string' || timesSent(exchange.rawHeaders, name) > 1) throw new TokenRefused('ambiguous');
    return value;
  };
}

function lookBehindScheme(name: string, scheme: string): Look {
  const whole = lookInHeader(name);
  const prefix = `${scheme} `;
  const lowerPrefix = prefix.toLowerCase();
  return (exchange) => {
    const value = whole(exchange);
    if (value === null) return null;
    // RFC 9110 11.1: schemes compare without case; most clients write it as expected, though.
    if (value.startsWith(prefix) || value.slice(0, prefix.length).toLowerCase() === lowerPrefix) return value.slice(prefix.length).trim();
    return value.toLowerCase() === scheme.toLowerCase() ? '' : null;
  };
}

function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i] as string;
    if (sent.length === name.length && sent.toLowerCase() === name) times += 1;
  }
  return times;
}

function lookInQuery(name: string): Look {
  return (exchange) => {
    const cut = cutFromQuery(exchange.query, name, () => true);
    if (!cut) return null;
    exchange.query = cut.query;
    exchange.queryToken = onlyOne(cut.values.filter((value) => value !== ''));
    return exchange.queryToken;
  };
}

function lookInCookies(name: string): Look {
  const start = `${name}=`;
  return ({ headers: { cookie } }) => {
    if (cookie === undefined || !cookie.includes(start)) return null;
    const pairs = cookie.split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(start));
    return onlyOne(pairs.map((pair) => unquote(pair.slice(start.length))).filter((value) => value !== ''));
  };
}

// RFC 6265 4.1.1: a cookie's value may stand in quotes.
const unquote = (value: string): string => (value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);

function lookInProtocols(prefix: string): Look {
  return (exchange) => {
    const offered = exchange.upgrade === null ? undefined : exchange.headers['sec-websocket-protocol'];
    if (offered === undefined || !offered.includes(prefix)) return null;
    const entries = offered.split(',').map((entry) => entry.trim()).filter((entry) => entry.startsWith(prefix));
    return onlyOne(entries.map((entry) => entry.slice(prefix.length)));
  };
}

/** @throws TokenRefused when the values differ. */
function onlyOne(values: readonly string[]): string | null {
  const [first] = values;
  if (first === undefined) return null;
  if (values.some((value) => value !== first)) throw new TokenRefused('ambiguous');
  return first;
}
