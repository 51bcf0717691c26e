import type { Exchange } from './exchange.js';
import type { Problem } from './problem.js';
import type { Target } from './target.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** A circuit breaker changed its state. */
export interface BreakerChange {
  readonly service: string;
  /** The route whose own breaker it is; `null` for that of the service. */
  readonly route: string | null;
  readonly from: BreakerState;
  readonly to: BreakerState;
}

/** Another try of an exchange follows; `exchange.target` is the one that failed. */
export interface Retry {
  readonly exchange: Exchange;
  /** Milliseconds until then. */
  readonly delay: number;
}

/** A target was taken out because requests to it failed, or came back. */
export interface TargetChange {
  readonly service: string;
  readonly target: Target;
}

/** A target was asked how it is. */
export interface TargetProbed extends TargetChange {
  readonly healthy: boolean;
  /** Milliseconds until it was known. */
  readonly latency: number;
}

/** A try came to nothing, and that was the target's fault. */
export interface TryFailed extends TargetChange {
  readonly exchange: Exchange;
  /** Code of the problem it ended with, or `status-503` where the answer itself is the failure. */
  readonly reason: string;
}

/** What a registry says of a service, or that it says nothing. */
export interface DiscoveryState {
  readonly service: string;
  /** Why its last known targets may be out of date; `null` when they are not. */
  readonly stale: string | null;
}

/** A request to a target broke after its response header was there. */
export interface BrokenAnswer {
  readonly exchange: Exchange;
  readonly target: Target;
  readonly problem: Problem;
}

/** What became of a request that was to be mirrored to another service. */
export interface Mirrored {
  readonly service: string;
  readonly outcome: 'sent' | 'skipped' | 'failed';
}

/** A request was turned away because its service had all the requests it may have. */
export interface Shed {
  readonly exchange: Exchange;
  readonly service: string;
  /** `critical`, `high`, `normal` or `low`. */
  readonly priority: string;
}

/** A request that was sent to more than one target at once is decided. */
export interface Hedged {
  readonly exchange: Exchange;
  readonly service: string;
  /** `won`: a target that was asked later was faster. `lost`: the first one was. `failed`: none gave a good answer. */
  readonly outcome: 'won' | 'lost' | 'failed';
}
