import type { StoredResponse } from './contracts.js';
import { fieldValues } from './fields.js';
import { requestField, type CacheRequest, type RequestFields } from './request.js';

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Lists of names without case, where spaces say nothing; each with what its values came to, as the same few come again and again. */
const LISTS: ReadonlyMap<string, Map<string, string>> = new Map(
  ['accept', 'accept-charset', 'accept-encoding', 'accept-language'].map((name) => [name, new Map<string, string>()]),
);
const KNOWN_MOST = 256;
const KNOWN_LENGTH = 256;

/**
 * The request fields that a response depends on (RFC 9110 12.5.5): lower case, sorted, each once. `*`, anywhere, stands for
 * what nobody can know, and so does what is no name. `null` without Vary.
 */
export function varyNames(flat: readonly string[]): readonly string[] | '*' | null {
  const values = fieldValues(flat, 'vary');
  if (values.length === 0) return null;
  const names = new Set<string>();
  for (const value of values) {
    for (const part of value.split(',')) {
      const name = part.trim().toLowerCase();
      if (name === '*' || (name !== '' && !NAME.test(name))) return '*';
      if (name !== '') names.add(name);
    }
  }
  return names.size === 0 ? null : [...names].sort();
}

/** What a request says in the named fields, in the form in which two requests are compared; `null` for a missing one. */
export function varyValues(names: readonly string[], headers: RequestFields): Record<string, string | null> {
  // No prototype: a field may be named `__proto__`.
  const values = Object.create(null) as Record<string, string | null>;
  for (const name of names) values[name] = comparable(name, headers);
  return values;
}

/** Whether a request says the same as the one that the response was for (RFC 9111 4.1). */
export function matches(stored: Pick<StoredResponse, 'vary'>, request: Pick<CacheRequest, 'headers'>): boolean {
  for (const name of Object.keys(stored.vary)) {
    if (comparable(name, request.headers) !== stored.vary[name]) return false;
  }
  return true;
}

/** Different for different values, always: lengths are written down. As long as the values: hash it where that matters. */
export function variantKey(names: readonly string[], values: Readonly<Record<string, string | null>>): string {
  let key = '';
  for (const name of names) {
    const value = values[name] ?? null;
    key += value === null ? `${name}:-,` : `${name}:${value.length}:${value},`;
  }
  return key;
}

/** Only what means the same by the field's own definition is made equal (RFC 9111 4.1). */
function comparable(name: string, headers: RequestFields): string | null {
  const value = requestField(headers, name)?.trim();
  if (value === undefined) return null;
  const known = LISTS.get(name);
  if (known === undefined) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  const result = normalList(name, value);
  if (value.length <= KNOWN_LENGTH) {
    if (known.size >= KNOWN_MOST) known.clear();
    known.set(value, result);
  }
  return result;
}

function normalList(name: string, value: string): string {
  if (value.includes('"')) return value;
  const members = value.toLowerCase().replace(/[ \t]+/g, '').split(',').filter((member) => member !== '');
  // The order of languages is a wish to some services, that of codings is none.
  return (name === 'accept-encoding' ? members.sort() : members).join(',');
}
