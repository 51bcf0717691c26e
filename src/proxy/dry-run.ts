import { ServerResponse } from 'node:http';
import path from 'node:path';
import { Answer, type Clock, type Exchange, type Guard, type Problem, type Surroundings } from '#libs/kernel';
import type { Explanation } from '#libs/routing';
import { AccessGuard } from '../auth/access.js';
import { nothingKept } from '../cache/index.js';
import { namesAsked, type GatewayConfig, type LoadedConfig, type RouteSettings } from '../config/index.js';
import { toProblem } from '../http/answer-problem.js';
import { isPreflight } from '../http/cors.js';
import { compileEdge, type Edge } from '../http/edge.js';
import { openExchange } from '../http/open-exchange.js';
import { LimitGuard, noteBodyFields, uncounted } from '../rate-limit/index.js';
import { ResilienceDirectory } from '../resilience/index.js';
import { ServiceDirectory, type Whereabouts } from '../services/index.js';
import { compileAuthenticators, compileSnapshot } from './compile-snapshot.js';
import { incomingMessage, type Caller, type DryRequest } from './dry-request.js';
import type { CompiledSnapshot } from './snapshot.js';

/** Where a refusal came from. */
export type RefusedBy = 'routing' | 'address' | 'access' | 'guard' | 'interceptor';

/** What became of a request that was not sent anywhere. */
export interface DryOutcome {
  readonly exchange: Exchange;
  /** `null` for a request that is refused before routes are looked at. */
  readonly explanation: Explanation | null;
  /** What the file says for the route; those of `defaults` where none matched. */
  readonly settings: RouteSettings;
  readonly preflight: boolean;
  readonly refusal: { readonly by: RefusedBy; readonly problem: Problem } | null;
  /** `exchange.outgoing` is what the service would get, `exchange.target` where. */
  readonly forwarded: boolean;
  /** What was sent, in order; several where the route asks several services. Copies for a mirror are not among them. */
  readonly sent: readonly Exchange[];
  /** What the client gets from us; where it is forwarded, only what we add to the service's answer. `null` from an endpoint. */
  readonly answer: Answer | null;
}

type Stage = Pick<DryOutcome, 'answer' | 'refusal'>;

/** Runs requests through a configuration with everything compiled as for real, but the forwarder: no socket is opened. */
export class DryRun {
  readonly config: GatewayConfig;
  readonly #clock: Clock;
  readonly #edge: Edge;
  readonly #snapshot: CompiledSnapshot;
  readonly #services = new ServiceDirectory();
  readonly #states = new ResilienceDirectory();

  /** @throws Error when an option is refused only now (a key that cannot be read, an address that is not allowed). */
  constructor({ config, extensions }: LoadedConfig, around: Omit<Surroundings, 'folder'>) {
    const surroundings = { ...around, folder: path.dirname(config.file) };
    this.#clock = around.clock;
    const { services, adopt } = this.#services.build({ configs: config.services, whereabouts: standIns(config), extensions, surroundings });
    adopt();
    const { resilience } = this.#states.build(surroundings.clock);
    const base = { config, services, resilience, extensions, surroundings };
    const access = { authenticators: compileAuthenticators(base), roles: config.roles };
    this.config = config;
    this.#edge = compileEdge(config);
    this.#snapshot = compileSnapshot({ ...base, access, limits: uncounted(around.clock, config.limits), caches: nothingKept(around.clock), forward: standIn });
  }

  async run(request: DryRequest): Promise<DryOutcome> {
    const exchange = this.#open(request);
    const explanation = exchange.refusal ? null : this.#snapshot.explain(exchange);
    this.#snapshot.route(exchange);
    const settings = this.#settingsOf(exchange);
    exchange.principal = principalOf(request.caller, settings, this.config);
    if (request.body !== null) noteBodyFields(exchange, request.body);
    const sent: Exchange[] = [];
    senders.set(exchange.headers, sent);
    try {
      const { answer, refusal } = await handle(exchange);
      if (answer) exchange.route?.head.apply(exchange, answer.headers);
      return { exchange, explanation, settings, refusal, answer, preflight: isPreflight(exchange) && answer !== null && !refusal, forwarded: exchange.tries > 0, sent };
    } finally {
      exchange.deadline?.clear();
    }
  }

  /** Frees what was compiled. */
  close(): Promise<void> {
    this.#states.onApplicationShutdown();
    return this.#services.onApplicationShutdown();
  }

  #open(dry: DryRequest): Exchange {
    const request = incomingMessage(dry);
    const exchange = openExchange(request, new ServerResponse(request), this.#edge, this.#clock.elapsed());
    if (request.headers.upgrade?.toLowerCase() === 'websocket') exchange.upgrade = 'websocket';
    return exchange;
  }

  #settingsOf({ route }: Exchange): RouteSettings {
    const { defaults, endpoints, routes } = this.config;
    const [, endpoint] = /^endpoint:(.*)$/.exec(route?.name ?? '') ?? [];
    return (endpoint === undefined ? routes[route?.name ?? ''] : endpoints[endpoint]) ?? defaults;
  }
}

/** Where services are that nothing is known of: their names stand for addresses, as no registry is asked. */
function standIns({ services }: GatewayConfig): ReadonlyMap<string, Whereabouts> {
  const unknown = Object.entries(services).filter(([, { targets }]) => targets.length === 0);
  return new Map(unknown.map(([name]) => [name, { found: [{ url: `http://${name}`, weight: 1, zone: '', priority: 0 }], stale: null }]));
}

/** What was sent of each request; those who were forked from it have its headers. */
const senders = new WeakMap<Exchange['headers'], Exchange[]>();

/** What stands at the end of every route: takes the request as the forwarder would, and says that all is well. */
function standIn(exchange: Exchange): Promise<Answer> {
  exchange.tries++;
  if (exchange.outgoing?.headers.get('x-mirrored') === undefined) senders.get(exchange.headers)?.push(exchange);
  return Promise.resolve(new Answer(200));
}

/** The caller as the route's guards will judge it; a public route asks nobody. */
function principalOf(caller: Caller | null, { authenticate }: RouteSettings, { authenticate: all }: GatewayConfig): Exchange['principal'] {
  if (caller === null || authenticate === 'none') return null;
  const { email = null, authenticator, ...rest } = caller;
  return { ...rest, email, authenticator: authenticator ?? namesAsked(authenticate, Object.keys(all))[0] ?? '', expiresAt: Number.POSITIVE_INFINITY };
}

/** Steps 3 to 8. */
async function handle(exchange: Exchange): Promise<Stage> {
  const route = exchange.route as NonNullable<Exchange['route']>;
  // Limits count nothing here, and are none of those who are asked who is calling.
  for (const guard of route.guards.filter((each) => !(each instanceof LimitGuard))) {
    const problem = await verdict(guard, exchange);
    if (problem) return refused(exchange, refuserOf(guard, exchange), problem);
  }
  if (route.endpoint !== null) return { answer: null, refusal: null };
  try {
    return { answer: await route.handle(exchange), refusal: null };
  } catch (error) {
    return refused(exchange, 'interceptor', toProblem(error));
  }
}

function refuserOf(guard: Guard, { refusal }: Exchange): RefusedBy {
  if (refusal) return 'routing';
  if (guard.early) return 'address';
  return guard instanceof AccessGuard ? 'access' : 'guard';
}

async function verdict(guard: Guard, exchange: Exchange): Promise<Problem | null> {
  try {
    await guard.admit(exchange);
    return null;
  } catch (error) {
    return toProblem(error);
  }
}

function refused(exchange: Exchange, by: RefusedBy, problem: Problem): Stage {
  exchange.problem = problem;
  return { answer: exchange.route?.problems.render(problem, exchange) ?? null, refusal: { by, problem } };
}
