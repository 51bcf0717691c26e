/** A bare item of a structured field (RFC 9651 3.3), or an inner list, whose members nobody here asks for. */
export type StructuredValue =
  | { readonly type: 'integer' | 'decimal' | 'date'; readonly value: number }
  | { readonly type: 'string' | 'token' | 'bytes' | 'display'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'list' };

const KEY = /[a-z*][a-z0-9_.*-]*/y;
const NUMBER = /(-?[0-9]+)(\.[0-9]+)?/y;
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const BYTES = /:([A-Za-z0-9+/=]*):/y;
const BOOLEAN = /\?([01])/y;
const DATE = /@(-?[0-9]{1,15})/y;
const DISPLAY = /%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"/y;

class Malformed extends Error {}

/** A dictionary; the last of several members with the same key counts. @returns `undefined` for what does not parse. */
export function parseDictionary(values: readonly string[]): ReadonlyMap<string, StructuredValue> | undefined {
  return attempt(values, (text) => {
    const members = new Map<string, StructuredValue>();
    text.members(() => {
      const key = text.key();
      const value = text.take('=') ? text.value() : TRUE;
      text.parameters();
      members.set(key, value);
    });
    return members;
  });
}

/** A list. @returns `undefined` for what does not parse. */
export function parseList(values: readonly string[]): readonly StructuredValue[] | undefined {
  return attempt(values, (text) => {
    const items: StructuredValue[] = [];
    text.members(() => {
      items.push(text.value());
      text.parameters();
    });
    return items;
  });
}

const TRUE: StructuredValue = { type: 'boolean', value: true };

/** Where a parser is in its text. Whatever is not as RFC 9651 4.2 has it throws `Malformed`. */
class Reader {
  #at = 0;
  constructor(private readonly text: string) {}

  /** Members between commas; none at all is fine, one missing after a comma is not. */
  members(member: () => void): void {
    this.#skip(/ */y);
    while (this.#at < this.text.length) {
      member();
      this.#skip(/[ \t]*/y);
      if (this.#at === this.text.length) return;
      if (!this.take(',')) throw new Malformed();
      this.#skip(/[ \t]*/y);
      if (this.#at === this.text.length) throw new Malformed();
    }
  }

  key(): string {
    const key = this.#match(KEY)?.[0];
    if (key === undefined) throw new Malformed();
    return key;
  }

  /** An item without its parameters, or an inner list. */
  value(): StructuredValue {
    if (!this.take('(')) return this.#item();
    for (;;) {
      this.#skip(/ */y);
      if (this.take(')')) return { type: 'list' };
      this.#item();
      this.parameters();
      if (this.text[this.#at] !== ' ' && this.text[this.#at] !== ')') throw new Malformed();
    }
  }

  parameters(): void {
    while (this.take(';')) {
      this.#skip(/ */y);
      this.key();
      if (this.take('=')) this.#item();
    }
  }

  take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #item(): StructuredValue {
    const number = this.#match(NUMBER);
    if (number) return numeric(number[1] as string, number[2]);
    const string = this.#match(STRING)?.[1];
    if (string !== undefined) return { type: 'string', value: string.replace(/\\(.)/g, '$1') };
    const token = this.#match(TOKEN)?.[0];
    if (token !== undefined) return { type: 'token', value: token };
    const boolean = this.#match(BOOLEAN)?.[1];
    if (boolean !== undefined) return { type: 'boolean', value: boolean === '1' };
    return this.#rareItem();
  }

  #rareItem(): StructuredValue {
    const bytes = this.#match(BYTES)?.[1];
    if (bytes !== undefined) return { type: 'bytes', value: bytes };
    const date = this.#match(DATE)?.[1];
    if (date !== undefined) return { type: 'date', value: Number(date) };
    const display = this.#match(DISPLAY)?.[1];
    if (display !== undefined) return { type: 'display', value: decodeURIComponent(display) };
    throw new Malformed();
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #skip(pattern: RegExp): void {
    this.#match(pattern);
  }
}

/** RFC 9651 4.2.4: 15 digits, or 12 and up to 3 after the point. */
function numeric(whole: string, fraction: string | undefined): StructuredValue {
  const digits = whole.replace('-', '').length;
  if (fraction === undefined) {
    if (digits > 15) throw new Malformed();
    return { type: 'integer', value: Number(whole) };
  }
  if (digits > 12 || fraction.length > 4) throw new Malformed();
  return { type: 'decimal', value: Number(whole + fraction) };
}

function attempt<T>(values: readonly string[], read: (text: Reader) => T): T | undefined {
  try {
    return read(new Reader(values.join(', ')));
  } catch (error) {
    // A display string may hold what is no UTF-8.
    if (error instanceof Malformed || error instanceof URIError) return undefined;
    throw error;
  }
}
