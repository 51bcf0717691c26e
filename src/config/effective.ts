import type { z } from 'zod';
import type { BodyFiles } from './body-files.js';
import { deepFreeze } from './freeze.js';
import type { GatewayConfig } from './gateway-config.js';
import { hashOf } from './hash.js';
import { inherit } from './inherit.js';
import type { Issues } from './issues.js';
import { endpointLayers, endpointNames, routeLayers } from './layers.js';
import { nearestName } from './nearest-name.js';
import { valueOf } from './node-values.js';
import { child, entriesOf, locate, type MapNode } from './nodes.js';
import { originOf, type Written } from './origins.js';
import { remember } from './provenance.js';
import { filledIn, type EndpointConfig, type EndpointKind, type GatewayFile, type RouteConfig, type RouteSettings } from './schema/index.js';
import { ENDPOINT_KINDS } from './schema/endpoints.js';
import type { Schemas } from './schemas.js';
import type { TlsMaterial } from './tls-material.js';
import { reportZodIssues } from './zod-issues.js';

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
  const value = valueOf(root, [schemas.file]) as Record<string, unknown>;
  const parsed = schemas.file.safeParse(value, { reportInput: true });
  // A layer may be incomplete: what it lacks is asked for where the layers meet.
  const mayCome = (path: readonly PropertyKey[]): boolean => LAYERED.has(path[0] as string) && path.length > 1;
  if (!parsed.success) reportZodIssues(parsed.error.issues, { schema: schemas.file, node: root, at: [] }, { issues, mayCome });
  const written = { root, defaults: mergedDefaults(root, schemas), routes: mergedRoutes(root, schemas), endpoints: mergedEndpoints(root, schemas) };
  return {
    written,
    file: withoutLayers(value, schemas),
    defaults: parseAll({ section: 'defaults', root, issues }, new Map([['', written.defaults]]), schemas.settings).get('') ?? null,
    routes: parseAll({ section: 'routes', root, issues }, written.routes, schemas.route),
    endpoints: withServe(parseAll({ section: 'endpoints', root, issues }, written.endpoints, schemas.endpoint), root, issues),
  };
}

/** The sections that inherit nothing. The others are read after inheritance: by themselves they may be incomplete. */
function withoutLayers(value: Readonly<Record<string, unknown>>, { file }: Schemas): GatewayFile | null {
  return file.safeParse(Object.fromEntries(Object.entries(value).filter(([key]) => !LAYERED.has(key)))).data ?? null;
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

interface Parsing {
  readonly section: string;
  readonly root: MapNode;
  readonly issues: Issues;
}

function parseAll<S extends z.ZodType>({ section, root, issues }: Parsing, nodes: ReadonlyMap<string, MapNode>, schema: S): ReadonlyMap<string, z.output<S>> {
  const results = new Map<string, z.output<S>>();
  for (const [name, node] of nodes) {
    const parsed = schema.safeParse(valueOf(node, [schema]), { reportInput: true });
    if (parsed.success) results.set(name, parsed.data);
    else reportZodIssues(parsed.error.issues, { schema, node, at: name === '' ? [section] : [section, name], place: locate(root, [section, name]).place }, { issues });
  }
  return results;
}

function withServe(endpoints: ReadonlyMap<string, EndpointConfig>, root: MapNode, issues: Issues): Resolved['endpoints'] {
  const results = new Map<string, EndpointConfig & { readonly serve: EndpointKind }>();
  for (const [name, endpoint] of endpoints) {
    const { serve } = endpoint;
    if (serve) results.set(name, { ...endpoint, serve });
    else {
      const suggestion = nearestName(name, ENDPOINT_KINDS);
      const message = 'there is no built-in endpoint of this name: say which one answers with `serve:`';
      issues.add(locate(root, ['endpoints', name]).place, ['endpoints', name], { message, allowed: ENDPOINT_KINDS, ...(suggestion === undefined ? {} : { suggestion }) });
    }
  }
  return results;
}

export type Complete = Resolved & { readonly file: GatewayFile; readonly defaults: RouteSettings };

export function isComplete(resolved: Resolved): resolved is Complete {
  return resolved.file !== null && resolved.defaults !== null;
}

/** The effective configuration of a file without mistakes. */
export async function effectiveConfig(file: string, { resolved, files, tls }: { resolved: Complete; files: BodyFiles; tls: TlsMaterial | null }, schemas: Schemas): Promise<GatewayConfig> {
  const { version: _version, include: _include, defaults: _defaults, policies: _policies, ...rest } = resolved.file;
  const everyone = Object.keys(rest.authenticate);
  const values = {
    ...rest,
    files,
    tls,
    defaults: asking(resolved.defaults, everyone),
    routes: mapValues(resolved.routes, (route) => asking(route, everyone)),
    endpoints: mapValues(resolved.endpoints, (endpoint) => asking(endpoint, everyone)),
  };
  const { written } = resolved;
  const config: GatewayConfig = { ...values, file, hash: await hashOf(values), originOf: (path) => originOf(written, path) };
  remember(config, { written, schemas });
  return deepFreeze(config);
}

/** Settings that say whom to ask: all authenticators of the file, unless they name some. */
function asking<T extends RouteSettings>(settings: T, everyone: readonly string[]): T {
  const authenticate = filledIn(settings.authenticate, everyone);
  return Object.assign({ authenticate }, settings, { authenticate });
}

function mapValues<T, R>(map: ReadonlyMap<string, T>, change: (value: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries([...map].map(([name, value]) => [name, change(value)]));
}
