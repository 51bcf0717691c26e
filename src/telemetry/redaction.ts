import { REDACTED } from '../config/redact.js';

/** Names whose values are credentials wherever they stand: headers, query parameters, fields of a log line. */
const SECRET_NAME = /secret|passw|pass.?phrase|pwd|token|credential|private.?key|api.?key|access.?key|^keys?$|authorization|^(?:x-)?auth$|cookie|session|jwt|bearer|signature|^x-sig/i;

/** Query parameters that carry a credential besides: OAuth codes, signed links, one-time codes. */
const SECRET_PARAMETER = /^(?:code|state|sig|key|otp|pin|assertion|nonce|auth|sid)$/i;

/**
 * A JSON Web Token by its first characters, `{"` in base64, after what is glued to its front. Looked for from the start
 * of a word only, and only where a second part follows: clients send 32 KB of `eyJeyJeyJ`, and every start that can fail
 * at the end of a long word would make that quadratic.
 */
const TOKEN = /(?<![\w-])(?=[\w-]+\.[\w-])([\w-]*?)eyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)*/g;
const SCHEME = /^\s*(?:bearer|basic|digest|token)\s+\S/i;

/** Knows which values must not be written down. The file can add names, never take one away. */
export class Redaction {
  readonly #named: ReadonlySet<string>;

  /** @param names further header, parameter and field names, in any case. */
  constructor(names: readonly string[] = []) {
    this.#named = new Set(names.map((name) => name.toLowerCase()));
  }

  /** Whether the value of a header or field of this name is a secret. */
  hides(name: string): boolean {
    return SECRET_NAME.test(name) || this.#named.has(name.toLowerCase());
  }

  /** A query (`?` included, or empty) with its credentials cut out. */
  query(query: string): string {
    if (query.length < 2) return query;
    return `?${query.slice(1).split('&').map((pair) => this.#parameter(pair)).join('&')}`;
  }

  /** Text from outside that should hold no secret: tokens in it are cut out, and so is a query's share of them. */
  value(text: string): string {
    if (SCHEME.test(text)) return REDACTED;
    const start = text.indexOf('?');
    return withoutTokens(start < 0 ? text : text.slice(0, start) + this.query(text.slice(start)));
  }

  #parameter(pair: string): string {
    const at = pair.indexOf('=');
    if (at < 0) return holdsToken(decoded(pair)) ? REDACTED : pair;
    const name = decoded(pair.slice(0, at));
    const hidden = this.hides(name) || SECRET_PARAMETER.test(name) || holdsToken(name);
    return hidden || holdsToken(decoded(pair.slice(at + 1))) ? `${holdsToken(name) ? '' : pair.slice(0, at)}=${REDACTED}` : pair;
  }
}

/** Text without the JSON Web Tokens in it. */
export function withoutTokens(text: string): string {
  return text.includes('eyJ') ? text.replace(TOKEN, `$1${REDACTED}`) : text;
}

function holdsToken(text: string): boolean {
  return SCHEME.test(text) || withoutTokens(text) !== text;
}

/** A parameter as a service would read it; as it is when it is not well-formed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
