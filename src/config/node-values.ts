import type { Node } from './nodes.js';
import { acceptsNull, leavesOf, readScalar, schemasBelow, type Schema } from './schema-walk.js';

/**
 * The plain value of a tree, for validation. Interpolated texts become what the schema asks for; an empty or `null`
 * setting counts as not written where the schema knows no `null`.
 */
export function valueOf(node: Node, schemas: readonly Schema[]): unknown {
  if (node.kind === 'scalar') return readScalar(node, schemas);
  if (node.kind === 'list') {
    const below = schemasBelow(schemas, 0, node);
    return node.items.map((item) => valueOf(item, below));
  }
  const value: Record<string, unknown> = {};
  for (const [key, entry] of node.entries) {
    const below = schemasBelow(schemas, key, node);
    if (isNull(entry.node) && isSetting(schemas, key, below)) continue;
    value[key] = valueOf(entry.node, below);
  }
  return value;
}

/** Whether a node is `null`, or a key with nothing behind it. */
export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** A fixed key whose values are never `null`; an entry of a map by name is not, dropping it would lose something. */
function isSetting(schemas: readonly Schema[], key: string, below: readonly Schema[]): boolean {
  return below.length > 0 && !acceptsNull(below)
    && schemas.some((schema) => leavesOf(schema).objects.some(({ _zod }) => Object.hasOwn(_zod.def.shape, key)));
}
