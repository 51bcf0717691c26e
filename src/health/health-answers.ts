import type { Resolve } from '#libs/transforms';
import { compileAnswer, EndpointAnswers, snake, type CompiledAnswer, type Each, type Placeholders } from '../http/endpoint-answer.js';
import { factPlaceholders, type GatewayFacts } from './gateway-facts.js';
import type { FailedReload } from './readiness.js';
import type { ReportedTarget, ServiceReport } from './service-reports.js';
import { stateOfTarget, type State, type Words } from './state.js';

/** What `health`, `live` and `ready` answer from. */
export interface HealthScope extends GatewayFacts {
  readonly state: State;
  readonly words: Words;
  readonly failedReload: FailedReload | null;
  /** Services whose targets may be out of date, as their registry is away. */
  readonly stale: readonly string[];
}

/** What `service` answers from, and `services` for each of them. */
export interface ServiceScope extends GatewayFacts {
  readonly report: ServiceReport;
  readonly words: Words;
}

/** What `services` answers from. */
export interface ServicesScope extends GatewayFacts {
  readonly state: State;
  readonly words: Words;
  readonly reports: readonly ServiceReport[];
  /** Milliseconds that asking took. */
  readonly duration: number;
}

/** What is said of each target of a service. */
interface TargetScope extends ServiceScope {
  readonly target: ReportedTarget;
}

const MS_PER_SECOND = 1_000;
const SAID = 'said.';

const healthPlaceholders: Placeholders<HealthScope> = {
  ...factPlaceholders,
  status: ({ words, state }) => words[state],
  state: ({ state }) => state,
  failedReload: ({ failedReload }) => failedReload ?? undefined,
  stale: ({ stale }) => (stale.length > 0 ? stale : undefined),
};

const servicePlaceholders: Placeholders<ServiceScope> = {
  ...factPlaceholders,
  service: ({ report }) => report.name,
  'service.snake': ({ report }) => snake(report.name),
  status: ({ report, words }) => words[report.state],
  state: ({ report }) => report.state,
  healthy: ({ report }) => report.state !== 'down',
  message: ({ report }) => report.message,
  url: ({ report }) => report.url,
  latency: ({ report }) => report.latency,
  'latency.seconds': ({ report }) => report.latency / MS_PER_SECOND,
  statusCode: ({ report }) => report.statusCode,
  checkedAt: ({ report }) => new Date(report.checkedAt).toISOString(),
  breaker: ({ report }) => report.breaker?.state,
  'breaker.failures': ({ report }) => report.breaker?.failures,
  'breaker.successes': ({ report }) => report.breaker?.successes,
  'breaker.failedAt': ({ report: { breaker } }) => breaker && (breaker.failedAt === null ? null : new Date(breaker.failedAt).toISOString()),
  stale: ({ report }) => report.stale ?? undefined,
  targets: ({ report, words }) => report.targets.map(({ available, healthy, latency, message }) => ({ status: words[healthy ? 'up' : 'down'], available, latency, message })),
};

/** `said.version`: what the health document of the service says, as far as `health.show` lets it. */
const said: Resolve<ServiceScope> = (name) => {
  const field = name.startsWith(SAID) ? name.slice(SAID.length) : '';
  return field === '' ? undefined : ({ report }) => report.said[field] ?? null;
};

const targetPlaceholders: Placeholders<TargetScope> = {
  ...servicePlaceholders,
  status: ({ target, words }) => words[stateOfTarget(target)],
  state: ({ target }) => stateOfTarget(target),
  healthy: ({ target }) => target.healthy,
  available: ({ target }) => target.available,
  message: ({ target }) => target.message,
  url: ({ target }) => target.url,
  latency: ({ target }) => target.latency,
  'latency.seconds': ({ target }) => target.latency / MS_PER_SECOND,
  statusCode: ({ target }) => target.statusCode,
};

const compileService = (template: unknown): CompiledAnswer<ServiceScope> => compileAnswer(template, servicePlaceholders, { more: said, each: perTarget });

const perTarget: Each<ServiceScope, TargetScope> = {
  token: 'target',
  items: (scope) => scope.report.targets.map((target) => ({ ...scope, target })),
  key: ({ target }) => target.url,
  compile: (template) => compileAnswer(template, targetPlaceholders, { more: said }),
};

// Addresses are not in the standard shapes: whoever wants to show them asks for {url}.
const SERVICE = { status: '{status}', latency: '{latency}', message: '{message}', breaker: '{breaker}', stale: '{stale}', targets: '{targets}' };
const SERVICES = { '{service}': SERVICE };
const HEALTH = { status: '{status}', service: '{service}', version: '{version}', environment: '{environment}', timestamp: '{timestamp}', uptime: '{uptime}' };

const perService: Each<ServicesScope, ServiceScope> = {
  token: 'service',
  items: ({ reports, ...scope }) => reports.map((report) => ({ ...scope, report })),
  key: ({ report }) => report.name,
  compile: compileService,
};

const compileServices = (template: unknown) => compileAnswer(template, servicesPlaceholders, { each: perService });
const standardServices = compileAnswer<ServicesScope, ServiceScope>({ services: SERVICES }, {}, { each: perService });

const servicesPlaceholders: Placeholders<ServicesScope> = {
  ...factPlaceholders,
  status: ({ words, state }) => words[state],
  state: ({ state }) => state,
  healthyServices: ({ reports }) => reports.filter(({ state }) => state !== 'down').length,
  totalServices: ({ reports }) => reports.length,
  healthyRatio: ({ reports }) => (reports.length === 0 ? 1 : reports.filter(({ state }) => state !== 'down').length / reports.length),
  duration: ({ duration }) => duration,
  'duration.seconds': ({ duration }) => duration / MS_PER_SECOND,
  services: (scope) => (standardServices(scope) as { services: unknown }).services,
};

const compileHealth = (template: unknown) => compileAnswer(template, healthPlaceholders);

/** The bodies of the health endpoints, by built-in. */
export const healthAnswers = {
  health: new EndpointAnswers(compileHealth, HEALTH),
  live: new EndpointAnswers(compileHealth, { status: '{status}' }),
  ready: new EndpointAnswers(compileHealth, { status: '{status}', configuration: '{hash}', failedReload: '{failedReload}', stale: '{stale}' }),
  services: new EndpointAnswers(compileServices, {
    status: '{status}', healthyServices: '{healthyServices}', totalServices: '{totalServices}', services: SERVICES, timestamp: '{timestamp}',
  }),
  service: new EndpointAnswers(compileService, { service: '{service}', ...SERVICE, timestamp: '{timestamp}' }),
} as const;
