import { forward } from '#libs/forwarder';
import { Problem, problems, type Guard, type Interceptor, type Next, type Route, type Service } from '#libs/kernel';
import { compileAccess } from '../auth/access.js';
import { compileLogin } from '../auth/oidc/login.js';
import { rolesOf } from '../auth/roles.js';
import type { EndpointConfig, EndpointKind, RouteConfig, RouteSettings } from '../config/index.js';
import { compileAnswerHead } from '../http/answer-head.js';
import { compileBodyTypes } from '../http/body-types.js';
import { compileCors, type Cors } from '../http/cors.js';
import { compileFarewell } from '../http/deprecation.js';
import { compileProblemRenderer } from '../http/problem-renderer.js';
import { compileResponseTime } from '../http/response-time.js';
import { compileSecurityHeaders } from '../http/security-headers.js';
import { compileLimitHead, compileLimits } from '../rate-limit/index.js';
import type { LiveService } from '../services/index.js';
import type { Calls, CompileService, RouteParts } from './compile.js';
import { compose } from './compose.js';
import type { Ground } from './ground.js';
import { cachePartsOf } from './cache-parts.js';
import { transforms } from './interceptors/transforms.js';
import { asideStages, requestStages, serviceStages } from './proxy.pipeline.js';
import { compileLedger } from './ledger.js';
import type { Destination } from './snapshot.js';
import { compileStoredAnswers } from './stored-answers.js';
import { compileUpgrades } from './upgrades.js';

/** Compiles a route that leads to services. */
export function compileRoute(name: string, config: RouteConfig, ground: Ground): Destination {
  const parts: RouteParts = { name, match: config.match, settings: config, kept: config.cache === 'off' ? null : cachePartsOf(name, config.cache, ground), ...ground };
  const { to } = config;
  const call = compileCalls(parts, serviceStages, ground.forward);
  const aside = compileCalls({ ...parts, settings: { ...config, breaker: undefined, retry: 'off', priority: 'low' } }, asideStages, ground.forward);
  const reach = (other: string): Next => compose(present([transforms({ ...parts, call, reach, aside })]), call(other));
  const stages = requestStages.map((compile) => compile({ ...parts, call, reach, aside }));
  const handle = compose(present(stages), to === undefined ? nothing : call(to));
  const service = to === undefined ? null : ground.services.get(to) as Service;
  const identity = { name, template: config.match.path[0] as string, service, endpoint: null, stored: compileStoredAnswers(parts), handle };
  return destination(identity, service === null ? { ...config, websocket: 'off' } : config, ground);
}

/** What asks services on behalf of one route: stages around the forwarder, made once per service. */
function compileCalls(parts: RouteParts, stages: readonly CompileService[], standIn: Next | undefined): Calls {
  const { services, settings: { timeout }, surroundings: { clock } } = parts;
  const calls = new Map<string, Next>();
  return (name) => {
    const service = services.get(name) as LiveService;
    const ledger = compileLedger(service);
    const innermost: Next = standIn ?? ((exchange) => forward(exchange, timeout, clock, ledger));
    const call = calls.get(name) ?? compose(present(stages.map((compile) => compile({ ...parts, service }))), innermost);
    calls.set(name, call);
    return call;
  };
}

function present(interceptors: readonly (Interceptor | null)[]): Interceptor[] {
  return interceptors.filter((interceptor) => interceptor !== null);
}

/** Compiles a route that leads to a controller of our own. */
export function compileEndpoint(name: string, config: EndpointConfig & { serve: EndpointKind }, ground: Ground): Destination {
  const { controller, operation = controller, serve } = config;
  return destination({ name: `endpoint:${name}`, template: config.at[0] as string, service: null, endpoint: operation === undefined ? serve : `${serve}/${operation}`, stored: null, handle: serve === 'login' ? compileLogin(config, ground.access) : nothing }, config, ground);
}

/** What a request that matches nothing gets: the gateway-wide head and error shape, and a refusal. */
export function compileUnmatchedRoute(settings: RouteSettings, guard: Guard, ground: Ground): Destination {
  const { route, preflight } = destination({ name: '(unmatched)', template: '(unmatched)', service: null, endpoint: null, stored: null, handle: nothing }, { ...settings, authenticate: 'none' }, ground);
  return { route: Object.freeze({ ...route, guards: [guard], limit: null }), preflight };
}

type Identity = Pick<Route, 'name' | 'template' | 'service' | 'endpoint' | 'stored' | 'handle'>;

function destination(identity: Identity, settings: RouteSettings, ground: Ground): Destination {
  const { config, surroundings } = ground;
  const cors = compileCors(settings.cors);
  const roles = rolesOf(config.roles);
  const limits = compileLimits(identity.name, settings, { ...ground.limits, rolesOf: (principal) => roles.standing(principal).roles });
  const farewell = compileFarewell(settings.deprecate, config.versions, surroundings.clock);
  const gone = farewell?.guard;
  const route: Route = Object.freeze({
    ...identity,
    labels: settings.labels,
    guards: [...(gone ? [gone] : []), ...guardsOf(settings, limits.early, ground)],
    limit: limits.late,
    timeouts: settings.timeout,
    bodyLimit: settings.body.limit,
    websocket: settings.websocket === 'off' ? null : settings.websocket,
    head: compileAnswerHead({
      cors,
      securityHeaders: compileSecurityHeaders(settings.securityHeaders),
      requestId: config.requestId,
      correlationId: config.correlationId,
      responseTime: compileResponseTime(config.responseTime),
      limits: compileLimitHead(settings, surroundings.clock),
      versions: config.versions,
      farewell: farewell && farewell.head,
      clock: surroundings.clock,
    }),
    problems: compileProblemRenderer(settings.errors, config.forwarded),
  });
  return { route, preflight: cors && preflightOf(route, cors) };
}

/** Step 3 in order. What needs no caller comes first: who is refused there takes nothing from a limit, and costs no check of a credential. */
function guardsOf(settings: RouteSettings, limit: Guard | null, { access, extensions, surroundings }: Ground): readonly Guard[] {
  const types = compileBodyTypes(settings.body.types);
  const named = settings.guards.map((chosen) => extensions.create('guard', chosen, surroundings));
  const [early, late] = [named.filter((guard) => guard.early), named.filter((guard) => !guard.early)];
  return [...early, ...(limit ? [limit] : []), compileAccess(settings, access), compileUpgrades(settings), ...(types ? [types] : []), ...late];
}

/** Answers before anybody is asked who they are: a browser sends no credentials with a preflight. */
function preflightOf(route: Route, cors: Cors): Route {
  const handle: Next = (exchange) => {
    const answer = cors.preflight(exchange);
    return answer ? Promise.resolve(answer) : nothing();
  };
  return Object.freeze({ ...route, endpoint: null, service: null, guards: [], limit: null, stored: null, handle });
}

function nothing(): Promise<never> {
  return Promise.reject(new Problem(problems.routeNotFound, 'There is nothing to forward to'));
}
