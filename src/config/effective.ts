import type { z } from 'zod';
import type { ExtensionRegistry } from '#libs/kernel';
import { deepFreeze } from './freeze.js';
import type { GatewayConfig } from './gateway-config.js';
import { hashOf } from './hash.js';
import { inherit } from './inherit.js';
import type { Issues } from './issues.js';
import { endpointLayers, endpointNames, routeLayers } from './layers.js';
import { valueOf } from './node-values.js';
import { child, entriesOf, type MapNode } from './nodes.js';
import { originOf, type Written } from './origins.js';
import { remember } from './provenance.js';
import { endpointSchema, fileSchema, routeSchema, type EndpointConfig, type EndpointKind, type GatewayFile, type RouteConfig, type RouteSettings } from './schema/index.js';
import { settingsSchema } from './schema/settings.js';
import { ENDPOINT_KINDS } from './schema/endpoints.js';
import { reportZodIssues } from './zod-issues.js';

/** Everything the three schemas of a file and its extensions are needed for. */
export interface Schemas {
  readonly file: ReturnType<typeof fileSchema>;
  readonly route: ReturnType<typeof routeSchema>;
  readonly endpoint: ReturnType<typeof endpointSchema>;
  readonly settings: ReturnType<typeof settingsSchema>;
}

export function schemasFor(extensions: ExtensionRegistry): Schemas {
  return { file: fileSchema(extensions), route: routeSchema(extensions), endpoint: endpointSchema(extensions), settings: settingsSchema(extensions) };
}

/** What a file says once inheritance is resolved; parts that are not valid are left out, with issues. */
export interface Resolved {
  readonly written: Written;
  readonly file: GatewayFile | null;
  readonly defaults: RouteSettings | null;
  readonly routes: ReadonlyMap<string, RouteConfig>;
  readonly endpoints: ReadonlyMap<string, EndpointConfig & { readonly serve: EndpointKind }>;
}

const LAYERED: ReadonlySet<PropertyKey> = new Set(['defaults', 'policies', 'routes', 'endpoints']);

export function resolve(root: MapNode, schemas: Schemas, issues: Issues): Resolved {
  const parsed = schemas.file.safeParse(valueOf(root, [schemas.file]), { reportInput: true });
  // A layer may be incomplete: what it lacks is asked for where the layers meet.
  const mayCome = (path: readonly PropertyKey[]): boolean => LAYERED.has(path[0] as string) && path.length > 1;
  if (!parsed.success) reportZodIssues(parsed.error.issues, { schema: schemas.file, node: root, at: [] }, { issues, mayCome });
  const written = { root, defaults: mergedDefaults(root, schemas), routes: mergedRoutes(root, schemas), endpoints: mergedEndpoints(root, schemas) };
  return {
    written,
    file: parsed.success ? parsed.data : null,
    defaults: parseAll('defaults', new Map([['', written.defaults]]), schemas.settings, issues).get('') ?? null,
    routes: parseAll('routes', written.routes, schemas.route, issues),
    endpoints: withServe(parseAll('endpoints', written.endpoints, schemas.endpoint, issues), written, issues),
  };
}

function mergedDefaults(root: MapNode, { settings }: Schemas): MapNode {
  return inherit([{ name: 'defaults', node: child(root, 'defaults') }], settings) ?? { kind: 'map', place: root.place, entries: new Map() };
}

function mergedRoutes(root: MapNode, { route }: Schemas): ReadonlyMap<string, MapNode> {
  return merge(entriesOf(child(root, 'routes')).filter(([, { node }]) => node.kind === 'map').map(([name]) => name), (name) => inherit(routeLayers(root, name), route));
}

function mergedEndpoints(root: MapNode, { endpoint }: Schemas): ReadonlyMap<string, MapNode> {
  return merge(endpointNames(root), (name) => inherit(endpointLayers(root, name), endpoint));
}

function merge(names: readonly string[], build: (name: string) => MapNode | null): ReadonlyMap<string, MapNode> {
  return new Map(names.flatMap((name) => {
    const node = build(name);
    return node ? [[name, node] as const] : [];
  }));
}

function parseAll<S extends z.ZodType>(section: string, nodes: ReadonlyMap<string, MapNode>, schema: S, issues: Issues): ReadonlyMap<string, z.output<S>> {
  const results = new Map<string, z.output<S>>();
  for (const [name, node] of nodes) {
    const parsed = schema.safeParse(valueOf(node, [schema]), { reportInput: true });
    if (parsed.success) results.set(name, parsed.data);
    else reportZodIssues(parsed.error.issues, { schema, node, at: name === '' ? [section] : [section, name] }, { issues });
  }
  return results;
}

function withServe(endpoints: ReadonlyMap<string, EndpointConfig>, { endpoints: nodes }: Written, issues: Issues): Resolved['endpoints'] {
  const results = new Map<string, EndpointConfig & { readonly serve: EndpointKind }>();
  for (const [name, endpoint] of endpoints) {
    const { serve } = endpoint;
    if (serve) results.set(name, { ...endpoint, serve });
    else issues.add((nodes.get(name) as MapNode).place, ['endpoints', name], { message: 'missing: serve, the built-in that answers here', allowed: ENDPOINT_KINDS });
  }
  return results;
}

export type Complete = Resolved & { readonly file: GatewayFile; readonly defaults: RouteSettings };

export function isComplete(resolved: Resolved): resolved is Complete {
  return resolved.file !== null && resolved.defaults !== null;
}

/** The effective configuration of a file without mistakes. */
export function effectiveConfig(file: string, resolved: Complete, schemas: Schemas): GatewayConfig {
  const { version: _version, include: _include, defaults: _defaults, policies: _policies, ...rest } = resolved.file;
  const everyone = Object.keys(rest.authenticate);
  const values = {
    ...rest,
    defaults: { ...resolved.defaults, authenticate: resolved.defaults.authenticate ?? everyone },
    routes: mapValues(resolved.routes, (route) => ({ ...route, authenticate: route.authenticate ?? everyone })),
    endpoints: mapValues(resolved.endpoints, (endpoint) => ({ ...endpoint, authenticate: endpoint.authenticate ?? everyone })),
  };
  const { written } = resolved;
  const config: GatewayConfig = { ...values, file, hash: hashOf(values), originOf: (path) => originOf(written, path) };
  remember(config, { written, schemas });
  return deepFreeze(config);
}

function mapValues<T, R>(map: ReadonlyMap<string, T>, change: (value: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries([...map].map(([name, value]) => [name, change(value)]));
}
