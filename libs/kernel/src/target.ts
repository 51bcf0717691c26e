import type { Dispatcher } from 'undici';

/** Where a target stands among its siblings. */
export interface Placement {
  /** Zone it runs in, such as a data centre; empty for none. */
  readonly zone: string;
  /** Group it belongs to: a higher number gets requests only while no target of a lower one is available. */
  readonly priority: number;
}

/** One address of a service, with the state that survives a reload. */
export class Target {
  /** Tries under way; balancers read it. */
  inFlight = 0;
  /**
   * `clock.elapsed()` when it joined a service that was there before, or recovered: a service's `slowStart` counts from
   * it. `null` for a target that is warm.
   */
  since: number | null = null;
  readonly zone: string;
  readonly priority: number;
  /** Path in front of every request's path; empty for none. */
  readonly basePath: string;
  #up = true;
  #ejected = false;

  constructor(
    /** Scheme, host and port, and a base path if the address has one. */
    readonly url: URL,
    /** Share of the traffic relative to its siblings. */
    readonly weight: number,
    /** The connections to this target. */
    readonly dispatcher: Dispatcher,
    { zone, priority }: Placement = ANYWHERE,
  ) {
    this.zone = zone;
    this.priority = priority;
    this.basePath = url.pathname.replace(/\/+$/, '');
  }

  /** `false` while no request should go here: probes say that it is down, or it was taken out for failing. */
  get available(): boolean {
    return this.#up && !this.#ejected;
  }

  /** What probes say; does not end an ejection. */
  set available(up: boolean) {
    this.#up = up;
  }

  /** Takes it out for failing, until it is readmitted. */
  eject(): void {
    this.#ejected = true;
  }

  readmit(): void {
    this.#ejected = false;
  }
}

const ANYWHERE: Placement = { zone: '', priority: 0 };
