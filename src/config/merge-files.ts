import type { Issues } from './issues.js';
import { withEntry, type Entry, type MapNode, type Node } from './nodes.js';
import type { Place } from './place.js';

/** Sections whose entries have a name of their own; a name belongs to one file. */
const NAMED: ReadonlySet<string> = new Set(['authenticate', 'policies', 'services', 'routes', 'endpoints']);

/** Puts an included file into the tree: maps merge, `tests` follow each other, anything said twice is an issue. */
export function mergeFiles(base: MapNode, added: MapNode, issues: Issues): MapNode {
  return merge(base, added, [], issues);
}

function merge(base: MapNode, added: MapNode, path: readonly string[], issues: Issues): MapNode {
  let result = base;
  for (const [key, entry] of added.entries) {
    const present = result.entries.get(key);
    result = withEntry(result, key, present ? both(present, entry, [...path, key], issues) : entry);
  }
  return result;
}

function both(present: Entry, added: Entry, path: readonly string[], issues: Issues): Entry {
  const named = path.length === 2 && NAMED.has(path[0] as string);
  if (!named && present.node.kind === 'map' && added.node.kind === 'map') return { ...present, node: merge(present.node, added.node, path, issues) };
  if (path.length === 1 && path[0] === 'tests' && present.node.kind === 'list' && added.node.kind === 'list') {
    return { ...present, node: { ...present.node, items: [...present.node.items, ...added.node.items] } };
  }
  if (path.length === 1 && path[0] === 'version' && sameScalar(present.node, added.node)) return present;
  issues.add(added.keyPlace, path, `defined twice: also at ${shown(present.keyPlace)}`);
  return present;
}

function sameScalar(a: Node, b: Node): boolean {
  return a.kind === 'scalar' && b.kind === 'scalar' && a.value === b.value;
}

function shown({ source, line, column }: Place): string {
  return `${source.name}:${line}:${column}`;
}
