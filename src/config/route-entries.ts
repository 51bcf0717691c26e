import { ENDPOINT_TREES, type EndpointConfig, type EndpointKind, type MatchConfig, type RouteConfig } from './schema/index.js';

/** One line of the route table, before anything is compiled. */
export interface TableLine {
  readonly kind: 'route' | 'endpoint';
  /** Key in `routes` or `endpoints`. */
  readonly key: string;
  /** Name in the table, logs and metrics: the key, with `endpoint:` in front of built-in ones. */
  readonly name: string;
  readonly match: MatchConfig;
  /** Whether GET brings HEAD. */
  readonly head: boolean;
}

interface Tabled {
  readonly routes: Readonly<Record<string, RouteConfig>>;
  readonly endpoints: Readonly<Record<string, EndpointConfig & { readonly serve: EndpointKind }>>;
}

/** What the route table holds: routes and endpoints alike, so that precedence and conflicts are judged over both. */
export function routeEntries({ routes, endpoints }: Tabled): TableLine[] {
  return [
    ...Object.entries(routes).map(([key, route]): TableLine => ({ kind: 'route', key, name: key, match: routeMatch(route), head: route.head })),
    ...Object.entries(endpoints).map(([key, endpoint]): TableLine => ({ kind: 'endpoint', key, name: `endpoint:${key}`, match: endpointMatch(endpoint), head: endpoint.head })),
  ];
}

/** What asks several services is read only, unless the file says otherwise. */
function routeMatch({ aggregate, match }: RouteConfig): MatchConfig {
  return aggregate === undefined || match.methods !== undefined ? match : { ...match, methods: ['GET'] };
}

function endpointMatch({ at, methods: own, operation, serve }: EndpointConfig & { readonly serve: EndpointKind }): MatchConfig {
  const methods = ENDPOINT_TREES[serve];
  const path = methods === undefined || operation !== undefined ? [...at] : at.map((mount) => `${mount.replace(/\/+$/, '')}/**`);
  return { path, prefix: 'segment', trailingSlash: 'ignore', methods: [...(methods ?? (serve === 'static' ? own : undefined) ?? ['GET'])], priority: 0 };
}
