import type { OpenAPIObject } from '@nestjs/swagger';

export type OpenApiVersion = '3.1.0' | '3.0.3';

type Json = Readonly<Record<string, unknown>>;

/** Holds data of the author's, which only looks like a schema at times. */
const DATA: ReadonlySet<string> = new Set(['default', 'enum', 'const', 'example', 'examples']);
/** Maps by name, whose keys are the author's: `default` is a response there, and no data. */
const BY_NAME: ReadonlySet<string> = new Set(['responses', 'parameters', 'headers', 'requestBodies', 'callbacks', 'links', 'securitySchemes', 'pathItems', 'schemas']);
/** Keys of a schema whose values are schemas, by name or in a list. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs']);
const LISTED: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf']);
const SINGLE: ReadonlySet<string> = new Set(['items', 'not', 'additionalProperties']);

/** Writes the schemas of a document in the words of one version: parts of it may be in those of the other. */
export function inDialect(document: OpenAPIObject, version: OpenApiVersion): OpenAPIObject {
  const convert = version === '3.1.0' ? raise : lower;
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item, ''));
    if (!isObject(value) || DATA.has(key)) return value;
    if (key === 'schema') return inSchema(value, convert);
    if (key === 'schemas') return mapEntries(value, (schema) => inSchema(schema, convert));
    return mapEntries(value, (inner, name) => walk(inner, BY_NAME.has(key) ? '' : name));
  };
  return { ...(walk(document, '') as OpenAPIObject), openapi: version };
}

function inSchema(schema: unknown, convert: (schema: Json) => Json): unknown {
  if (!isObject(schema)) return schema;
  const below = mapEntries(schema, (value, key) => {
    if (NAMED.has(key) && isObject(value)) return mapEntries(value, (inner) => inSchema(inner, convert));
    if (LISTED.has(key) && Array.isArray(value)) return value.map((inner) => inSchema(inner, convert));
    return SINGLE.has(key) ? inSchema(value, convert) : value;
  });
  return convert(below);
}

/** 3.0 says `nullable`; in 3.1 that is a type among others. */
function raise({ nullable, ...schema }: Json): Json {
  const { enum: values, type } = schema;
  if (nullable !== true || typeof type !== 'string') return schema;
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }) };
}

/** What 3.1 took over from JSON Schema, in words that 3.0 has. */
function lower({ const: only, examples, type, exclusiveMinimum, exclusiveMaximum, ...schema }: Json): Json {
  return {
    ...schema,
    ...(only !== undefined && { enum: [only] }),
    ...(Array.isArray(examples) && examples.length > 0 && { example: (examples as unknown[])[0] }),
    ...bound('minimum', 'exclusiveMinimum', exclusiveMinimum),
    ...bound('maximum', 'exclusiveMaximum', exclusiveMaximum),
    ...typed(type),
  };
}

function bound(limit: string, exclusive: string, value: unknown): Json {
  if (typeof value === 'number') return { [limit]: value, [exclusive]: true };
  return value === undefined ? {} : { [exclusive]: value };
}

function typed(type: unknown): Json {
  if (type === undefined) return {};
  const all = [type].flat() as unknown[];
  const types = all.filter((name) => name !== 'null');
  const nullable = types.length < all.length ? { nullable: true } : {};
  if (types.length === 0) return { enum: [null], ...nullable };
  return types.length === 1 ? { type: types[0], ...nullable } : { anyOf: types.map((name) => ({ type: name, ...nullable })) };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapEntries(value: Json, change: (inner: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]));
}
