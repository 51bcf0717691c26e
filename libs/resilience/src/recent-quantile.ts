import type { Clock } from '#libs/kernel';
import { LogHistogram } from './log-histogram.js';

export interface QuantileOptions {
  /** Share of the values that do not exceed it, from 0 to 1. */
  readonly share: number;
  /** Values below which there is no telling. */
  readonly minimum: number;
}

/** Milliseconds after which the older half of what is known is forgotten. */
const HALF = 30_000;
/** Milliseconds for which a result holds: it is asked for with every request, and changes slowly. */
const HOLDS = 250;

/** A quantile of the values of the last 30 to 60 seconds. */
export class RecentQuantile {
  #young = new LogHistogram();
  #old = new LogHistogram();
  #turnAt: number;
  #value: number | null = null;
  #staleAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: QuantileOptions, private readonly clock: Clock) {
    this.#turnAt = clock.elapsed() + HALF;
  }

  record(value: number): void {
    this.#turn(this.clock.elapsed());
    this.#young.add(value);
  }

  /** Up to 6 % and a quarter of a second; one of few hundred values. `null` while too little is known. */
  get value(): number | null {
    const now = this.clock.elapsed();
    if (now < this.#staleAt) return this.#value;
    this.#turn(now);
    this.#staleAt = now + HOLDS;
    const { minimum, share } = this.options;
    this.#value = this.#young.total + this.#old.total < minimum ? null : this.#young.quantile(share, this.#old);
    return this.#value;
  }

  #turn(now: number): void {
    if (now < this.#turnAt) return;
    if (now >= this.#turnAt + HALF) this.#young.clear();
    [this.#young, this.#old] = [this.#old, this.#young];
    this.#young.clear();
    this.#turnAt = now + HALF;
  }
}
