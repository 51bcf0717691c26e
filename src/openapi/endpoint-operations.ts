import { explicitId, openApiPath, type EndpointConfig, type GatewayConfig } from '../config/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { METHODS, type Entry, type OperationObject, type ParameterObject, type PathsObject } from './openapi-types.js';
import type { Writing } from './route-operations.js';
import { securityOf } from './security.js';
import { parametersWith, responsesWith, toldOf } from './told.js';

type Endpoint = GatewayConfig['endpoints'][string];
const DEFAULT_STATUS = 200;

/** Operations of controllers that are not mounted by the file. */
export function ownOperations(paths: PathsObject): readonly Entry[] {
  return Object.entries(paths).filter(([path]) => !path.startsWith(`/${ENDPOINT_PREFIX}/`)).flatMap(([path, item]) => operationsIn(item).map(([method, operation]) => ({ path, method, operation, fixed: false })));
}

/** Built-in endpoints where the file mounts them, once per path. */
export function endpointOperations(paths: PathsObject, writing: Writing): readonly Entry[] {
  return Object.entries(writing.config.endpoints).filter(([, { openapi }]) => openapi !== 'off').flatMap(([name, endpoint]) => {
    const part = endpoint.operation ?? endpoint.controller;
    const own = `/${ENDPOINT_PREFIX}/${endpoint.serve}${part === undefined ? '' : `/${part}`}`;
    const found = Object.entries(paths).filter(([path]) => path === own || (endpoint.operation === undefined && path.startsWith(`${own}/`)));
    const base = explicitId(endpoint.openapi) ?? name;
    return endpoint.at.flatMap((mount, i) => found.flatMap(([path, item]) => {
      const below = path.slice(own.length);
      const id = (i === 0 ? base : `${base}_${i + 1}`) + below.replaceAll(/[{}]/g, '').replaceAll('/', '_');
      return mounted({ endpoint, id, path: mount + below.replaceAll(/\{(\w+)\}/g, ':$1'), fixed: base !== name }, operationsOf(endpoint, item), writing);
    }));
  });
}

/** What stands in the file answers the methods that the file says. */
function operationsOf(endpoint: Endpoint, item: PathsObject[string]): readonly Found[] {
  const found = operationsIn(item);
  const [, operation] = found[0] ?? [];
  if (endpoint.serve !== 'static' || !operation) return found;
  const responses = { [String(statusOf(endpoint))]: { description: 'The answer.' } };
  return (endpoint.methods ?? ['GET']).map((method) => method.toLowerCase()).filter((method) => METHODS.some((known) => known === method)).map((method) => [method, { ...operation, responses }] as const);
}

function statusOf({ status }: EndpointConfig): number {
  return typeof status === 'number' ? status : DEFAULT_STATUS;
}

type Found = readonly [method: string, operation: OperationObject];

function operationsIn(item: PathsObject[string]): readonly Found[] {
  return METHODS.flatMap((method) => (item[method] ? [[method, item[method]] as const] : []));
}

interface Mount {
  readonly endpoint: Endpoint;
  /** Of the operations; where there are several, their method stands in front. */
  readonly id: string;
  /** With `:name` segments. */
  readonly path: string;
  readonly fixed: boolean;
}

function mounted({ endpoint, fixed, id, path }: Mount, found: readonly Found[], { known, problems }: Writing): readonly Entry[] {
  const { openapi } = endpoint;
  return found.map(([method, operation]): Entry => ({
    path: openApiPath(path),
    method,
    fixed,
    operation: {
      ...operation,
      operationId: found.length > 1 ? `${method}_${id}` : id,
      ...toldOf(openapi),
      parameters: parametersWith(openapi, parametersOf(path, operation)),
      responses: responsesWith(openapi, { ...problems.of({ ...endpoint, body: NO_BODY }, method, false), ...operation.responses }),
      ...securityOf(endpoint, known),
    },
  }));
}

/** Our own controllers have limits of their own. */
const NO_BODY: EndpointConfig['body'] = { limit: Number.POSITIVE_INFINITY, types: [] };

/** OpenAPI wants exactly the parameters the path has. */
function parametersOf(path: string, { parameters = [] }: OperationObject): readonly ParameterObject[] {
  const declared = (parameters as ParameterObject[]).filter((parameter) => parameter.in !== 'path');
  const described = new Map((parameters as ParameterObject[]).map((parameter) => [parameter.name, parameter]));
  const own = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): ParameterObject => ({
    schema: { type: 'string' }, ...described.get(name), name, in: 'path', required: true,
  }));
  return [...own, ...declared];
}
