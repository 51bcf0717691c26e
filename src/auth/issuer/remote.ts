import { events, type Clock, type Random } from '#libs/kernel';
import { issuerAway } from './failure.js';

/** When something is fetched again. Milliseconds. */
export interface RefreshPlan {
  /** Whose it is, for people: an address. */
  readonly issuer: string;
  readonly every: number;
  /** At least between two fetches that strangers can bring about. */
  readonly cooldown: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** After the first failure; it doubles with each one more. */
const FIRST_PAUSE = 1_000;

/**
 * Something that an issuer publishes: fetched when it is first needed, again in the background when it is used and has
 * got old, and kept when the issuer is away. It goes by the times at which it is used and has no timer, so nobody has to
 * end it. All who want it at the same time share one fetch.
 */
export class Remote<T> {
  #value: T | null = null;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #failure: unknown = null;
  #pending: Promise<void> | null = null;

  constructor(private readonly fetch: () => Promise<T>, private readonly plan: RefreshPlan) {}

  /** What was fetched last, however long ago; `null` before. Begins to fetch where it is time. */
  get latest(): T | null {
    if (this.plan.clock.elapsed() >= this.#dueAt) void this.#fetch();
    return this.#value;
  }

  /** Looked at not long ago, whatever came of it. Before it was first used, nothing is. */
  get fresh(): boolean {
    const now = this.plan.clock.elapsed();
    return now < this.#lookedAt + 2 * this.plan.every || (this.#pending === null && now < this.#dueAt);
  }

  /** The last try failed. */
  get away(): boolean {
    return this.#failures > 0;
  }

  /**
   * Waits for the first fetch; also for one where it was not used for so long that nobody would call it recent, as long
   * as the issuer is there.
   * @throws Problem issuer-away by rejection where there is nothing to go by.
   */
  async recent(): Promise<T> {
    if (this.#value !== null && this.fresh) return this.latest as T;
    if (this.#value !== null || this.#pending !== null || this.plan.clock.elapsed() >= this.#dueAt) await this.#fetch();
    if (this.#value === null) throw this.refusal();
    return this.#value;
  }

  /** Fetches at once, because something is missing that may be new; but not more often than the cooldown allows. @returns whether it did. */
  async renew(): Promise<boolean> {
    const now = this.plan.clock.elapsed();
    if (this.#pending === null) {
      if (now < this.#renewedAt + this.plan.cooldown) return false;
      this.#renewedAt = now;
    }
    await this.#fetch();
    return !this.away;
  }

  /** For whoever cannot be judged without it. */
  refusal(): Error {
    const wait = this.#dueAt - this.plan.clock.elapsed();
    return issuerAway(Number.isFinite(wait) ? wait : 0, this.#failure);
  }

  #fetch(): Promise<void> {
    // Whoever looks while it is under way must not begin another one.
    this.#dueAt = Number.POSITIVE_INFINITY;
    return (this.#pending ??= this.fetch().then((value) => this.#fetched(value), (error: unknown) => this.#failed(error)).finally(() => {
      this.#pending = null;
    }));
  }

  #fetched(value: T): void {
    const { clock, every, issuer, random } = this.plan;
    this.#value = value;
    this.#fetchedAt = this.#lookedAt = clock.elapsed();
    // Give or take a tenth, so that not all gateways ask at once.
    this.#dueAt = this.#fetchedAt + every * (0.9 + 0.2 * random());
    if (this.away) events.issuerChanged.publish({ issuer, away: null, age: 0 });
    this.#failures = 0;
    this.#failure = null;
  }

  #failed(error: unknown): void {
    const { clock, cooldown, issuer } = this.plan;
    this.#lookedAt = clock.elapsed();
    this.#dueAt = this.#lookedAt + Math.min(cooldown, FIRST_PAUSE * 2 ** this.#failures);
    this.#failure = error;
    this.#failures += 1;
    const age = this.#value === null ? null : clock.elapsed() - this.#fetchedAt;
    if (this.#failures === 1) events.issuerChanged.publish({ issuer, away: error instanceof Error ? error.message : String(error), age });
  }
}
