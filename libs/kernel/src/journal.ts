import type { Exchange } from './exchange.js';

/** Notes of an exchange, for its trace: its forks write into the same. */
export interface Journal {
  /**
   * Called once, when the request that leaves is opened: what it says in `traceparent`. The first try of the exchange is
   * the span it names.
   */
  traceparent(): string;
  /**
   * Called for each try, just before it is sent; may change its `traceparent`. `null` where nobody will want to know of it.
   * @param startedAt milliseconds of the monotonic clock.
   */
  begin(exchange: Exchange, startedAt: number): TryNotes | null;
}

/** Notes of one try. */
export interface TryNotes {
  /** The header of its answer is there. */
  answered(status: number): void;
  /**
   * Nothing more comes of it. Called once.
   * @param reason why, where it did not come to its end: a problem, or what it was given up for. Else `null`.
   */
  ended(reason: Error | null): void;
}
