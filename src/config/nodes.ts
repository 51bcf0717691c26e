import type { Place } from './place.js';

/** The configuration as written, every value with its place. Nodes never change; merging makes new ones. */
export type Node = MapNode | ListNode | ScalarNode;

interface Written {
  readonly place: Place;
  /** What the value came through (`defaults`, `policies.staff`, ...), once inheritance put trees together. */
  readonly layer?: string;
}

export interface Entry {
  readonly keyPlace: Place;
  readonly node: Node;
}

export interface MapNode extends Written {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface ListNode extends Written {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface ScalarNode extends Written {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Written without quotes. */
  readonly plain: boolean;
  /** How the text came to be: as it stands in the file, from an environment variable, or from another file. */
  readonly from: 'text' | 'variable' | 'file';
  /** The whole scalar is one interpolation: it takes whatever type is asked for there. */
  readonly whole?: boolean;
  /** An issue was reported here already. */
  readonly broken?: boolean;
}

export function child(node: Node | undefined, key: PropertyKey): Node | undefined {
  if (node?.kind === 'map') return node.entries.get(String(key))?.node;
  if (node?.kind === 'list') return node.items[Number(key)];
  return undefined;
}

export function nodeAt(root: Node | undefined, path: readonly PropertyKey[]): Node | undefined {
  return path.reduce<Node | undefined>(child, root);
}

/** The nearest thing that is written at or above a path, and its place: that of the key for maps and lists. */
export function locate(root: Node, path: readonly PropertyKey[]): { readonly node: Node; readonly place: Place; readonly exact: boolean } {
  let node = root;
  let place = root.place;
  for (const part of path) {
    const next = child(node, part);
    if (!next) return { node, place, exact: false };
    place = next.kind === 'scalar' || node.kind !== 'map' ? next.place : (node.entries.get(String(part))?.keyPlace ?? next.place);
    node = next;
  }
  return { node, place, exact: true };
}

/** Entries of a map; none for anything else. */
export function entriesOf(node: Node | undefined): readonly (readonly [string, Entry])[] {
  return node?.kind === 'map' ? [...node.entries] : [];
}

export function withEntry(map: MapNode, key: string, entry: Entry | undefined): MapNode {
  const entries = new Map(map.entries);
  if (entry) entries.set(key, entry);
  else entries.delete(key);
  return { ...map, entries };
}

/** Marks every node of a tree with the layer it belongs to; what has one keeps it. */
export function stamp(node: Node, layer: string): Node {
  const marked = node.layer === undefined ? { layer } : {};
  if (node.kind === 'scalar') return { ...node, ...marked };
  if (node.kind === 'list') return { ...node, ...marked, items: node.items.map((item) => stamp(item, layer)) };
  return { ...node, ...marked, entries: new Map([...node.entries].map(([key, entry]) => [key, { ...entry, node: stamp(entry.node, layer) }])) };
}
