import { HeaderList, Problem, problems, type Exchange } from '#libs/kernel';
import type { OidcOptions } from './options.js';
import { rewriteField } from './rewrite-field.js';

type Settings = OidcOptions['cookie'];

/** Characters of a value: browsers take 4096 bytes with the name, and forget larger ones without a word. */
const LARGEST = 3_800;
/** Beyond this the header would be refused by many a server. */
const MOST_PARTS = 4;
const PREFIX = /^(?:__Host-|__Secure-)/;

/** One thing that is kept in the browser: in one cookie, or in as many as it needs. */
export class BrowserStore {
  /**
   * @param name without a prefix.
   * @param maxAge seconds; `null` until the browser is closed.
   */
  constructor(private readonly settings: Settings, private readonly name: string, private readonly maxAge: number | null) {}

  /** What the browser sent; `null` where it has nothing, or not all of it. */
  read(exchange: Exchange): string | null {
    const { cookie } = exchange.headers;
    if (cookie === undefined || !cookie.includes(this.name)) return null;
    const name = this.#nameOn(exchange);
    const values = valuesOf(cookie, name);
    const first = /^(\d)~(.*)$/s.exec(values.get(name) ?? '');
    if (first === null || Number(first[1]) > MOST_PARTS) return null;
    let text = first[2] as string;
    for (let i = 1; i < Number(first[1]); i++) {
      const part = values.get(`${name}.${i}`);
      if (part === undefined) return null;
      text += part;
    }
    return text;
  }

  /**
   * Has the answer tell the browser to keep this instead, or nothing any more.
   * @param text of characters that cookies may hold.
   * @throws Problem when it is too large for cookies.
   */
  write(exchange: Exchange, text: string | null): void {
    const parts = text === null ? [] : split(text);
    if (parts.length > MOST_PARTS) throw new Problem(problems.internal, 'The session does not fit into cookies. The issuer must give fewer claims, or smaller tokens.');
    const name = this.#nameOn(exchange);
    const fields = (exchange.answerFields ??= new HeaderList());
    this.#unsay(fields, name);
    // Nobody but this one browser may get it.
    fields.set('Cache-Control', 'no-store');
    parts.forEach((part, i) => fields.append('Set-Cookie', this.#field(exchange, nameOf(name, i), i === 0 ? `${parts.length}~${part}` : part)));
    for (const left of valuesOf(exchange.headers.cookie ?? '', name).keys()) {
      if (!parts.some((_part, i) => nameOf(name, i) === left)) fields.append('Set-Cookie', this.#field(exchange, left, null));
    }
  }

  /** What was to be written before is not. */
  #unsay(fields: HeaderList, name: string): void {
    const others = fields.all('Set-Cookie').filter((field) => !isPartOf(field.slice(0, field.indexOf('=')), name));
    fields.remove('Set-Cookie');
    for (const field of others) fields.append('Set-Cookie', field);
  }

  #field(exchange: Exchange, name: string, value: string | null): string {
    const { domain, path, sameSite } = this.settings;
    const age = value === null ? 0 : this.maxAge;
    return [
      `${name}=${value ?? ''}`, `Path=${path}`, 'HttpOnly', `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`,
      ...(age === null ? [] : [`Max-Age=${age}`]), ...(this.#isSecure(exchange) ? ['Secure'] : []), ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ].join('; ');
  }

  #isSecure({ scheme }: Exchange): boolean {
    return this.settings.secure === 'auto' ? scheme === 'https' : this.settings.secure;
  }

  /** RFC 6265bis 4.1.3: with a prefix, neither plain HTTP nor another host of the domain can put one of theirs in its place. */
  #nameOn(exchange: Exchange): string {
    if (!this.#isSecure(exchange)) return this.name;
    const { domain, path } = this.settings;
    return (path === '/' && domain === undefined ? '__Host-' : '__Secure-') + this.name;
  }
}

/** Whether it could be written. */
export function fits(text: string): boolean {
  return text.length <= LARGEST * MOST_PARTS;
}

/** Takes every cookie of these names, in whatever form, out of the request. */
export function cutCookies(exchange: Exchange, names: readonly string[]): void {
  const { cookie } = exchange.headers;
  if (cookie === undefined || !names.some((name) => cookie.includes(name))) return;
  const pairs = cookie.split(';');
  const kept = pairs.filter((pair) => !names.some((name) => isPartOf(nameIn(pair).replace(PREFIX, ''), name)));
  if (kept.length < pairs.length) rewriteField(exchange, 'cookie', kept.length === 0 ? null : kept.join(';').trim());
}

const nameOf = (name: string, part: number): string => (part === 0 ? name : `${name}.${part}`);
const isPartOf = (found: string, name: string): boolean => found.startsWith(name) && /^(?:\.\d)?$/.test(found.slice(name.length));

function nameIn(pair: string): string {
  const equals = pair.indexOf('=');
  return (equals === -1 ? pair : pair.slice(0, equals)).trim();
}

/** By name, the first of each; RFC 6265 5.4: the one with the longest path comes first. */
function valuesOf(cookie: string, name: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of cookie.split(';')) {
    const found = nameIn(pair);
    if (isPartOf(found, name) && !values.has(found)) values.set(found, pair.slice(pair.indexOf('=') + 1).trim());
  }
  return values;
}

function split(text: string): string[] {
  const parts: string[] = [];
  for (let i = 0; i < text.length; i += LARGEST) parts.push(text.slice(i, i + LARGEST));
  return parts;
}
