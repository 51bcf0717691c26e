import type { Address, Balancer, Service, Target } from '#libs/kernel';
import type { Bulkhead, CircuitBreaker } from '#libs/resilience';
import type { ServiceConfig } from '../config/index.js';

/** What is known of where a service is. */
export interface Whereabouts {
  /** What its registry said last; `null` where there is no registry, or it has said nothing yet. */
  readonly found: readonly Address[] | null;
  /** Why that may be out of date; `null` when it is not. */
  readonly stale: string | null;
}

/** A service in force: its targets may change while it is. */
export class LiveService implements Service {
  targets: readonly Target[] = [];
  /** Its circuit breakers by route; that of the service itself is under the empty name. */
  readonly breakers = new Map<string, CircuitBreaker>();
  /** What bounds how many requests it has at once; `null` where nothing does. */
  bulkhead: Bulkhead | null = null;
  /** Why its targets may be out of date; `null` when they are not. */
  stale: string | null;
  /** Whether its registry has never said where it is; the targets of the file, if any, stand in. */
  unfound: boolean;

  constructor(
    readonly name: string,
    readonly config: ServiceConfig,
    readonly balancer: Balancer,
    { found, stale }: Whereabouts,
  ) {
    this.stale = stale;
    this.unfound = config.discover !== undefined && found === null;
  }
}
