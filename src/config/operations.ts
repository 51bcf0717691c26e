import type { MatchConfig, OperationConfig, RouteConfig, VersionsConfig } from './schema/index.js';

/** One method of one path of a route, as the OpenAPI document names it. */
export interface Operation {
  readonly id: string;
  /** In lower case. */
  readonly method: string;
  /** With `{name}` segments, and the version in front where the path says it. */
  readonly path: string;
  /** The version that such a path asks for; `null` where it names none. */
  readonly version: string | null;
}

/** What the operations of a route come from. */
export type Operated = Pick<RouteConfig, 'aggregate' | 'match' | 'openapi'>;

/** Methods that OpenAPI has a place for. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);
/** Of a route that takes any. */
const USUAL = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Name of the parameter that stands for what `**` matches. */
export const REST = 'rest';

/**
 * The operations of a route. Ids are made of that of the file, or the route's name: the method stands in front where
 * there are several; a further pattern, what is below a `**`, and the version stand behind.
 * @param route the route after inheritance.
 */
export function operationsOf(name: string, route: Operated, versions: VersionsConfig | undefined): readonly Operation[] {
  const methods = methodsOf(route);
  const base = explicitId(route.openapi) ?? name;
  return mountsOf(route.match, versions).flatMap(({ prefix, version }) => pathsOf(route.match).flatMap(({ path, suffix }) => methods.map((method): Operation => {
    const id = [...(methods.length > 1 ? [method.toLowerCase()] : []), base, ...suffix, ...(prefix === '' || version === null ? [] : [version])].join('_');
    return { id, method: method.toLowerCase(), path: path === '/' && prefix !== '' ? prefix : prefix + path, version };
  })));
}

/** The id that the file gives; `undefined` for none. */
export function explicitId(openapi: OperationConfig | undefined): string | undefined {
  return openapi === undefined || openapi === 'off' ? undefined : openapi.id;
}

/** `/users/:id` to `/users/{id}`; a trailing `**` is left out. */
export function openApiPath(pattern: string): string {
  return pattern.replace(/\/\*\*$/, '').replaceAll(/:(\w+)/g, '{$1}') || '/';
}

function methodsOf({ aggregate, match }: Operated): readonly string[] {
  const methods = match.methods ?? (aggregate === undefined ? USUAL : ['GET']);
  return methods.filter((method) => METHODS.has(method));
}

interface Mount {
  readonly prefix: string;
  readonly version: string | null;
}

/** Where a table of versions has it: below each version it serves, and without one where such calls come to it too. */
function mountsOf({ version: served }: MatchConfig, versions: VersionsConfig | undefined): readonly Mount[] {
  if (versions === undefined) return [{ prefix: '', version: null }];
  const bare = served === undefined || (versions.default !== undefined && served.includes(versions.default));
  const prefixed = versions.prefix ? (served ?? versions.names).map((version) => ({ prefix: `/${version}`, version })) : [];
  return [...(bare || !versions.prefix ? [{ prefix: '', version: versions.default ?? null }] : []), ...prefixed];
}

interface Path {
  readonly path: string;
  readonly suffix: readonly string[];
}

/** OpenAPI has no word for the rest of a path: it is a parameter of a path of its own, beside the bare one. */
function pathsOf({ path: patterns, prefix }: MatchConfig): readonly Path[] {
  return patterns.flatMap((pattern, i): readonly Path[] => {
    const suffix = i === 0 ? [] : [String(i + 1)];
    const path = openApiPath(pattern);
    if (!pattern.endsWith('/**') || prefix === 'exact') return [{ path, suffix }];
    return [{ path, suffix }, { path: `${path === '/' ? '' : path}/{${REST}}`, suffix: [...suffix, 'below'] }];
  });
}
