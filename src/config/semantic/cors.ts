import { namesIn } from '../layers.js';
import { child, locate, nodeAt, type MapNode } from '../nodes.js';
import type { Facts } from './facts.js';

/** Credentials for any origin would let every site act for the user. */
export function checkCors({ resolved, issues }: Facts): void {
  for (const [section, nodes] of [['routes', resolved.written.routes], ['endpoints', resolved.written.endpoints]] as const) {
    for (const [name, node] of nodes) {
      if (!anyOriginWithCredentials(node)) continue;
      issues.add(locate(node, ['cors', 'credentials']).place, [section, name, 'cors', 'credentials'], 'credentials need origins by name: with `*` every site could act for the user');
    }
  }
}

function anyOriginWithCredentials(node: MapNode): boolean {
  const credentials = nodeAt(node, ['cors', 'credentials']);
  if (credentials?.kind !== 'scalar' || String(credentials.value) !== 'true') return false;
  return namesIn(child(child(node, 'cors'), 'origins')).some(({ name }) => name === '*');
}
