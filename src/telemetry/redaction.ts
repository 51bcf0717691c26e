import { REDACTED } from '../config/redact.js';
import { scrub, withoutTokens } from './scrub.js';

/** Names whose values are credentials wherever they stand: headers, query parameters, fields of a log line. */
const SECRET_NAME = /secret|passw|pass.?phrase|pwd|token|credential|private.?key|api.?key|access.?key|^keys?$|authorization|^(?:x-)?auth$|cookie|session|jwt|bearer|signature|^x-sig/i;

/** Query parameters that carry a credential besides: OAuth codes, signed links, one-time codes. */
const SECRET_PARAMETER = /^(?:code|state|sig|key|otp|pin|assertion|nonce|auth|sid)$/i;

const SCHEME = /^\s*(?:bearer|basic|digest|token)\s+\S/i;

/** Path parameters that carry a credential; `:key` and `:session` are ids more often than not. */
const SECRET_SEGMENT = /secret|passw|token|credential|private.?key|api.?key|jwt|otp|^(?:code|pin)$/i;

/** What of a configuration is about hiding. */
export interface Hiding {
  readonly redact: readonly string[];
  readonly debug?: { readonly header: string } | undefined;
  /** Of the file's routes. */
  readonly patterns?: readonly string[];
}

/** Knows which values must not be written down. The file can add names, never take one away. */
export class Redaction {
  readonly #named: ReadonlySet<string>;
  /** `name=x` and `"name": "x"` in free text; `null` where the file names nothing. */
  readonly #pairs: RegExp | null;
  /** Names of path parameters whose values are secrets; hardly any file has one. */
  readonly segments: readonly string[];

  /**
   * @param names further header, parameter and field names, in any case.
   * @param patterns of the file's routes.
   */
  constructor(names: readonly string[] = [], patterns: readonly string[] = []) {
    this.#named = new Set(names.map((name) => name.toLowerCase()));
    this.#pairs = names.length === 0 ? null : pairsOf(names);
    const captures = patterns.flatMap((pattern) => [...pattern.matchAll(/\/:([A-Za-z]\w*)/g)].map(([, name]) => name as string));
    this.segments = [...new Set(captures)].filter((name) => this.hidesSegment(name));
  }

  /** What the file wants hidden; what its debug headers say is for nobody. */
  static of({ debug, patterns = [], redact }: Hiding): Redaction {
    return new Redaction(debug === undefined ? redact : [...redact, debug.header], patterns);
  }

  /** Whether the value of a header or field of this name is a secret. */
  hides(name: string): boolean {
    return SECRET_NAME.test(name) || this.#named.has(name.toLowerCase());
  }

  /** Whether the value of a query parameter of this name is. */
  hidesParameter(name: string): boolean {
    return this.hides(name) || SECRET_PARAMETER.test(name);
  }

  /** Whether the value of a path parameter of this name is. */
  hidesSegment(name: string): boolean {
    return SECRET_SEGMENT.test(name) || this.#named.has(name.toLowerCase());
  }

  /** Free text, such as the message of an error, without what looks like a credential or bears a name of the file. */
  text(text: string): string {
    const scrubbed = scrub(text);
    return this.#pairs === null ? scrubbed : scrubbed.replace(this.#pairs, `$1${REDACTED}`);
  }

  /** A query (`?` included, or empty) with its credentials cut out. */
  query(query: string): string {
    if (query.length < 2) return query;
    return `?${query.slice(1).split('&').map((pair) => this.#parameter(pair)).join('&')}`;
  }

  /** A path without tokens, and without the values of parameters that are secrets; it has no query. */
  path(path: string, params: Readonly<Record<string, string>>): string {
    const shown = path.includes('eyJ') ? this.value(path) : path;
    if (this.segments.length === 0) return shown;
    const values = this.segments.flatMap((name) => params[name] ?? []);
    return values.length === 0 ? shown : shown.split('/').map((segment) => (values.includes(segment) ? REDACTED : segment)).join('/');
  }

  /** Parameters of a path, as they may be shown. */
  params(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, this.hidesSegment(name) ? REDACTED : value]));
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
    const hidden = this.hidesParameter(name) || holdsToken(name);
    return hidden || holdsToken(decoded(pair.slice(at + 1))) ? `${holdsToken(name) ? '' : pair.slice(0, at)}=${REDACTED}` : pair;
  }
}

/** The names as they stand in queries, JSON and headers, with what follows them. */
function pairsOf(names: readonly string[]): RegExp {
  const any = names.map((name) => name.replaceAll(/[^\w-]/g, String.raw`\$&`)).join('|');
  return new RegExp(String.raw`(?<![\w-])((?:${any})\\?["']?\s*[=:]\s*\\?["']?)[^\s"'\\,;&{}[\]]+`, 'gi');
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
