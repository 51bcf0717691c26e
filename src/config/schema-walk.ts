import { z } from 'zod';
import { child, type Node, type ScalarNode } from './nodes.js';

export type Schema = z.core.$ZodType;

/** What a value may be where several schemas meet: unions, optionals and pipes are opened. */
export interface Leaves {
  readonly objects: readonly z.core.$ZodObject[];
  readonly records: readonly z.core.$ZodRecord[];
  readonly lists: readonly z.core.$ZodArray[];
  /** Closed choices of single values. */
  readonly choices: readonly (string | number | boolean | null)[];
  /** Names of measures: `duration`, `size`, `percentage`. */
  readonly measures: readonly string[];
  /** Whether a text names a file that the gateway reads. */
  readonly files: boolean;
  readonly kinds: ReadonlySet<'string' | 'number' | 'boolean' | 'null' | 'map' | 'list' | 'any'>;
}

const known = new WeakMap<Schema, Leaves>();

export function leavesOf(schema: Schema): Leaves {
  let leaves = known.get(schema);
  if (!leaves) {
    const builder = { objects: [], records: [], lists: [], choices: [], measures: [], files: false, kinds: new Set() } satisfies Leaves;
    open(schema, builder as Builder);
    leaves = builder;
    known.set(schema, leaves);
  }
  return leaves;
}

interface Builder {
  objects: z.core.$ZodObject[];
  records: z.core.$ZodRecord[];
  lists: z.core.$ZodArray[];
  choices: (string | number | boolean | null)[];
  measures: string[];
  files: boolean;
  kinds: Set<'string' | 'number' | 'boolean' | 'null' | 'map' | 'list' | 'any'>;
}

function open(schema: Schema, into: Builder): void {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': into.objects.push(schema as z.core.$ZodObject); into.kinds.add('map'); return;
    case 'record': into.records.push(schema as z.core.$ZodRecord); into.kinds.add('map'); return;
    case 'array': into.lists.push(schema as z.core.$ZodArray); into.kinds.add('list'); return;
    case 'union': for (const option of def.options) open(option, into); return;
    case 'intersection': open(def.left, into); open(def.right, into); return;
    case 'nullable': into.kinds.add('null'); open(def.innerType, into); return;
    case 'optional': case 'default': case 'prefault': case 'readonly': case 'catch': case 'nonoptional': open(def.innerType, into); return;
    // What is written goes in at the front, unless the front only prepares it (`listOf`).
    case 'pipe': open(isTransform(def.in) ? def.out : def.in, into); return;
    case 'lazy': open(def.getter(), into); return;
    case 'literal': for (const value of def.values) choose(value as string, into); return;
    case 'enum': for (const value of Object.values(def.entries)) choose(value, into); return;
    case 'string': case 'template_literal': text(schema, into); return;
    case 'number': case 'bigint': into.kinds.add('number'); return;
    case 'boolean': case 'null': into.kinds.add(def.type); return;
    default: into.kinds.add('any');
  }
}

const MEASURES: readonly unknown[] = ['duration', 'size', 'percentage'];

function text(schema: Schema, into: Builder): void {
  into.kinds.add('string');
  const { title, file } = z.globalRegistry.get(schema) ?? {};
  if (file === true) into.files = true;
  if (title !== undefined && MEASURES.includes(title)) into.measures.push(title);
}

function isTransform(schema: Schema): boolean {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'transform';
}

function choose(value: string | number | boolean | null, into: Builder): void {
  into.choices.push(value);
  if (value === null) into.kinds.add('null');
  else into.kinds.add(typeof value as 'string');
}

/** What may stand below a key; `node`, where there is one, narrows a choice by `use`. */
export function schemasBelow(schemas: readonly Schema[], key: PropertyKey, node?: Node): readonly Schema[] {
  return schemas.flatMap((schema) => {
    const { objects, records, lists } = leavesOf(schema);
    if (typeof key === 'number' || node?.kind === 'list') return lists.map(({ _zod }) => _zod.def.element);
    const shapes = fitting(objects, node).flatMap(({ _zod }) => (Object.hasOwn(_zod.def.shape, key) ? [_zod.def.shape[String(key)] as Schema] : []));
    return [...shapes, ...records.map(({ _zod }) => _zod.def.valueType)];
  });
}

/** The schemas of a path; `root` is what is written there. */
export function schemasAt(schema: Schema, path: readonly PropertyKey[], root?: Node): readonly Schema[] {
  let schemas: readonly Schema[] = [schema];
  let node = root;
  for (const key of path) {
    schemas = schemasBelow(schemas, key, node);
    node = child(node, key);
  }
  return schemas;
}

/** The names allowed in a map. */
export function keysOf(schemas: readonly Schema[], node?: Node): readonly string[] {
  return [...new Set(schemas.flatMap((schema) => fitting(leavesOf(schema).objects, node).flatMap(({ _zod }) => Object.keys(_zod.def.shape))))];
}

/** Of several object schemas those whose `use` is the one written, if any is. */
function fitting(objects: readonly z.core.$ZodObject[], node: Node | undefined): readonly z.core.$ZodObject[] {
  const use = child(node, 'use');
  if (use?.kind !== 'scalar') return objects;
  const fit = objects.filter(({ _zod }) => {
    const named = _zod.def.shape['use'];
    return named !== undefined && leavesOf(named).choices.includes(use.value);
  });
  return fit.length > 0 ? fit : objects;
}

export function acceptsNull(schemas: readonly Schema[]): boolean {
  return schemas.some((schema) => leavesOf(schema).kinds.has('null') || leavesOf(schema).kinds.has('any'));
}

/** The value of a scalar, an interpolated one read as the type that is asked for. */
export function readScalar(node: ScalarNode, schemas: readonly Schema[]): ScalarNode['value'] {
  if (!node.whole || typeof node.value !== 'string') return node.value;
  const typed = readCore(node.value);
  if (typeof typed === 'string') return typed;
  const wanted = typed === null ? 'null' : typeof typed as 'number' | 'boolean';
  const fits = schemas.some((schema) => leavesOf(schema).kinds.has(wanted) || (node.plain && leavesOf(schema).kinds.has('any')));
  // Where a text may stand too, `+20` is one: so many more.
  const signed = node.value.startsWith('+') && schemas.some((schema) => leavesOf(schema).kinds.has('string'));
  return fits && !signed ? typed : node.value;
}

/** YAML 1.2 core schema (10.3.2): what a plain scalar stands for. */
function readCore(text: string): string | number | boolean | null {
  if (/^(?:null|Null|NULL|~)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text) || /^0o[0-7]+$/.test(text)) return Number(text);
  return text;
}
