import { compileAnswer, EndpointAnswers, type Placeholders } from './endpoint-answer.js';
import { factPlaceholders, type GatewayFacts } from './gateway-facts.js';
import type { FailedReload } from './readiness.js';
import type { ServiceReport } from './service-reports.js';
import type { State, Words } from './state.js';

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
}

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
  status: ({ report, words }) => words[report.state],
  state: ({ report }) => report.state,
  healthy: ({ report }) => report.state !== 'down',
  message: ({ report }) => report.message,
  url: ({ report }) => report.url,
  latency: ({ report }) => report.latency,
  breaker: ({ report }) => report.breaker ?? undefined,
  stale: ({ report }) => report.stale ?? undefined,
  targets: ({ report, words }) => report.targets.map(({ available, healthy, latency, message }) => ({ status: words[healthy ? 'up' : 'down'], available, latency, message })),
};

// Addresses are not in the standard shapes: whoever wants to show them asks for {url}.
const SERVICE = { status: '{status}', latency: '{latency}', message: '{message}', breaker: '{breaker}', stale: '{stale}', targets: '{targets}' };
const SERVICES = { '{service}': SERVICE };
const HEALTH = { status: '{status}', service: '{service}', version: '{version}', environment: '{environment}', timestamp: '{timestamp}', uptime: '{uptime}' };

const perService = {
  items: ({ reports, ...scope }: ServicesScope): ServiceScope[] => reports.map((report) => ({ ...scope, report })),
  key: ({ report }: ServiceScope) => report.name,
  placeholders: servicePlaceholders,
};

const compileServices = (template: unknown) => compileAnswer(template, servicesPlaceholders, { each: perService });
const standardServices = compileAnswer<ServicesScope, ServiceScope>({ services: SERVICES }, {}, { each: perService });

const servicesPlaceholders: Placeholders<ServicesScope> = {
  ...factPlaceholders,
  status: ({ words, state }) => words[state],
  state: ({ state }) => state,
  healthyServices: ({ reports }) => reports.filter(({ state }) => state !== 'down').length,
  totalServices: ({ reports }) => reports.length,
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
  service: new EndpointAnswers((template) => compileAnswer(template, servicePlaceholders), { service: '{service}', ...SERVICE, timestamp: '{timestamp}' }),
} as const;
