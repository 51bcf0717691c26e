import type { Resolve } from '#libs/transforms';
import { pathsOfRole, prefixes, publicPaths } from './access-lists.js';
import { compileAnswer, EndpointAnswers, type CompiledAnswer, type Placeholders } from '../http/endpoint-answer.js';
import { factPlaceholders, type GatewayFacts } from './gateway-facts.js';

const ROLE = 'routesByRole.';

const infoPlaceholders: Placeholders<GatewayFacts> = {
  ...factPlaceholders,
  routes: ({ config }) => Object.keys(config.routes).length,
  services: ({ config }) => Object.keys(config.services),
  prefixes: ({ config }) => prefixes(config.routes),
  publicRoutes: ({ config }) => publicPaths(config),
};

/** `routesByRole.admin`: any role's name may follow. */
const routesByRole: Resolve<GatewayFacts> = (name) =>
  name.startsWith(ROLE) ? ({ config }) => pathsOfRole(name.slice(ROLE.length), config) : undefined;

/** Compiles a template of `info`, and of `static` answers. @throws TemplateError for a placeholder that means nothing. */
export function compileInfo(template: unknown): CompiledAnswer<GatewayFacts> {
  return compileAnswer(template, infoPlaceholders, { more: routesByRole });
}

/** The body of `info`. */
export const infoAnswers = new EndpointAnswers<GatewayFacts>(compileInfo, {
  service: '{service}', version: '{version}', environment: '{environment}', routes: '{routes}', services: '{services}', hash: '{hash}', uptime: '{uptime}',
});
