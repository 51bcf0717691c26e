import type { Environment } from './interpolate.js';
import type { Issues } from './issues.js';
import { nearestName } from './nearest-name.js';
import { child, withEntry, type MapNode, type Node, type ScalarNode } from './nodes.js';
import type { Place } from './place.js';
import { keysOf, leavesOf, schemasBelow, type Schema } from './schema-walk.js';
import { ENDPOINT_KINDS } from './schema/index.js';

const PREFIX = 'PASSERELLE__';

/** Lays `PASSERELLE__SERVER__PORT=9000` and its like over the tree. Unknown names are issues. */
export function applyEnvironment(root: MapNode, schema: Schema, env: Environment, issues: Issues): MapNode {
  let result = root;
  for (const name of Object.keys(env).filter((key) => key.toUpperCase().startsWith(PREFIX)).sort()) {
    const text = env[name];
    if (text === undefined) continue;
    const place: Place = { source: { name, folder: root.place.source.folder }, line: 0, column: 0 };
    const found = resolvePath(result, schema, name.slice(PREFIX.length).split('__'));
    if ('unknown' in found) issues.add(place, found.path, { message: `there is no setting "${found.unknown}"`, ...found.hint });
    else result = set(result, found.path, { kind: 'scalar', place, layer: 'environment', value: text, plain: true, from: 'variable', whole: true }) as MapNode;
  }
  return result;
}

type Found =
  | { readonly path: readonly string[] }
  | { readonly path: readonly string[]; readonly unknown: string; readonly hint: { readonly suggestion?: string; readonly allowed?: readonly string[] } };

/** Segments to keys, case and separators aside: `FIRST_BYTE` and `FIRSTBYTE` are both `firstByte`. */
function resolvePath(root: MapNode, schema: Schema, segments: readonly string[]): Found {
  const found: string[] = [];
  let schemas: readonly Schema[] = [schema];
  let node: Node | undefined = root;
  for (const segment of segments) {
    const candidates = candidatesIn(schemas, node, found);
    const key = candidates.find((candidate) => plain(candidate) === plain(segment));
    if (key === undefined) {
      const suggestion = nearestName(segment, candidates);
      return { path: found, unknown: segment, hint: { ...(suggestion === undefined ? {} : { suggestion }), ...(candidates.length > 0 ? { allowed: candidates } : {}) } };
    }
    schemas = schemasBelow(schemas, key, node);
    node = child(node, key);
    found.push(key);
  }
  return { path: found };
}

function candidatesIn(schemas: readonly Schema[], node: Node | undefined, path: readonly string[]): readonly string[] {
  if (node?.kind === 'list') return node.items.map((_, index) => String(index));
  const named = node?.kind === 'map' && schemas.some((schema) => leavesOf(schema).records.length > 0) ? [...node.entries.keys()] : [];
  return [...keysOf(schemas, node), ...named, ...(path.length === 1 && path[0] === 'endpoints' ? ENDPOINT_KINDS : [])];
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_.]/g, '');
}

function set(node: Node | undefined, path: readonly string[], value: ScalarNode): Node {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (node?.kind === 'list') {
    return { ...node, items: node.items.map((item, index) => (String(index) === key ? set(item, rest, value) : item)) };
  }
  const map: MapNode = node?.kind === 'map' ? node : { kind: 'map', place: value.place, entries: new Map() };
  return withEntry(map, key, { keyPlace: map.entries.get(key)?.keyPlace ?? value.place, node: set(map.entries.get(key)?.node, rest, value) });
}
