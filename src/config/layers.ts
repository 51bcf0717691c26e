import type { Layer } from './inherit.js';
import { child, nodeAt, type MapNode, type Node } from './nodes.js';
import { startOf, type Place } from './place.js';
import { splitList } from './schema/values.js';
import { ENDPOINT_KINDS, type EndpointKind } from './schema/endpoints.js';

/** Where the built-in endpoints are when the file does not say; what is not here is nowhere then. */
const MOUNTS: Readonly<Partial<Record<EndpointKind, readonly string[]>>> = {
  health: ['/health'], live: ['/health/live'], ready: ['/health/ready'], services: ['/health/services'],
  service: ['/health/services/:service'], metrics: ['/metrics'], info: ['/gateway/info'], docs: ['/docs'], redoc: ['/redoc'],
  openapi: ['/openapi.json', '/openapi.yaml'],
};

/** Where the key set is, of a gateway that has one. */
const JWKS = '/.well-known/jwks.json';

/** What a route inherits, outermost first. */
export function routeLayers(root: MapNode, name: string): readonly Layer[] {
  const route = nodeAt(root, ['routes', name]);
  return [{ name: 'defaults', node: child(root, 'defaults') }, ...policyLayers(root, route), { name: `routes.${name}`, node: route }];
}

/** What an endpoint inherits, outermost first: unlike a route it is open and mounted unless something says otherwise. */
export function endpointLayers(root: MapNode, name: string): readonly Layer[] {
  const endpoint = nodeAt(root, ['endpoints', name]);
  const own = [...policyLayers(root, endpoint), { name: `endpoints.${name}`, node: endpoint }];
  // Who asks for a role wants a caller: the endpoint is no longer open by itself. Nor is the code of a plugin ever.
  const open = !own.some(({ node }) => child(node, 'authorize') !== undefined) && !servesPlugin(name, own);
  return [{ name: 'defaults', node: child(root, 'defaults') }, { name: 'default', node: builtIn(name, { open, mounts: mountsOf(root)[name as EndpointKind], place: startOf(root.place.source) }) }, ...own];
}

function servesPlugin(name: string, own: readonly Layer[]): boolean {
  const serve = own.map(({ node }) => child(node, 'serve')).findLast((node) => node !== undefined);
  return serve === undefined ? name === 'plugin' : serve.kind === 'scalar' && serve.value === 'plugin';
}

/** Every endpoint there is: those of the file that are not `off`, and the built-in ones it does not name. */
export function endpointNames(root: MapNode): readonly string[] {
  const written = child(root, 'endpoints');
  const named = written?.kind === 'map' ? [...written.entries.keys()] : [];
  return [...new Set([...Object.keys(mountsOf(root)), ...named])].filter((name) => {
    const node = child(written, name);
    return !(node?.kind === 'scalar' && node.value === 'off');
  });
}

/** Names in a list, wherever lists may also be text; what is not text is left out, the schema reports it. */
export function namesIn(node: Node | undefined): readonly { readonly name: string; readonly node: Node; readonly index: number | null }[] {
  if (node?.kind === 'list') {
    return node.items.flatMap((item, index) => (item.kind === 'scalar' && typeof item.value === 'string' && !item.broken ? [{ name: item.value, node: item, index }] : []));
  }
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.broken) return [];
  const list = splitList(node.value);
  return Array.isArray(list) ? list.flatMap((name) => (typeof name === 'string' ? [{ name, node, index: null }] : [])) : [];
}

function policyLayers(root: MapNode, node: Node | undefined): readonly Layer[] {
  return namesIn(child(node, 'use')).map(({ name }) => ({ name: `policies.${name}`, node: nodeAt(root, ['policies', name]) }));
}

function mountsOf(root: MapNode): Readonly<Partial<Record<EndpointKind, readonly string[]>>> {
  const { redoc, ...others } = MOUNTS;
  return { ...others, ...(redoc && showsDocs(root) ? { redoc } : {}), ...(publishesKeys(root) ? { jwks: [JWKS] } : {}) };
}

/** Whoever takes the one page away, or says who may see it, did not mean the document to be on the other. */
function showsDocs(root: MapNode): boolean {
  const docs = nodeAt(root, ['endpoints', 'docs']);
  return docs === undefined || (docs.kind === 'map' && [...docs.entries.keys()].every((key) => key === 'at'));
}

/** Whether the gateway has keys of its own that others may verify with. */
function publishesKeys(root: MapNode): boolean {
  const identity = child(root, 'identity');
  const algorithm = child(child(identity, 'signing'), 'algorithm');
  return identity?.kind === 'map' && !(algorithm?.kind === 'scalar' && String(algorithm.value).startsWith('HS'));
}

interface BuiltIn {
  readonly open: boolean;
  readonly mounts: readonly string[] | undefined;
  readonly place: Place;
}

function builtIn(name: string, { mounts, open, place }: BuiltIn): MapNode {
  const text = (value: string): Node => ({ kind: 'scalar', place, value, plain: true, from: 'text' });
  const entries: [string, Node][] = open ? [['authenticate', text('none')]] : [];
  if (ENDPOINT_KINDS.includes(name as EndpointKind)) entries.push(['serve', text(name)]);
  if (mounts) entries.push(['at', { kind: 'list', place, items: mounts.map(text) }]);
  return { kind: 'map', place, entries: new Map(entries.map(([key, node]) => [key, { keyPlace: place, node }])) };
}
