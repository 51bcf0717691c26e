import type { Clock } from '#libs/kernel';
import { SlidingWindow } from './sliding-window.js';

export interface BudgetOptions {
  /** Retries there may be per request, from 0 to 1. */
  readonly share: number;
  /** Retries per second there may be besides. */
  readonly minimum: number;
}

/** Milliseconds over which requests and retries are compared. */
const WINDOW = 10_000;
const REQUEST = 0;
const RETRY = 1;

/**
 * Bounds how much retries add to the load of a service: when everything fails, the service gets a fifth more requests
 * (or whatever the share is) and not three times as many.
 */
export class RetryBudget {
  readonly #window: SlidingWindow;

  constructor(private readonly options: BudgetOptions, clock: Clock) {
    this.#window = new SlidingWindow(WINDOW, 2, clock);
  }

  /** Called once per request, before its first try. */
  deposit(): void {
    this.#window.add(REQUEST);
  }

  /** Takes one retry out. @returns `false` when there is none left. */
  withdraw(): boolean {
    const { minimum, share } = this.options;
    const allowed = (minimum * WINDOW) / 1_000 + share * this.#window.count(REQUEST);
    if (this.#window.count(RETRY) + 1 > allowed) return false;
    this.#window.add(RETRY);
    return true;
  }
}
