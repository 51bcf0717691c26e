import type { OpenAPIObject } from '@nestjs/swagger';
import { askedOf, type EndpointConfig, type GatewayConfig } from '../config/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import type { OperationObject, ParameterObject, PathsObject } from './openapi-types.js';
import { securitySchemes } from './security-schemes.js';

type Parts = Pick<GatewayConfig, 'info' | 'endpoints' | 'authenticate'>;

/**
 * The document clients get: built-in endpoints stand where the file mounts them, once per path, and not where Nest
 * has them. Other controllers of ours keep their paths.
 */
export function publicDocument(internal: OpenAPIObject, config: Parts): OpenAPIObject {
  const schemes = securitySchemes(config.authenticate);
  const { title, version, name, environment } = config.info;
  const { openapi, paths, components, ...rest } = internal;
  return {
    openapi,
    ...rest,
    info: { title, version, description: `Endpoints that ${name} (${environment}) answers itself.` },
    paths: { ...ownPaths(paths), ...mountedPaths(paths, config, new Set(Object.keys(schemes))) },
    components: { ...components, securitySchemes: schemes },
  };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

function ownPaths(paths: PathsObject): PathsObject {
  return Object.fromEntries(Object.entries(paths).filter(([path]) => !path.startsWith(`/${ENDPOINT_PREFIX}/`)));
}

function mountedPaths(paths: PathsObject, { endpoints }: Parts, known: ReadonlySet<string>): PathsObject {
  return Object.fromEntries(Object.entries(endpoints).flatMap(([name, endpoint]) => {
    const part = endpoint.operation ?? endpoint.controller;
    const own = `/${ENDPOINT_PREFIX}/${endpoint.serve}${part === undefined ? '' : `/${part}`}`;
    const operations = Object.entries(paths).filter(([path]) => path === own || (endpoint.operation === undefined && path.startsWith(`${own}/`)));
    return endpoint.at.flatMap((mount, i) => operations.map(([path, item]) => {
      const below = path.slice(own.length);
      const id = (i === 0 ? name : `${name}_${i + 1}`) + below.replaceAll(/[{}]/g, '').replaceAll('/', '_');
      return [openApiPath(mount) + below, mounted(item, { id, path: mount + below.replaceAll(/\{(\w+)\}/g, ':$1'), security: securityOf(endpoint, known) })];
    }));
  }));
}

interface Mount {
  /** Of the operations; where there are several, their method stands in front. */
  readonly id: string;
  /** With `:name` segments. */
  readonly path: string;
  readonly security: Partial<OperationObject>;
}

function mounted(item: PathsObject[string], { id, path, security }: Mount): PathsObject[string] {
  const methods = METHODS.filter((method) => item[method]);
  return Object.fromEntries(methods.map((method) => {
    const operation = item[method] as OperationObject;
    const operationId = methods.length > 1 ? `${method}_${id}` : id;
    return [method, { ...operation, operationId, ...parametersOf(path, operation), ...security }];
  }));
}

/** `/health/:service` to `/health/{service}`; what is below a `**` is no operation of its own. */
function openApiPath(path: string): string {
  return path.replace(/\/\*\*$/, '').replaceAll(/:(\w+)/g, '{$1}') || '/';
}

/** OpenAPI wants exactly the parameters the path has. */
function parametersOf(path: string, { parameters = [] }: OperationObject): Partial<OperationObject> {
  const declared = (parameters as ParameterObject[]).filter((parameter) => parameter.in !== 'path');
  const described = new Map((parameters as ParameterObject[]).map((parameter) => [parameter.name, parameter]));
  const own = [...path.matchAll(/:(\w+)/g)].map(([, name = '']): ParameterObject => ({
    schema: { type: 'string' }, ...described.get(name), name, in: 'path', required: true,
  }));
  return { parameters: [...own, ...declared] };
}

/** Any one of the endpoint's authenticators will do, with those that are needed besides; an empty one stands for none. */
function securityOf({ authenticate }: Pick<EndpointConfig, 'authenticate'>, known: ReadonlySet<string>): Partial<OperationObject> {
  const asked = authenticate === undefined ? null : askedOf(authenticate);
  if (asked === null) return { security: [] };
  const [any, all] = [asked.any, asked.all].map((names) => names.filter((name) => known.has(name))) as [string[], string[]];
  if (any.length + all.length === 0) return {};
  const together = (names: readonly string[]): Record<string, string[]> => Object.fromEntries([...names, ...all].map((name) => [name, []]));
  return { security: [...any.map((name) => together([name])), ...(any.length === 0 || asked.optional ? [together([])] : [])] };
}
