import type { Issues } from './issues.js';
import type { Node } from './nodes.js';
import { leavesOf, schemasBelow, type Schema } from './schema-walk.js';

/** Settings that name a file of ours may stand only in one: who may write elsewhere could read any file with them. */
export function checkFileSettings(root: Node, schema: Schema, issues: Issues): void {
  visit(root, [schema], []);

  function visit(node: Node, schemas: readonly Schema[], path: readonly (string | number)[]): void {
    if (node.kind === 'list') {
      const below = schemasBelow(schemas, 0, node);
      for (const [index, item] of node.items.entries()) visit(item, below, [...path, index]);
    } else if (node.kind === 'map') {
      for (const [key, entry] of node.entries) visit(entry.node, schemasBelow(schemas, key, node), [...path, key]);
    } else if (node.place.source.remote !== undefined && schemas.some((each) => leavesOf(each).files)) {
      issues.add(node.place, path, 'a file may be named only in a file: whoever may write this could read any file of the gateway with it');
    }
  }
}
