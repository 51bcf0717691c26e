import { deprecationOf, explicitId, isOpen, operationsOf, REST, type GatewayConfig, type Operation, type RouteConfig } from '../config/index.js';
import type { Entry, OperationObject, ParameterObject, ResponsesObject } from './openapi-types.js';
import type { ProblemResponses } from './problem-responses.js';
import { securityOf } from './security.js';
import { parametersWith, responsesWith, toldOf } from './told.js';

/** What operations are written from. */
export interface Writing {
  readonly config: Pick<GatewayConfig, 'endpoints' | 'openapi' | 'routes' | 'versions'>;
  /** Authenticators that the document has a scheme for. */
  readonly known: ReadonlySet<string>;
  readonly problems: ProblemResponses;
}

/** The operations of the routes that the file wants in the document. */
export function routeOperations(writing: Writing): readonly Entry[] {
  const { config: { openapi, routes, versions } } = writing;
  return Object.entries(routes).filter(([, route]) => isShown(route, openapi.routes)).flatMap(([name, route]) => {
    const fixed = explicitId(route.openapi) !== undefined;
    return operationsOf(name, route, versions).map((operation): Entry => {
      return { path: operation.path, method: operation.method, operation: written(operation, route, writing), fixed };
    });
  });
}

function isShown({ authenticate, openapi }: RouteConfig, routes: GatewayConfig['openapi']['routes']): boolean {
  if (routes === 'off' || openapi === 'off') return false;
  if (openapi !== undefined || routes === 'all') return true;
  return routes === 'public' && isOpen(authenticate);
}

function written({ id, method, path, version }: Operation, route: RouteConfig, { config: { versions }, known, problems }: Writing): OperationObject {
  const { match, openapi, to } = route;
  const ending = deprecationOf(route.deprecate, versions, { named: true, version });
  const answers: ResponsesObject = { default: { description: to === undefined ? 'The answer.' : `The answer of ${to}.` }, ...problems.of(route, method, true) };
  const servers = (match.hosts ?? []).filter((host) => !host.includes('*')).map((host) => ({ url: `//${host}` }));
  return {
    operationId: id,
    ...(to !== undefined && { tags: [to] }),
    ...(ending !== null && (ending.since !== undefined || ending.sunset !== undefined) && { deprecated: true }),
    ...(servers.length > 0 && { servers }),
    ...toldOf(openapi),
    parameters: parametersWith(openapi, [...pathParameters(path), ...versionParameter(match, versions)]),
    responses: responsesWith(openapi, answers),
    ...securityOf(route, known),
  };
}

function pathParameters(path: string): readonly ParameterObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): ParameterObject => {
    const rest = name === REST && path.endsWith(`/{${REST}}`);
    return { name, in: 'path', required: true, ...(rest && { description: 'The rest of the path; it may hold slashes.' }), schema: { type: 'string' } };
  });
}

/** Where a header says the version. */
function versionParameter({ version: served }: RouteConfig['match'], versions: GatewayConfig['versions']): readonly ParameterObject[] {
  if (versions?.header === undefined || versions.prefix) return [];
  const { default: usual, header, names } = versions;
  return [{ name: header, in: 'header', required: usual === undefined && served !== undefined, schema: { type: 'string', enum: [...(served ?? names)], ...(usual !== undefined && { default: usual }) } }];
}
