/** What one limit said of a request. Times in milliseconds. */
export interface LimitReport {
  /** As the file calls it, or what it follows. */
  readonly name: string;
  /** `false`: it only counts (shadow mode). */
  readonly binding: boolean;
  readonly allowed: boolean;
  /** How much there is in a window, for this caller. */
  readonly quota: number;
  readonly window: number;
  readonly remaining: number;
  /** Until all of it can be taken again. */
  readonly reset: number;
  /** Until as much as was asked for can be taken; 0 when it was given. */
  readonly retryAfter: number;
}

/** One limit of a credential's own, as whoever gave it wrote it. */
export interface OwnLimit {
  readonly use?: 'token-bucket' | 'sliding-window' | 'fixed-window' | 'quota' | undefined;
  readonly rate: string;
  readonly burst?: number | undefined;
  readonly zone?: string | undefined;
}

/** Limits that came with a credential. They count over all routes, beside those of the route; the same object as long as they stay the same. */
export interface OwnLimits {
  /** The credential, e.g. `key:4kT9` or `partners:acme`; counters go by it. */
  readonly of: string;
  readonly limits: readonly OwnLimit[];
}
