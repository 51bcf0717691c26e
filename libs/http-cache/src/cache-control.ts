/** The directives of a `Cache-Control`, or of a targeted field (RFC 9213). Names in lower case. */
export interface Directives {
  /** Whether it is there, with whatever argument. */
  has(name: string): boolean;
  /** Argument in seconds, at most 2^31; 0 for one that is invalid, missing or said twice differently: that counts as stale. `undefined` without the directive. */
  seconds(name: string): number | undefined;
  /** Fields named by `no-cache="a, b"`, in lower case; `true` where the directive holds for the whole response. */
  fields(name: string): readonly string[] | true | undefined;
  /** Something in it was not to be read: what it forbids holds, what it permits should not be relied on. */
  readonly malformed: boolean;
}

interface Argument {
  readonly seconds: number;
  readonly fields: readonly string[] | true;
}

/** Longest time that is told apart, in seconds (RFC 9111 1.2.2). */
export const MAX_SECONDS = 2 ** 31;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED = '"((?:[\\t !#-\\[\\]-~\\x80-\\uffff]|\\\\[\\t -~\\x80-\\uffff])*)"';
const MEMBER = new RegExp(`[\\t ]*(?:(${TOKEN})(?:=(?:(${TOKEN})|${QUOTED}))?[\\t ]*)?(?:,|$)`, 'y');
const WORDS = new RegExp(TOKEN, 'g');
const WHOLE_TOKEN = new RegExp(`^${TOKEN}$`);
/** What is heeded wherever it stands, even in what cannot be parsed: `max-age=60; private`. */
const FORBIDDING = new Set(['no-store', 'private', 'no-cache', 'must-revalidate', 'proxy-revalidate', 'max-age', 's-maxage']);
/** Fields that the cache itself works with: where a directive names one of them, it holds for the whole response. */
const NEEDED = new Set([
  'age', 'cache-control', 'cdn-cache-control', 'content-encoding', 'content-length', 'content-range', 'content-type', 'date', 'expires', 'vary',
]);
const INVALID: Argument = { seconds: 0, fields: true };

/** Directives by name; of those said twice, what forbids more holds (RFC 9111 4.2.1). */
export class DirectiveMap implements Directives {
  readonly #arguments = new Map<string, Argument>();
  malformed = false;

  add(name: string, argument: Argument): void {
    const before = this.#arguments.get(name);
    this.#arguments.set(name, before === undefined ? argument : stricter(before, argument));
  }

  has(name: string): boolean {
    return this.#arguments.has(name);
  }

  seconds(name: string): number | undefined {
    return this.#arguments.get(name)?.seconds;
  }

  fields(name: string): readonly string[] | true | undefined {
    return this.#arguments.get(name)?.fields;
  }
}

/** Nothing said. */
export const noDirectives: Directives = new DirectiveMap();

// The same few texts come again and again.
const known = new Map<string, Directives>();
const KNOWN_MOST = 512;
const KNOWN_LENGTH = 256;

/**
 * Reads `Cache-Control` (RFC 9111 5.2). Unknown directives are harmless; what cannot be parsed grants nothing, but what it
 * seems to forbid is forbidden.
 *
 * @param values the field's lines.
 */
export function parseCacheControl(values: readonly string[]): Directives {
  if (values.length === 0) return noDirectives;
  const text = values.length === 1 ? (values[0] as string) : values.join(', ');
  const before = known.get(text);
  if (before !== undefined) return before;
  const directives = parse(text);
  if (text.length <= KNOWN_LENGTH) {
    if (known.size >= KNOWN_MOST) known.clear();
    known.set(text, directives);
  }
  return directives;
}

/** Names in a list such as `a, b`; `true` where there are none to be read, or where one of them is needed here. */
export function fieldNames(list: string): readonly string[] | true {
  const names = list.toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '');
  return names.length > 0 && names.every((name) => WHOLE_TOKEN.test(name) && !NEEDED.has(name)) ? names : true;
}

function parse(text: string): Directives {
  const directives = new DirectiveMap();
  let at = 0;
  while (at < text.length) {
    MEMBER.lastIndex = at;
    const member = MEMBER.exec(text);
    if (member === null) {
      at = skipMalformed(text, at, directives);
      continue;
    }
    at = MEMBER.lastIndex;
    const [, name, token, quoted] = member;
    if (name !== undefined) directives.add(name.toLowerCase(), argumentOf(token ?? quoted?.replace(/\\(.)/g, '$1')));
  }
  return directives;
}

function argumentOf(text: string | undefined): Argument {
  if (text === undefined) return INVALID;
  const seconds = /^[0-9]+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : 0;
  return { seconds, fields: fieldNames(text) };
}

/** Goes on after the next comma; a stray quote spoils the rest, as nobody knows what is inside. */
function skipMalformed(text: string, from: number, directives: DirectiveMap): number {
  const comma = text.indexOf(',', from);
  const quote = text.indexOf('"', from);
  const end = comma === -1 || (quote !== -1 && quote < comma) ? text.length : comma;
  for (const [word] of text.slice(from, end).matchAll(WORDS)) {
    const name = word.toLowerCase();
    if (FORBIDDING.has(name)) directives.add(name, INVALID);
  }
  directives.malformed = true;
  return end + 1;
}

function stricter(one: Argument, other: Argument): Argument {
  return {
    seconds: one.seconds === other.seconds ? one.seconds : 0,
    fields: one.fields === true || other.fields === true ? true : [...one.fields, ...other.fields],
  };
}
