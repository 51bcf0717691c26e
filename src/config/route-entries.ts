import type { EndpointConfig, EndpointKind, MatchConfig, RouteConfig } from './schema/index.js';

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
    ...Object.entries(routes).map(([key, { match, head }]): TableLine => ({ kind: 'route', key, name: key, match, head })),
    ...Object.entries(endpoints).map(([key, { at, head, serve }]): TableLine => ({ kind: 'endpoint', key, name: `endpoint:${key}`, match: endpointMatch(at, serve), head })),
  ];
}

function endpointMatch(at: readonly string[], serve: EndpointKind): MatchConfig {
  // The documentation page brings its assets, which lie below it.
  const path = serve === 'docs' ? at.map((mount) => `${mount.replace(/\/+$/, '')}/**`) : [...at];
  return { path, prefix: 'segment', trailingSlash: 'ignore', methods: ['GET'], priority: 0 };
}
