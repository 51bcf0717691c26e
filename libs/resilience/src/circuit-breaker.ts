import { events, type BreakerState, type Clock } from '#libs/kernel';
import { SlidingWindow } from './sliding-window.js';

/** When a breaker opens, and how it closes again. Times in milliseconds, shares from 0 to 1. */
export interface BreakerOptions {
  /** Share of failures in the window that opens it; 0 for none. */
  readonly errorRate: number;
  /** Length of the window. */
  readonly over: number;
  /** Requests in the window below which no share is judged. */
  readonly minRequests: number;
  /** Failures in a row that open it; 0 for none. */
  readonly failures: number;
  /** Share of requests longer than `over` that opens it; `null` for none. */
  readonly slow: { readonly over: number; readonly rate: number } | null;
  /** How long it stays open. */
  readonly open: number;
  /** Requests it lets through after that; all have to go well. */
  readonly trials: number;
}

/** What a breaker has counted; of one that is not closed, until it opened. */
export interface BreakerFigures {
  readonly failures: number;
  /** Requests that went well; of a half-open one, its trials. */
  readonly successes: number;
  /** Time of the last failure in milliseconds since the epoch; `null` for none. */
  readonly failedAt: number | null;
}

/** Whom a breaker guards; `route` is `null` when it is the whole service. */
export interface BreakerScope {
  readonly service: string;
  readonly route: string | null;
}

/** What became of a request. `ignored` counts neither way: the client left, or the request was at fault. */
export type Outcome = 'success' | 'failure' | 'ignored';

/** Returned by `enter` when the request may not go on. */
export const REFUSED = 0;

const ALL = 0;
const FAILED = 1;
const SLOW = 2;

/**
 * Keeps requests away from a service that fails, so that it can recover and clients need not wait.
 *
 *     closed -- too many failures, or too many slow ones --> open
 *     open -- after `open` --> half-open -- `trials` good ones --> closed
 *                              half-open -- one bad one -------> open
 *
 * While it is closed, `enter` is one comparison. Changes of state are published as `events.breakerChanged`.
 */
export class CircuitBreaker {
  #state: BreakerState = 'closed';
  /** Rises with every change of state, so that what began before it no longer counts. */
  #epoch = 1;
  #inARow = 0;
  /** `clock.elapsed()` at which the next requests may try: the end of `open`, or of the patience with trials. */
  #tryAt = 0;
  #byHand = false;
  #entered = 0;
  #passed = 0;
  #failedAt: number | null = null;
  /** Failures that opened it. */
  #felled = 0;
  readonly #window: SlidingWindow;

  constructor(private readonly scope: BreakerScope, private readonly options: BreakerOptions, private readonly clock: Clock) {
    this.#window = new SlidingWindow(options.over, 3, clock);
  }

  get state(): BreakerState {
    return this.#state;
  }

  get figures(): BreakerFigures {
    const failedAt = this.#failedAt;
    if (this.#state !== 'closed') return { failures: this.#felled, successes: this.#passed, failedAt };
    const failures = Math.max(this.#window.count(FAILED), this.#inARow);
    return { failures, successes: Math.max(0, this.#window.count(ALL) - failures), failedAt };
  }

  /** @returns `REFUSED`, or a pass to hand back to `report` exactly once. */
  enter(): number {
    return this.#state === 'closed' ? this.#epoch : this.#enterTrial();
  }

  /**
   * @param pass what `enter` returned.
   * @param duration milliseconds until the answer's header.
   */
  report(pass: number, outcome: Outcome, duration: number): void {
    if (pass !== this.#epoch) return;
    const { slow } = this.options;
    if (outcome === 'failure') this.#failedAt = this.clock.now();
    const tooSlow = slow !== null && outcome !== 'ignored' && duration > slow.over;
    if (this.#state === 'half-open') this.#judgeTrial(outcome, tooSlow);
    else if (outcome !== 'ignored') this.#count(outcome === 'failure', tooSlow);
  }

  /** Milliseconds after which it is worth asking again. */
  retryAfter(): number {
    return Math.max(0, this.#tryAt - this.clock.elapsed());
  }

  /** By hand: no request for `duration` milliseconds, whatever the service does; then trials as ever. */
  open(duration: number): void {
    if (this.#state !== 'open') this.#change('open');
    this.#byHand = true;
    this.#tryAt = this.clock.elapsed() + duration;
  }

  /** Milliseconds that it stays open because somebody opened it by hand; 0 otherwise. */
  get heldFor(): number {
    return this.#byHand ? this.retryAfter() : 0;
  }

  /** By hand: requests again, and what was counted is forgotten. */
  close(): void {
    if (this.#state !== 'closed') this.#change('closed');
  }

  #enterTrial(): number {
    const now = this.clock.elapsed();
    if (this.#state === 'open') {
      if (now < this.#tryAt) return REFUSED;
      this.#change('half-open');
    } else if (this.#entered >= this.options.trials) {
      // A trial may hang for as long as no limit ends it; another one then finds out.
      if (now < this.#tryAt) return REFUSED;
      this.#entered--;
    }
    this.#entered++;
    this.#tryAt = now + this.options.open;
    return this.#epoch;
  }

  #judgeTrial(outcome: Outcome, tooSlow: boolean): void {
    if (outcome === 'ignored') this.#entered = Math.max(0, this.#entered - 1);
    else if (outcome === 'failure' || tooSlow) this.#change('open');
    else if (++this.#passed >= this.options.trials) this.#change('closed');
  }

  #count(failed: boolean, tooSlow: boolean): void {
    const window = this.#window;
    window.add(ALL);
    if (failed) window.add(FAILED);
    if (tooSlow) window.add(SLOW);
    this.#inARow = failed ? this.#inARow + 1 : 0;
    if ((failed || tooSlow) && this.#isTooMuch()) this.#change('open');
  }

  #isTooMuch(): boolean {
    const { errorRate, failures, minRequests, slow } = this.options;
    if (failures > 0 && this.#inARow >= failures) return true;
    const all = this.#window.count(ALL);
    if (all < minRequests) return false;
    if (errorRate > 0 && this.#window.count(FAILED) >= errorRate * all) return true;
    return slow !== null && this.#window.count(SLOW) >= slow.rate * all;
  }

  #change(to: BreakerState): void {
    const from = this.#state;
    if (from === 'closed') this.#felled = this.figures.failures;
    this.#state = to;
    this.#byHand = false;
    this.#epoch++;
    this.#inARow = this.#entered = this.#passed = 0;
    this.#window.clear();
    if (to === 'open') this.#tryAt = this.clock.elapsed() + this.options.open;
    events.breakerChanged.publish({ ...this.scope, from, to });
  }
}
