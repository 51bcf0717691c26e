import type { Interceptor, Service } from '#libs/kernel';
import type { ExtensionRegistry, Surroundings } from '#libs/kernel';
import type { GatewayConfig, MatchConfig, RouteSettings } from '../config/index.js';
import type { Resilience } from '../resilience/index.js';

/** What a stage of the pipeline is compiled from: one route, and what surrounds it. */
export interface RouteParts {
  readonly name: string;
  readonly match: MatchConfig;
  readonly settings: RouteSettings;
  readonly service: Service;
  readonly config: GatewayConfig;
  readonly resilience: Resilience;
  readonly extensions: ExtensionRegistry;
  readonly surroundings: Surroundings;
}

/** Builds a stage's interceptor for one route; `null` when it has nothing to do there. */
export type Compile = (parts: RouteParts) => Interceptor | null;
