import type { CacheParts } from '#libs/http-cache';
import type { ExtensionRegistry, Interceptor, Next, Surroundings } from '#libs/kernel';
import type { CacheGround } from '../cache/index.js';
import type { GatewayConfig, MatchConfig, RouteSettings } from '../config/index.js';
import type { Resilience } from '../resilience/index.js';
import type { LiveService, Services } from '../services/index.js';

/** What a stage of a request's way is compiled from: one route, and what surrounds it. */
export interface RouteParts {
  readonly name: string;
  readonly match: MatchConfig;
  readonly settings: RouteSettings;
  readonly config: GatewayConfig;
  readonly services: Services;
  readonly resilience: Resilience;
  readonly caches: CacheGround;
  /** What the cache of the route is made of; `null` where it keeps nothing. */
  readonly kept: CacheParts | null;
  readonly extensions: ExtensionRegistry;
  readonly surroundings: Surroundings;
}

/** What asks a service by its name, compiled once for each of a route. */
export type Calls = (service: string) => Next;

/** What a stage of a request's way may call besides what is inside it. */
export interface RequestParts extends RouteParts {
  /** Breaker, retries, balancing and the forwarder of a service, as this route uses them. */
  readonly call: Calls;
  /** The same, with the route's transforms around it. */
  readonly reach: Calls;
  /** A service asked on the side: once, and only its own breaker counts. Made for requests nobody waits for. */
  readonly aside: Calls;
}

/** What a stage of a service's call is compiled from. */
export interface ServiceParts extends RouteParts {
  readonly service: LiveService;
}

/** Builds a stage's interceptor for one route; `null` when it has nothing to do there. */
export type CompileRequest = (parts: RequestParts) => Interceptor | null;

/** Builds a stage's interceptor for one service of one route; `null` when it has nothing to do there. */
export type CompileService = (parts: ServiceParts) => Interceptor | null;
