import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ExtensionRegistry } from '#libs/kernel';
import { builtIns, ConfigFolder, valid } from './config.fixture.js';
import { jsonSchema, rawJsonSchema, type JsonSchema } from './json-schema.js';

type Validate = (value: unknown) => boolean;

/** A validator, where the tree happens to have one; it comes with other packages and is not ours to require. */
async function validator(): Promise<Validate | null> {
  const name = 'ajv';
  try {
    const { default: module } = (await import(name)) as { default: { default?: unknown } };
    const Ajv = (module.default ?? module) as new (options: object) => { compile(schema: object): Validate };
    return new Ajv({ strict: false }).compile(jsonSchema(new ExtensionRegistry(builtIns)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.includes('MODULE_NOT_FOUND')) return null;
    throw error;
  }
}

const ACCEPTED: readonly (readonly [string, string])[] = [
  ['a small file', valid()],
  ['interpolations of every type', valid('server: { port: "${PORT:-80}", limits: { url: "${URL:-8KiB}" } }\nlog: { level: "${LEVEL:-info}", query: "${Q:-true}", access: "${A:-on}" }')],
  ['lists as text and as one value', valid('forwarded: { trust: "a, b", send: forwarded }\nroutes: { r: { match: { path: /r, methods: "GET,POST" }, to: echo, authenticate: users } }')],
  ['targets as text', valid().replace('[{ url: http://localhost:9 }]', '"http://a|3,http://b"')],
  ['null for settings and sections', valid('server:\ndefaults: { timeout: { total: null }, cors: null }\nroutes: { r: { match: { path: /r }, to: echo, timeout: null, body: { limit: null } } }')],
  ['incomplete layers', valid('policies: { p: { cors: { credentials: true } } }\nroutes: { r: { match: { path: /r }, to: echo, use: p, cors: { origins: https://a.example } } }')],
  ['extensions', valid('routes: { r: { match: { path: /r }, to: echo, transform: [{ use: stamp, text: "${T:-x}" }] } }')],
  ['endpoints', valid('endpoints: { docs: off, health: { at: /h, answer: { status: "{status}" } } }')],
  ['an on-off word and a switch', valid('routes: { r: { match: { path: /r, headers: { a: true, b: x, c: { prefix: y } } }, to: echo, head: off, path: { strip: 2 } } }')],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ['an unknown key', valid('rutes: {}')],
  ['an unknown key deep down', valid('routes: { r: { match: { path: /r }, to: echo, timeout: { tota: 1s } } }')],
  ['a number without its unit', valid('defaults: { timeout: { total: 10 } }')],
  ['a wrong word', valid('log: { level: wran }')],
  ['a route without service', valid('routes: { r: { match: { path: /r } } }')],
  ['options of another extension', valid('routes: { r: { match: { path: /r }, to: echo, transform: [{ use: stamp }] } }')],
];

describe('jsonSchema', () => {
  it.each(ACCEPTED)('accepts what the loader accepts: %s', async (_name, text) => {
    using folder = new ConfigFolder({ 'gateway.yaml': text });
    expect(await folder.mistakes()).toEqual([]);
    const validate = await validator();
    if (validate) expect(validate(parse(text))).toBe(true);
  });

  it.each(REFUSED)('refuses %s', async (_name, text) => {
    using folder = new ConfigFolder({ 'gateway.yaml': text });
    expect(await folder.mistakes()).not.toEqual([]);
    const validate = await validator();
    if (validate) expect(validate(parse(text))).toBe(false);
  });

  it('has no reference that leads nowhere', () => {
    const schema = jsonSchema(new ExtensionRegistry(builtIns));
    const refs = [...JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name as string);
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((name) => !Object.hasOwn(schema.definitions ?? {}, name))).toEqual([]);
  });

  it('marks secrets, and never hints at what Secret is', () => {
    const text = JSON.stringify(jsonSchema(new ExtensionRegistry(builtIns)).definitions?.['authenticator-token']);
    expect(text).toContain('"writeOnly":true');
    expect(text).not.toContain('"secret":true');
  });
});

describe('the schema of the file', () => {
  it('describes every key', () => {
    const { definitions = {}, ...root } = rawJsonSchema(new ExtensionRegistry(builtIns));
    const bare = [...undescribed(root, []), ...Object.entries(definitions).flatMap(([name, schema]) => undescribed(schema, [name]))];
    expect(bare.map((path) => path.join('.')).filter((path) => !path.endsWith('use'))).toEqual([]);
  });

  it('is what editors are given in docs', () => {
    const written = JSON.parse(readFileSync(new URL('../../docs/gateway.schema.json', import.meta.url), 'utf8')) as JsonSchema;
    expect(Object.keys(written.properties ?? {})).toEqual(Object.keys(jsonSchema(new ExtensionRegistry(builtIns)).properties ?? {}));
  });
});

function undescribed(schema: JsonSchema, path: readonly string[]): readonly (readonly string[])[] {
  const properties = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    ...(inner.description === undefined ? [[...path, key]] : []), ...undescribed(inner, [...path, key]),
  ]);
  const below = [...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []), ...(schema.items ? [schema.items] : []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [...properties, ...below.flatMap((inner) => undescribed(inner, path))];
}
