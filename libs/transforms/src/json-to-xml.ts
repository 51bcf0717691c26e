import { z } from 'zod';
import { defineTransform } from '#libs/kernel';
import { isContainer, parseExact, scalarText } from './exact-json.js';
import { compileFormat, formatShape } from './format.js';
import { isJson, isUtf8 } from './json-message.js';
import { Room } from './room.js';
import { Unreadable } from './unreadable.js';

const xmlName = z.string().regex(/^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/, { error: 'expected the name of an XML element' });

const schema = z.strictObject({
  ...formatShape,
  root: xmlName.optional().describe('Outermost element. Default: the only key of the body, where it has one that is no list; else `root`.'),
  item: xmlName.default('item').describe('Element for each item of a list that has no key of its own. Default: item.'),
  attributes: z.string().min(1).nullable().default('@').describe('Keys that begin like this are attributes; `null` for none. Default: @.'),
  text: z.string().min(1).default('#text').describe('Key whose value is the text of the element. Default: #text.'),
  depth: z.int().min(1).max(1_000).default(100).describe('Levels of objects and lists allowed. Default: 100.'),
});

interface Options extends z.output<typeof schema> {
  readonly room: Room;
}

/** Makes XML of JSON: keys become elements, lists repeat them, `null` is an empty one. What no XML can hold is replaced. */
export const jsonToXml = defineTransform({
  name: 'json-to-xml',
  schema,
  create: (options) => compileFormat({
    name: 'json-to-xml', from: 'JSON', takes: isJson, readable: isUtf8, accept: ['application/json'], type: 'application/xml; charset=utf-8',
    convert: (bytes) => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${documentOf(parseExact(bytes), { ...options, room: new Room(options.max) })}`),
  }, options),
});

function documentOf(value: unknown, options: Options): string {
  if (options.root === undefined && isContainer(value) && !Array.isArray(value)) {
    const [only, ...others] = Object.keys(value);
    const attribute = only !== undefined && options.attributes !== null && only.startsWith(options.attributes);
    if (only !== undefined && others.length === 0 && only !== options.text && !attribute && !Array.isArray(value[only])) return element(only, value[only], 1, options);
  }
  const root = options.root ?? 'root';
  return Array.isArray(value) ? `<${root}>${items(value, options.item, 2, options)}</${root}>` : element(root, value, 1, options);
}

function element(key: string, value: unknown, depth: number, options: Options): string {
  if (depth > options.depth) throw new Unreadable(`The body is nested more than ${options.depth} levels deep`);
  if (Array.isArray(value)) return items(value, key, depth, options);
  options.room.take(key.length * 2);
  const name = nameFor(key);
  if (!isContainer(value)) return value === null ? `<${name}/>` : `<${name}>${escaped(scalarText(value))}</${name}>`;
  const attributes = new Map<string, string>();
  let inner = '';
  for (const [field, below] of Object.entries(value)) {
    const scalar = !isContainer(below);
    if (options.attributes !== null && field.startsWith(options.attributes) && scalar) putAttribute(attributes, nameFor(field.slice(options.attributes.length)), below);
    else if (field === options.text && scalar) inner += below === null ? '' : escaped(scalarText(below));
    else inner += element(field, below, depth + 1, options);
  }
  const head = [...attributes].map(([attribute, text]) => ` ${attribute}="${text}"`).join('');
  return inner === '' ? `<${name}${head}/>` : `<${name}${head}>${inner}</${name}>`;
}

/** XML 1.0 3.1: a name stands once; 3.3.3: line ends and tabs stay what they are as references only. */
function putAttribute(attributes: Map<string, string>, name: string, value: unknown): void {
  if (value === null) return;
  if (attributes.has(name)) throw new Unreadable(`Two attributes of an element would be called ${name}`);
  attributes.set(name, escaped(scalarText(value)).replaceAll(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`));
}

/** A list in a list has no key: its items get an element of their own. */
function items(list: readonly unknown[], key: string, depth: number, options: Options): string {
  return list.map((item) => element(key, Array.isArray(item) ? { [options.item]: item } : item, depth + 1, options)).join('');
}

const QUALIFIED = /^[A-Za-z_][\w.-]*:[A-Za-z_][\w.-]*$/;

/** XML 1.0 2.3, ASCII only: what cannot stand in a name becomes `_`. Namespaces in XML 4: a colon stands behind a prefix. */
function nameFor(key: string): string {
  if (QUALIFIED.test(key)) return key;
  const name = key.replaceAll(/[^\w.-]/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', '\r': '&#13;' };

/** XML 1.0 2.2: most control characters cannot stand in a document in any form. */
function escaped(text: string): string {
  return text.toWellFormed().replaceAll(/[<>&"\r]/g, (character) => ESCAPES[character] as string).replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
