import { DirectiveMap, fieldNames, MAX_SECONDS, type Directives } from './cache-control.js';
import { parseDictionary, parseList, type StructuredValue } from './structured.js';

/**
 * Reads a targeted field such as `CDN-Cache-Control` (RFC 9213): a structured dictionary. A member of the wrong type is
 * there, but grants nothing.
 *
 * @returns `undefined` where it is missing, empty or malformed: Cache-Control holds instead.
 */
export function parseTargeted(values: readonly string[]): Directives | undefined {
  if (values.length === 0) return undefined;
  const members = parseDictionary(values);
  if (members === undefined || members.size === 0) return undefined;
  const directives = new DirectiveMap();
  for (const [name, value] of members) {
    if (value.type === 'boolean' && !value.value) continue;
    directives.add(name, argumentOf(value));
  }
  return directives;
}

/** A structured list of strings, as in Cache-Groups (RFC 9875). @returns `undefined` where it is malformed or not all of strings. */
export function parseStringList(values: readonly string[]): readonly string[] | undefined {
  const strings: string[] = [];
  for (const item of parseList(values) ?? [{ type: 'list' }]) {
    if (item.type !== 'string') return undefined;
    strings.push(item.value);
  }
  return strings;
}

function argumentOf(value: StructuredValue): { seconds: number; fields: readonly string[] | true } {
  if (value.type === 'integer') return { seconds: Math.min(Math.max(value.value, 0), MAX_SECONDS), fields: true };
  return { seconds: 0, fields: value.type === 'string' ? fieldNames(value.value) : true };
}
