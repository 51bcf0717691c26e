import type { Origin } from './gateway-config.js';
import { isNull } from './node-values.js';
import { locate, type MapNode, type Node } from './nodes.js';

/** What was written for the effective configuration, and where: the file's tree, routes and endpoints after inheritance. */
export interface Written {
  readonly root: MapNode;
  readonly defaults: MapNode;
  readonly routes: ReadonlyMap<string, MapNode>;
  readonly endpoints: ReadonlyMap<string, MapNode>;
}

/** The node behind a path of the effective configuration; `null` when nobody wrote that value. */
export function writtenAt(written: Written, at: readonly (string | number)[]): Node | null {
  const tree = treeOf(written, at);
  if (!tree) return null;
  const { node, exact } = locate(tree.node, tree.rest);
  // A list written as one text has its items there.
  const listText = !exact && node.kind === 'scalar' && typeof at.at(-1) === 'number';
  return (exact || listText) && !isNull(node) ? node : null;
}

function treeOf(written: Written, at: readonly (string | number)[]): { readonly node: MapNode; readonly rest: readonly (string | number)[] } | null {
  const [section, name, ...rest] = at;
  if (section === 'defaults') return { node: written.defaults, rest: at.slice(1) };
  const merged = section === 'routes' ? written.routes : section === 'endpoints' ? written.endpoints : null;
  if (!merged || name === undefined) return { node: written.root, rest: at };
  const node = merged.get(String(name));
  return node ? { node, rest } : null;
}

export function originOf(written: Written, at: readonly (string | number)[]): Origin {
  const node = writtenAt(written, at);
  if (!node || node.layer === 'default') return { file: '', line: 0, layer: 'default' };
  return { file: node.place.source.name, line: node.place.line, layer: node.layer ?? layerOf(at) };
}

function layerOf(at: readonly (string | number)[]): string {
  return at[0] === 'services' || at[0] === 'authenticate' ? `${at[0]}.${String(at[1] ?? '')}`.replace(/\.$/, '') : 'file';
}

