import { z } from 'zod';
import { defineTransform } from '#libs/kernel';
import { textOf } from './charset.js';
import { stringifyExact } from './exact-json.js';
import { compileFormat, formatShape } from './format.js';
import { putKey } from './json-path.js';
import { typedText } from './typed-text.js';
import { isXml } from './xml-message.js';
import { parseXml, type XmlElement } from './xml-tree.js';

const schema = z.strictObject({
  ...formatShape,
  root: z.enum(['keep', 'drop']).default('keep').describe('Whether the outermost element stays: `{ "users": { ... } }`, or only what is in it. Default: keep.'),
  attributes: z.string().nullable().default('@').describe('What stands before the names of attributes; `null` drops attributes. Default: @.'),
  text: z.string().min(1).default('#text').describe('Key of the text of an element that has more than text. Default: #text.'),
  lists: z.array(z.string().min(1)).default([]).describe('Elements that are lists even where there is one, by their path in the document, e.g. `users.user`. Others are lists where there are several.'),
  values: z.enum(['text', 'typed']).default('text').describe('`typed` makes numbers, booleans, and `null` of what is empty. Default: text.'),
  prefixes: z.enum(['keep', 'drop']).default('keep').describe('Whether `ns:` stays before names. Default: keep.'),
  depth: z.int().min(1).max(1_000).default(100).describe('Levels of elements allowed. Default: 100.'),
});

type Options = z.output<typeof schema>;

/**
 * Makes JSON of XML. Elements become keys, repeated ones lists; text alone is a text. XML with a document type is
 * refused, so nothing is ever expanded or fetched. Comments and instructions go.
 */
export const xmlToJson = defineTransform({
  name: 'xml-to-json',
  schema,
  create(options) {
    const listed = new Set(options.lists);
    const longest = Math.max(0, ...options.lists.map((path) => path.length));
    return compileFormat({
      name: 'xml-to-json', from: 'XML', takes: isXml, accept: ['application/xml', 'text/xml'], type: 'application/json',
      async convert(bytes, headers) {
        const element = await parseXml(textOf(bytes, headers), options.depth);
        const name = nameOf(element.name, options);
        const value = valueOf(element, name, { ...options, listed, longest });
        return stringifyExact(options.root === 'drop' ? value : single(name, value));
      },
    }, options);
  },
});

interface Mapping extends Options {
  readonly listed: ReadonlySet<string>;
  /** Length of the longest path in `listed`: no text is made of a longer one, for names may be as long as the document. */
  readonly longest: number;
}

/** @param path `null` where it is longer than any that counts. */
function valueOf({ attributes, children }: XmlElement, path: string | null, mapping: Mapping): unknown {
  const elements = children.filter((child) => typeof child !== 'string');
  const text = children.filter((child) => typeof child === 'string').join('');
  const scalar = (each: string): unknown => (mapping.values === 'typed' ? typedText(each.trim()) : each);
  const kept = mapping.attributes === null ? [] : attributes.filter(([name]) => !/^xmlns(?:$|:)/.test(name) || mapping.prefixes === 'keep');
  if (elements.length === 0 && kept.length === 0) return scalar(text);
  const fields: Record<string, unknown> = {};
  for (const [name, value] of kept) putKey(fields, `${mapping.attributes ?? ''}${nameOf(name, mapping)}`, scalar(value));
  for (const [name, values] of grouped(elements, path, mapping)) putKey(fields, name, values.length === 1 && !mapping.listed.has(below(path, name, mapping) ?? '') ? values[0] : values);
  if (text.trim() !== '') putKey(fields, mapping.text, scalar(elements.length > 0 ? text.trim() : text));
  return fields;
}

function below(path: string | null, name: string, { longest }: Mapping): string | null {
  return path === null || path.length + 1 + name.length > longest ? null : `${path}.${name}`;
}

function grouped(elements: readonly XmlElement[], path: string | null, mapping: Mapping): ReadonlyMap<string, readonly unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const element of elements) {
    const name = nameOf(element.name, mapping);
    const value = valueOf(element, below(path, name, mapping), mapping);
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}

function nameOf(name: string, { prefixes }: Options): string {
  return prefixes === 'drop' ? name.slice(name.indexOf(':') + 1) : name;
}

function single(name: string, value: unknown): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  putKey(fields, name, value);
  return fields;
}
