/** Tokens drip in at `count` per `window`; the bucket holds `capacity` and starts with `initial`. Times in milliseconds. */
export interface TokenBucket {
  readonly use: 'token-bucket';
  readonly count: number;
  readonly window: number;
  readonly capacity: number;
  readonly initial: number;
}

/** At most `count` within any `window` milliseconds. */
export interface SlidingWindow {
  readonly use: 'sliding-window';
  readonly count: number;
  readonly window: number;
}

/** At most `count` in each window; windows follow one another from the first request on. */
export interface FixedWindow {
  readonly use: 'fixed-window';
  readonly count: number;
  readonly window: number;
}

/** At most `count` until a moment; the key names the period. Kept through restarts. */
export interface Quota {
  readonly use: 'quota';
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly ends: number;
}

/** What a counter follows: plain data, for it goes to Redis and to other processes. */
export type Limit = TokenBucket | SlidingWindow | FixedWindow | Quota;

/** What a request takes from one counter. */
export interface Take {
  /** Names the counter; whoever has the same key counts together. */
  readonly key: string;
  readonly limit: Limit;
  /** How much it takes; 1 for an ordinary request. */
  readonly cost: number;
  /** `false` in shadow mode: it is counted where there is room, and refuses nobody. */
  readonly binding: boolean;
}

/** What a counter said. Times in milliseconds from now. */
export interface Verdict {
  readonly allowed: boolean;
  /** What can still be taken, whole units, never below 0. */
  readonly remaining: number;
  /** Until all of it can be taken again: the bucket full, the window over. */
  readonly reset: number;
  /** Until as much as was asked for can be taken; 0 when it was given, `Infinity` when it never can. */
  readonly retryAfter: number;
}

/**
 * Keeps counters. All takes of a call are given or none is: one that refuses costs nothing from the others (those that
 * do not bind aside). Exact under concurrency: never one too many.
 */
export interface LimitStore {
  /** One verdict per take, in their order; at once where the counters are in this process. Rejects when they cannot be asked. */
  take(takes: readonly Take[]): readonly Verdict[] | Promise<readonly Verdict[]>;
  /**
   * Puts back what was taken. Never throws; what cannot be put back is lost.
   * @param ago milliseconds since just before it was taken; 0 when left out. It goes back to where it was then.
   */
  give(takes: readonly Take[], ago?: number): void;
}

/** A Lua script, known to Redis by the SHA-1 of its text. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Runs scripts on Redis: one round trip, or a rejection within a bounded time. Keys of one call share a hash tag. */
export interface ScriptRunner {
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
}
