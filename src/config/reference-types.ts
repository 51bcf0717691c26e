import type { JsonSchema } from './json-schema.js';

const NAMES: Readonly<Record<string, string>> = { string: 'text', number: 'number', integer: 'whole number', boolean: 'true or false', null: 'null', object: 'map', array: 'list' };

/** The type of a value in a few words, e.g. `off` or duration. */
export function typeText(schema: JsonSchema): string {
  return [...new Set(words(schema))].join(' or ') || 'anything';
}

function words(schema: JsonSchema): readonly string[] {
  if (schema.$ref !== undefined) return [useText(schema.$ref)];
  if (schema.const !== undefined) return [`\`${String(schema.const as string)}\``];
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.flatMap(words);
  if (schema.title === 'duration' || schema.title === 'size' || schema.title === 'percentage') return [schema.title];
  if (schema.items) return [`list of ${several(schema.items)}`];
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') return [`map of names to ${several(schema.additionalProperties)}`];
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? ''];
  return types.map((type) => NAMES[type] ?? '').filter((text) => text !== '');
}

function several(schema: JsonSchema): string {
  const text = typeText(schema);
  return text.includes(' or ') ? `(${text})` : text;
}

/** `#/definitions/authenticator-jwt`: a link to the options of `use: jwt`. */
function useText(ref: string): string {
  const name = (ref.split('/').at(-1) ?? '').replace(/^[a-z]+-/, '');
  return `[\`use: ${name}\`](#use-${name})`;
}
