import type { Clock, Exchange, Route } from '#libs/kernel';
import type { MetricsConfig } from '../config/index.js';
import { Histogram } from './histogram.js';
import { Tally } from './tally.js';

/** Methods that get a label of their own. Clients may invent others; those share one. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);
const OTHER_METHOD = 'OTHER';
const SWITCHED = 101;
const MS_PER_SECOND = 1_000;

/** Exchanges of one route pattern and method. */
export interface MethodStats {
  readonly statuses: Tally<number>;
  readonly duration: Histogram;
}

/** Exchanges of one route pattern. */
export interface EndpointStats {
  readonly methods: Map<string, MethodStats>;
  bytesIn: number;
  bytesOut: number;
}

/** Exchanges that tried to reach one service. */
export interface ServiceStats {
  /** How long it took, by the status the client got; how many there were is in it. */
  readonly statuses: Map<number, Histogram>;
  tries: number;
}

/** How durations are measured. */
type Measuring = Pick<MetricsConfig, 'buckets' | 'exemplars'>;

interface RouteStats {
  readonly endpoint: EndpointStats;
  readonly service: ServiceStats | null;
}

/**
 * Counts exchanges. This runs for every request, so it adds to plain numbers that hang on the route; label sets are
 * put together when somebody asks. Counts belong to patterns and names, not to routes, and so survive a reload.
 */
export class ExchangeStats {
  readonly endpoints = new Map<string, EndpointStats>();
  readonly services = new Map<string, ServiceStats>();
  readonly problems = new Tally<string>();
  /** Exchanges under way. */
  active = 0;
  #ofRoute = new WeakMap<Route, RouteStats>();
  readonly #upgrading = new Set<Exchange>();
  #bounds: readonly number[];
  #exemplars: boolean;

  constructor({ buckets, exemplars }: Measuring, private readonly clock: Clock) {
    this.#bounds = buckets;
    this.#exemplars = exemplars;
  }

  /** Upper bounds of the duration buckets, in seconds. */
  get bounds(): readonly number[] {
    return this.#bounds;
  }

  /** Takes other buckets. Durations counted in the former ones cannot be told apart, so all counts start again. */
  measureIn({ buckets: bounds, exemplars }: Measuring): void {
    this.#exemplars = exemplars;
    if (!exemplars) for (const durations of this.#histograms()) durations.forgetExemplars();
    if (bounds.length === this.#bounds.length && bounds.every((bound, i) => bound === this.#bounds[i])) return;
    this.#bounds = bounds;
    this.#ofRoute = new WeakMap();
    this.endpoints.clear();
    this.services.clear();
  }

  /** WebSocket connections that stand. */
  get websockets(): number {
    let count = 0;
    for (const { status } of this.#upgrading) if (status === SWITCHED) count++;
    return count;
  }

  opened(exchange: Exchange): void {
    this.active++;
    if (exchange.headers.upgrade !== undefined) this.#upgrading.add(exchange);
  }

  closed(exchange: Exchange): void {
    const { method, problem, route, status } = exchange;
    this.active--;
    if (exchange.headers.upgrade !== undefined) this.#upgrading.delete(exchange);
    if (problem !== null) this.problems.add(problem.type.code);
    if (route === null) return;
    const { endpoint, service: usual } = this.#ofRoute.get(route) ?? this.#join(route);
    endpoint.bytesIn += exchange.bytesIn;
    endpoint.bytesOut += exchange.bytesOut;
    const elapsed = (this.clock.elapsed() - exchange.startedAt) / MS_PER_SECOND;
    const own = endpoint.methods.get(method) ?? this.#method(endpoint, method);
    own.statuses.add(status);
    // A WebSocket lasts as long as its user stays; it says nothing about how fast we are.
    if (status !== SWITCHED) this.#observe(own.duration, elapsed, exchange);
    const asked = exchange.service;
    // Only a split or a fallback asks another service than the route's own.
    const service = asked === null || asked === route.service ? usual : this.#service(asked.name);
    if (service === null || exchange.tries === 0) return;
    service.tries += exchange.tries;
    const duration = service.statuses.get(status) ?? entry(service.statuses, status, () => new Histogram(this.#bounds));
    this.#observe(duration, exchange.targetTime > 0 ? exchange.targetTime / MS_PER_SECOND : elapsed, exchange);
  }

  #observe(durations: Histogram, seconds: number, exchange: Exchange): void {
    durations.observe(seconds);
    if (exchange.sampled && this.#exemplars) durations.exemplify({ traceId: exchange.traceId, value: seconds, at: this.clock.now() / MS_PER_SECOND });
  }

  #histograms(): readonly Histogram[] {
    return [...this.endpoints.values()].flatMap(({ methods }) => Array.from(methods.values(), ({ duration }) => duration))
      .concat([...this.services.values()].flatMap(({ statuses }) => [...statuses.values()]));
  }

  #join(route: Route): RouteStats {
    const stats = {
      endpoint: entry(this.endpoints, route.template, () => ({ methods: new Map<string, MethodStats>(), bytesIn: 0, bytesOut: 0 })),
      service: route.service && this.#service(route.service.name),
    };
    this.#ofRoute.set(route, stats);
    return stats;
  }

  #service(name: string): ServiceStats {
    return entry(this.services, name, () => ({ statuses: new Map<number, Histogram>(), tries: 0 }));
  }

  #method({ methods }: EndpointStats, method: string): MethodStats {
    const label = METHODS.has(method) ? method : OTHER_METHOD;
    return entry(methods, label, () => ({ statuses: new Tally<number>(), duration: new Histogram(this.#bounds) }));
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}
