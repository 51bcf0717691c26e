import { acceptsNull, leavesOf, schemasBelow, type Schema } from './schema-walk.js';
import { isNull } from './node-values.js';
import { child, stamp, type Entry, type MapNode, type Node } from './nodes.js';

/**
 * Lays one layer of settings over another: maps merge, lists and scalars replace, `null` takes away what came before
 * (unless `null` means something there), and a choice of other code (`use:`) replaces the whole of the former one.
 */
function overlay(base: Node | undefined, over: Node, schemas: readonly Schema[]): Node {
  if (over.kind !== 'map') return over;
  const entries = new Map(base?.kind === 'map' && !(picksCode(schemas) && otherUse(base, over)) ? base.entries : []);
  for (const [key, entry] of over.entries) {
    const below = schemasBelow(schemas, key, over);
    if (isNull(entry.node) && below.length > 0 && !acceptsNull(below)) entries.delete(key);
    else entries.set(key, merged(entries.get(key), entry, below));
  }
  return { ...over, entries };
}

function merged(base: Entry | undefined, over: Entry, schemas: readonly Schema[]): Entry {
  return { keyPlace: over.keyPlace, node: overlay(base?.node, over.node, schemas) };
}

/** Whether `use` names code here; in a route it names policies. */
function picksCode(schemas: readonly Schema[]): boolean {
  return schemas.some((schema) => leavesOf(schema).objects.some(({ _zod }) => {
    const use = _zod.def.shape['use'];
    return use !== undefined && leavesOf(use).choices.length > 0;
  }));
}

function otherUse(base: MapNode, over: MapNode): boolean {
  const use = child(over, 'use');
  if (use?.kind !== 'scalar') return false;
  const former = child(base, 'use');
  return former?.kind !== 'scalar' || former.value !== use.value;
}

/** One layer of settings and what it is called. */
export interface Layer {
  readonly name: string;
  readonly node: Node | undefined;
}

/** The settings of one route or endpoint, from the outermost layer to what is written inline. */
export function inherit(layers: readonly Layer[], schema: Schema): MapNode | null {
  let result: Node | undefined;
  for (const { name, node } of layers) {
    if (node?.kind === 'map') result = overlay(result, stamp(node, name), [schema]);
  }
  return result?.kind === 'map' ? result : null;
}
