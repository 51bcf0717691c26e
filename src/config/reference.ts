import type { ExtensionRegistry } from '#libs/kernel';
import { rawJsonSchema, type JsonSchema } from './json-schema.js';
import { typeText } from './reference-types.js';

const KINDS = [
  ['authenticator', 'Authenticators', 'Under `authenticate:`, by a name of their own.'],
  ['balancer', 'Balancers', 'Under `balance:` of a service.'],
  ['discovery', 'Discoveries', 'Under `discover:` of a service; [Discovery](operations/discovery.md) tells how they behave.'],
  ['guard', 'Guards', 'In the list `guards:`.'],
  ['interceptor', 'Interceptors', 'In the list `interceptors:`.'],
  ['transform', 'Transforms', 'In the list `transform:`.'],
] as const;

/** The keys of the file, every one with type, default and meaning, as Markdown; written from the schema. */
export function referencePage(extensions: ExtensionRegistry): string {
  const schema = rawJsonSchema(extensions);
  const { defaults, ...sections } = schema.properties ?? {};
  const settings = new Set(Object.keys(defaults?.properties ?? {}));
  return [
    ...Object.entries(sections).map(([key, section]) => sectionText(key, section, settings)),
    settingsText(defaults ?? {}),
    ...KINDS.map(([kind, title, where]) => kindText({ title, where, definitions: definitionsOf(schema, kind) })),
  ].join('\n\n');
}

function definitionsOf({ definitions = {} }: JsonSchema, kind: string): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(definitions).filter(([name]) => name.startsWith(`${kind}-`)).map(([name, schema]) => [name.slice(kind.length + 1), schema]);
}

function sectionText(key: string, section: JsonSchema, settings: ReadonlySet<string>): string {
  const entry = typeof section.additionalProperties === 'object' ? section.additionalProperties : null;
  const own = entry ?? section;
  const hidden = entry ? settings : new Set<string>();
  const rows = rowsBelow(own, '', hidden);
  const more = objectsIn(own).some(({ properties = {} }) => [...settings].every((name) => name in properties));
  const intro = [section.description ?? '', ...(more ? ['Takes every [setting](#settings) besides.'] : [])].filter((text) => text !== '').join(' ');
  return [`## ${key}`, intro, ...(rows.length > 0 ? [table(rows)] : more ? [] : [typeLine(section)])].filter((text) => text !== '').join('\n\n');
}

function typeLine(section: JsonSchema): string {
  return `Type: ${typeText(section)}.`;
}

function settingsText(defaults: JsonSchema): string {
  const parts = Object.entries(defaults.properties ?? {}).map(([key, schema]) => {
    const rows = rowsBelow(schema, '', new Set());
    return [`### ${key}`, meaning(schema), `Type: ${typeText(schema)}.${defaultLine(schema)}`, ...(rows.length > 0 ? [table(rows)] : [])].join('\n\n');
  });
  return ['## Settings', 'What `defaults`, policies, routes and endpoints may say.', ...parts].join('\n\n');
}

interface KindPage {
  readonly title: string;
  readonly where: string;
  readonly definitions: readonly (readonly [string, JsonSchema])[];
}

function kindText({ title, where, definitions }: KindPage): string {
  const parts = definitions.map(([name, schema]) => {
    const rows = rowsBelow(schema, '', new Set(['use']));
    return [`### use: ${name}`, schema.description ?? '', rows.length > 0 ? table(rows) : 'No options.'].filter((text) => text !== '').join('\n\n');
  });
  return [`## ${title}`, where, ...(parts.length > 0 ? parts : ['None is in the box; plugins bring them.'])].join('\n\n');
}

interface Row {
  readonly key: string;
  readonly schema: JsonSchema;
}

/** Every key below a schema, nested ones with dots. */
function rowsBelow(schema: JsonSchema, prefix: string, hidden: ReadonlySet<string>): readonly Row[] {
  const seen = new Set<string>();
  return objectsIn(schema).flatMap(({ properties = {}, additionalProperties, 'x-key': path = '' }) => {
    const fixed = Object.entries(properties).filter(([key, inner]) => !hidden.has(key) && inner['not'] === undefined).flatMap(([key, inner]) => {
      const at = `${prefix}${String(path)}${key}`;
      if (seen.has(at)) return [];
      seen.add(at);
      return [{ key: at, schema: inner }, ...rowsBelow(inner, `${at}.`, new Set())];
    });
    const named = typeof additionalProperties === 'object' ? rowsBelow(additionalProperties, `${prefix}${String(path)}<name>.`, new Set()) : [];
    return [...fixed, ...named];
  });
}

/** The maps a value may be: itself, one of its alternatives, or what its list holds. */
function objectsIn(schema: JsonSchema, path = ''): readonly JsonSchema[] {
  if (schema.$ref !== undefined) return [];
  if (schema.type === 'object') return [{ ...schema, 'x-key': path }];
  if (schema.items) return objectsIn(schema.items, `${path}[].`);
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((option) => objectsIn(option, path));
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ key, schema }) =>
    `| \`${key.replace('.[].', '[].')}\` | ${cell(typeText(schema))} | ${cell(defaultText(schema))} | ${cell(meaning(schema))} |`);
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

/** The default has a column of its own; alternatives that say something are told after the whole. */
function meaning(schema: JsonSchema): string {
  const { anyOf = [] } = schema;
  const options = anyOf.filter((option) => option.description !== undefined && (option.const !== undefined || option.type === 'object' || option.type === 'array'));
  const told = options.map((option) => (option.const === undefined ? (option.description as string) : `\`${String(option.const as string)}\`: ${option.description as string}`));
  return [withoutDefault(schema), ...told].filter((text) => text !== '').join(' ');
}

function withoutDefault({ description = '', default: value }: JsonSchema): string {
  return value === undefined ? description : description.replace(/(?:^| )Default: [^.:;,]+\.(?=$| Danger)/, '');
}

function defaultText({ default: value }: JsonSchema): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return `\`${value}\``;
  return `\`${JSON.stringify(value)}\``;
}

function defaultLine(schema: JsonSchema): string {
  const text = defaultText(schema);
  return text === '' ? '' : ` Default: ${text}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
