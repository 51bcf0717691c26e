import { child, locate, type MapNode, type Node } from '../nodes.js';
import type { EndpointKind } from '../schema/endpoints.js';
import { namesOf, type Facts } from './facts.js';

/** Endpoints that tell or do what is not everybody's business. */
const GUARDED: ReadonlySet<EndpointKind | undefined> = new Set<EndpointKind>(['admin', 'analytics']);

/** Nobody is locked out, let in or left unchecked by what two settings say together. */
export function checkAccess(facts: Facts): void {
  const { root, resolved } = facts;
  const some = namesOf(root, 'authenticate').length > 0;
  for (const [section, nodes] of [['routes', resolved.written.routes], ['endpoints', resolved.written.endpoints]] as const) {
    for (const [name, node] of nodes) {
      if (section === 'endpoints' && GUARDED.has(resolved.endpoints.get(name)?.serve)) checkAdmin(node, [section, name], facts);
      if (isPublic(node)) checkPublic(node, [section, name], facts);
      else if (!some) {
        const place = section === 'routes' ? locate(root, ['routes', name]).place : node.place;
        facts.issues.add(place, [section, name], 'nobody could call this: the file has no authenticators. Define one under `authenticate:`, or make it public with `authenticate: none`');
      }
    }
  }
  const unmatched = locate(root, ['unmatched', 'unauthenticated']);
  if (!some && unmatched.exact && unmatched.node.kind === 'scalar' && Number(unmatched.node.value) === 401) {
    facts.issues.add(unmatched.place, ['unmatched', 'unauthenticated'], '401 needs an authenticator; the file has none');
  }
}

/** Whoever may call it can take services out, or learns who calls what. */
function checkAdmin(node: MapNode, path: readonly string[], { issues }: Facts): void {
  const authorize = child(node, 'authorize');
  if (!isPublic(node) && authorize && authorize.layer !== 'defaults') return;
  issues.add(node.place, path, 'this must say by itself who may call it, such as `authorize: { roles: [admin] }`');
}

export function isPublic(node: MapNode): boolean {
  const authenticate = child(node, 'authenticate');
  return authenticate?.kind === 'scalar' && authenticate.value === 'none';
}

/** A role asked for where nobody is asked who they are would never be looked at. What `defaults` ask is for the others. */
function checkPublic(node: MapNode, path: readonly string[], { issues }: Facts): void {
  const authorize = child(node, 'authorize');
  if (!authorize || isAny(authorize) || authorize.layer === 'defaults') return;
  issues.add(locate(node, ['authorize']).place, [...path, 'authorize'], 'this would never be checked, for `authenticate` is `none` here; name authenticators, or take it out');
}

function isAny(node: Node): boolean {
  return node.kind === 'scalar' && node.value === 'any';
}
