import { z } from 'zod';
import type { ExtensionRegistry } from '#libs/kernel';
import { fileSchema } from './schema/index.js';
import { leavesOf, type Schema } from './schema-walk.js';

/** The parts of JSON Schema (draft 7) that ours use. */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  $comment?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
  minimum?: number;
  maximum?: number;
  [keyword: string]: unknown;
}

const INTERPOLATED: JsonSchema = { $ref: '#/definitions/interpolated' };

/** The schema as zod tells it, with defaults where they are known; the reference is written from it. */
export function rawJsonSchema(extensions: ExtensionRegistry): JsonSchema {
  return z.toJSONSchema(fileSchema(extensions), {
    target: 'draft-7', io: 'input', unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => mark(zodSchema, jsonSchema as JsonSchema),
  }) as JsonSchema;
}

/**
 * JSON Schema of the file for editors. It accepts all that the loader accepts: interpolations in any value, lists
 * written as text, `null` to go back to the default, and settings that another layer completes.
 */
export function jsonSchema(extensions: ExtensionRegistry): JsonSchema {
  const raw = rawJsonSchema(extensions);
  const { required: _required, ...root } = relaxed(raw, false);
  const definitions = {
    interpolated: { type: 'string', pattern: '\\$\\{', description: 'Text with an interpolation: `${NAME}`, `${NAME:-default}` or `${file:path}`.' },
    ...mapValues(raw.definitions ?? {}, (schema) => relaxed(schema, false)),
  };
  return { $schema: raw.$schema as string, title: 'Passerelle gateway.yaml', ...shareSettings(root, definitions) };
}

/** Adds what zod leaves out: lists that may be written as one value or as text, and their defaults. */
function mark(schema: Schema, json: JsonSchema): void {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'default' && json.default === undefined) json.default = def.defaultValue;
  if (JSON.stringify(json.default) === '{}') delete json.default;
  if (json['secret'] === true) {
    delete json['secret'];
    json['writeOnly'] = true;
  }
  delete json['file'];
  if (def.type === 'pipe' && leavesOf(schema).lists.length === 1 && (def.in as z.core.$ZodTypes)._zod.def.type === 'transform') json['x-list'] = true;
  // What zod says of safe integers is noise for people.
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
}

/** @param layered whether another layer may bring what is required here */
function relaxed(schema: JsonSchema, layered: boolean): JsonSchema {
  const { definitions: _definitions, $schema: _schema, ...result } = schema;
  const byUse = schema.properties?.['use']?.const !== undefined;
  if (schema.properties) result.properties = mapValues(schema.properties, (inner, key) => (key === 'use' && byUse ? inner : value(inner, true)));
  if (layered && !byUse) delete result.required;
  if (typeof schema.additionalProperties === 'object') result.additionalProperties = value(schema.additionalProperties, false);
  if (schema.items) result.items = value(schema.items, false);
  for (const choice of ['anyOf', 'oneOf'] as const) {
    if (schema[choice]) result[choice] = schema[choice].flatMap((option) => (isList(option) ? listForms(option) : [relaxed(option, layered)]));
  }
  return result;
}

/** A value of a map or a list. */
function value(schema: JsonSchema, property: boolean): JsonSchema {
  const { title, description, default: fallback, ...shape } = schema;
  const about = Object.fromEntries(Object.entries({ title, description, default: fallback }).filter(([, text]) => text !== undefined)) as JsonSchema;
  const forms = [...(isList(shape) ? listForms(shape) : [relaxed(shape, property)]), ...(isStrict(shape) ? [INTERPOLATED] : [])];
  if (property && !isOpen(shape)) addNull(forms);
  const [only] = forms;
  return forms.length === 1 ? { ...about, ...only } : { ...about, anyOf: forms };
}

function listForms(schema: JsonSchema): JsonSchema[] {
  const { 'x-list': _list, ...list } = relaxed(schema, false);
  const item = schema.items ?? {};
  return [list, ...(item.type === 'string' && item.pattern === undefined && item.enum === undefined ? [] : [value(item, false)]), { type: 'string' }];
}

function addNull(forms: JsonSchema[]): void {
  const last = forms.at(-1);
  if (last && typeof last.type === 'string' && last.const === undefined && last.enum === undefined) forms[forms.length - 1] = { ...last, type: [last.type, 'null'] };
  else if (!(Array.isArray(last?.type) && last.type.includes('null'))) forms.push({ type: 'null' });
}

function isList(schema: JsonSchema): boolean {
  return schema['x-list'] === true;
}

/** Whether a scalar may stand here, but not any text: then an interpolation needs to be allowed on its own. */
function isStrict(schema: JsonSchema): boolean {
  if (isList(schema)) return false;
  if (schema.const !== undefined || schema.enum !== undefined || schema.pattern !== undefined) return true;
  if (schema.anyOf) return schema.anyOf.some(isStrict) && !schema.anyOf.some(isFreeText);
  return schema.type === 'number' || schema.type === 'integer' || schema.type === 'boolean';
}

function isFreeText(schema: JsonSchema): boolean {
  return isList(schema) || (schema.type === 'string' && schema.const === undefined && schema.enum === undefined && schema.pattern === undefined);
}

function isOpen(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 0;
}

/** Settings stand in `defaults`, policies, routes and endpoints alike: they are written once and referred to. */
function shareSettings(root: JsonSchema, definitions: Record<string, JsonSchema>): JsonSchema {
  const settings = root.properties?.['defaults']?.properties ?? {};
  const shared = new Map(Object.entries(settings).map(([key, schema]) => [JSON.stringify(schema), `settings-${key}`]));
  const refer = (schema: JsonSchema): JsonSchema => {
    const name = shared.get(JSON.stringify(schema));
    return name === undefined ? referBelow(schema) : { $ref: `#/definitions/${name}` };
  };
  const referBelow = (schema: JsonSchema): JsonSchema => ({
    ...schema,
    ...(schema.properties ? { properties: mapValues(schema.properties, refer) } : {}),
    ...(typeof schema.additionalProperties === 'object' ? { additionalProperties: refer(schema.additionalProperties) } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(refer) } : {}),
  });
  return { ...referBelow(root), definitions: { ...definitions, ...Object.fromEntries(Object.entries(settings).map(([key, schema]) => [`settings-${key}`, schema])) } };
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, change(inner, key)]));
}
