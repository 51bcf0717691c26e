import type { Clock } from '#libs/kernel';
import { Refreshes } from './refreshes.js';

/**
 * How a fetch ended for those who wait for it. `stored`: look again. `unshared`: its answer is for nobody else.
 * `failed`: the service did. `left`: whoever fetched it did not stay for the answer.
 */
export type Landing = 'stored' | 'unshared' | 'failed' | 'left';

/** Who waits for a fetch. */
export interface Follower {
  landed(landing: Landing): void;
}

/** What is told how a fetch ended. */
export interface Awaited {
  /** Whether somebody waits for it. */
  readonly awaited: boolean;
  /** Called each time that somebody begins to wait. */
  onFollower: (() => void) | null;
  /** Ends it. Only the first time counts. */
  land(landing: Landing): void;
}

/** Milliseconds for which requests do not wait for each other after an answer that could not be shared. */
const ALONE = 10_000;
/** Keys to remember that of. */
const REMEMBERED = 1_024;

/** What a worker has under way: one fetch per key that others wait for. Shared by all routes and snapshots. */
export class Flights {
  readonly refreshes: Refreshes;
  readonly #flights = new Map<string, Flight>();
  /** Until when; the oldest first. */
  readonly #alone = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    this.refreshes = new Refreshes(clock);
  }

  /** Fetches under way. */
  get size(): number {
    return this.#flights.size;
  }

  /** The fetch of a key that is under way. */
  under(key: string): Flight | null {
    return this.#flights.get(key) ?? null;
  }

  /** Begins one. The key has none. */
  depart(key: string): Flight {
    const flight = new Flight(this, key);
    this.#flights.set(key, flight);
    return flight;
  }

  /** Whether waiting for a fetch of this key would be in vain, as it was a moment ago. */
  isAlone(key: string): boolean {
    const until = this.#alone.get(key);
    if (until === undefined) return false;
    if (this.clock.elapsed() < until) return true;
    this.#alone.delete(key);
    return false;
  }

  /** A flight is over; or, without one, an answer was stored after all. */
  over(key: string, landing: Landing): void {
    this.#flights.delete(key);
    if (landing === 'stored') this.#alone.delete(key);
    if (landing !== 'unshared') return;
    this.#alone.delete(key);
    this.#alone.set(key, this.clock.elapsed() + ALONE);
    if (this.#alone.size > REMEMBERED) this.#alone.delete(this.#alone.keys().next().value as string);
  }

  /** An answer to a request that nobody waited for was stored: the next ones may wait again. */
  shared(key: string): void {
    this.#alone.delete(key);
  }
}

/** One fetch, and those who wait for it. */
export class Flight implements Awaited {
  /** Gives back the lease of the key, where there is one. */
  lease: (() => void) | null = null;
  onFollower: (() => void) | null = null;
  readonly #followers = new Set<Follower>();
  #over = false;

  constructor(private readonly flights: Flights, readonly key: string) {}

  get awaited(): boolean {
    return this.#followers.size > 0;
  }

  follow(follower: Follower): void {
    this.#followers.add(follower);
    this.onFollower?.();
  }

  leave(follower: Follower): void {
    this.#followers.delete(follower);
  }

  land(landing: Landing): void {
    if (this.#over) return;
    this.#over = true;
    this.flights.over(this.key, landing);
    this.lease?.();
    this.onFollower = null;
    for (const follower of this.#followers) follower.landed(landing);
    this.#followers.clear();
  }
}
