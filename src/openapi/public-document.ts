import type { OpenAPIObject } from '@nestjs/swagger';
import type { GatewayConfig } from '../config/index.js';
import { assemble } from './assemble.js';
import { inDialect } from './dialect.js';
import { endpointOperations, ownOperations } from './endpoint-operations.js';
import type { ComponentsObject, Entry } from './openapi-types.js';
import { ProblemResponses } from './problem-responses.js';
import { routeOperations } from './route-operations.js';
import { securitySchemes } from './security-schemes.js';

type Parts = Pick<GatewayConfig, 'authenticate' | 'endpoints' | 'info' | 'openapi' | 'routes' | 'versions'>;

/**
 * The document clients get: built-in endpoints stand where the file mounts them, and not where Nest has them, and routes
 * as far as the file lets them.
 */
export function publicDocument(internal: OpenAPIObject, config: Parts): OpenAPIObject {
  const { description, servers, version } = config.openapi;
  const schemes = securitySchemes(config.authenticate, version);
  const writing = { config, known: new Set(Object.keys(schemes)), problems: new ProblemResponses() };
  const { components, paths, ...rest } = internal;
  const routes = routeOperations(writing);
  // Where both answer, the endpoint does.
  const entries = [...ownOperations(paths), ...endpointOperations(paths, writing), ...routes];
  const { environment, name, title, version: platform } = config.info;
  return inDialect({
    ...rest,
    info: { title, version: platform, description: description ?? `${routes.length > 0 ? 'What' : 'Endpoints that'} ${name} (${environment}) answers${routes.length > 0 ? '' : ' itself'}.` },
    ...(servers.length > 0 && { servers: servers.map((url) => ({ url })) }),
    tags: tagsOf([...routes, ...entries]),
    paths: assemble(entries),
    components: joined(components ?? {}, writing.problems.components, config.openapi.components as ComponentsObject, { securitySchemes: schemes }),
  }, version);
}

/** Pages show groups in this order: the platform's own before ours. */
function tagsOf(entries: readonly Entry[]): { name: string }[] {
  return [...new Set(entries.flatMap(({ operation }) => operation.tags ?? []))].map((name) => ({ name }));
}

function joined(...parts: readonly ComponentsObject[]): ComponentsObject {
  const result: Record<string, object> = {};
  for (const part of parts) {
    for (const [kind, named] of Object.entries(part)) result[kind] = { ...result[kind], ...(named as object) };
  }
  return result;
}
