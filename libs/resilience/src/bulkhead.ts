import type { Clock, Random } from '#libs/kernel';
import { AdaptiveLimit, type AdaptiveOptions } from './adaptive-limit.js';
import type { Lag } from './loop-lag.js';
import { PRIORITIES, type Priority } from './priority.js';
import { WaitingLine, type Waiter } from './waiting-line.js';

export interface BulkheadOptions {
  /** Requests there may be at once; `undefined` where the limit is learned. */
  readonly max?: number | undefined;
  readonly adaptive?: AdaptiveOptions | undefined;
  /** Requests that may wait. */
  readonly queue: number;
  /** Share of the limit that requests of a priority may fill, from 0 to 1; critical ones may fill all of it. */
  readonly shares: Readonly<Record<Exclude<Priority, 'critical'>, number>>;
}

/**
 * Bounds how many requests a service has at once. As it fills up, those that matter least find no slot first.
 * Priorities are given as places among `PRIORITIES`: taking a slot and handing it back are a comparison and a count.
 */
export class Bulkhead {
  #inFlight = 0;
  /** Requests under way at which one of a priority finds no slot any more. Never rises towards lower priorities. */
  readonly #allowed: number[] = PRIORITIES.map(() => 1);
  readonly #adaptive: AdaptiveLimit | null;
  readonly #line: WaitingLine;

  constructor(private readonly options: BulkheadOptions, clock: Clock, random: Random, lag: Lag) {
    this.#adaptive = options.adaptive ? new AdaptiveLimit(options.adaptive, clock, random, lag) : null;
    this.#line = new WaitingLine(options.queue);
    this.#allot();
  }

  /** Requests there may be at once now. */
  get limit(): number {
    return this.#adaptive?.limit ?? (this.options.max as number);
  }

  /** Requests that have a slot. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Requests that wait for one. */
  get waiting(): number {
    return this.#line.length;
  }

  /** Takes a slot. @returns `false` when there is none; whoever got one calls `leave` once. */
  enter(priority: number): boolean {
    // Nobody is overtaken: where somebody of this priority or a higher one waits, there is no slot either.
    if (this.#inFlight >= (this.#allowed[priority] as number)) return false;
    this.#inFlight++;
    return true;
  }

  /** Hands a slot back. A function of its own, so that it can be handed on. */
  readonly leave = (): void => {
    this.#inFlight--;
    if (this.#line.length > 0) this.#admit();
  };

  /** For who found no slot. @returns `false` when there is no place to wait either. */
  wait(waiter: Waiter): boolean {
    const placed = this.#line.add(waiter);
    if (this.#adaptive?.refused()) this.#allot();
    return placed;
  }

  /** Waits no longer; nothing happens when it was admitted before. */
  giveUp(waiter: Waiter): void {
    this.#line.remove(waiter);
  }

  /** @param latency milliseconds until the response header. */
  answered(latency: number): void {
    if (this.#adaptive?.answered(latency, this.#inFlight)) this.#allot();
  }

  /** The service, or the way to it, said that it is too much. */
  overloaded(): void {
    if (this.#adaptive?.overloaded()) this.#allot();
  }

  #allot(): void {
    const { shares: { high, low, normal } } = this.options;
    const [limit, momentary] = [this.limit, this.#adaptive?.momentary ?? this.limit];
    // Critical requests are kept from nothing for the sake of a measurement.
    this.#allowed[0] = limit;
    for (const [i, share] of [high, normal, low].entries()) this.#allowed[i + 1] = Math.ceil(share * momentary);
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#line.first(); next !== undefined && this.enter(next.priority); next = this.#line.first()) {
      this.#line.remove(next);
      next.admitted();
    }
  }
}
