import type { Dispatcher } from 'undici';

/** Where a target stands among its siblings. */
export interface Placement {
  /** Share of the traffic relative to its siblings, 1 or more. */
  readonly weight: number;
  /** Zone it runs in, such as a data centre; empty for none. */
  readonly zone: string;
  /** Group it belongs to: a higher number gets requests only while no target of a lower one is available. */
  readonly priority: number;
}

/** Where a target is, as the file or a registry says. */
export interface Address extends Placement {
  /** `http://` or `https://`, host and port, and a base path if it has one. */
  readonly url: string;
}

/** One address of a service, with the state that survives a reload. */
export class Target {
  /** Tries under way; balancers read it. */
  inFlight = 0;
  /** Tries that ended well here, and that failed; what says nothing of the target, such as a client that left, is neither. */
  ok = 0;
  failed = 0;
  /**
   * `clock.elapsed()` when it joined a service that was there before, or recovered: a service's `slowStart` counts from
   * it. `null` for a target that is warm.
   */
  since: number | null = null;
  weight = 1;
  zone = '';
  priority = 0;
  /** Path in front of every request's path; empty for none. */
  readonly basePath: string;
  #up = true;
  #ejected = false;
  #withdrawn = false;

  constructor(
    /** Scheme, host and port, and a base path if the address has one. */
    readonly url: URL,
    /** The connections to this target. */
    readonly dispatcher: Dispatcher,
    placement: Partial<Placement> = {},
  ) {
    this.place({ ...ANYWHERE, ...placement });
    this.basePath = url.pathname.replace(/\/+$/, '');
  }

  /** Gives it another place: its connections and all that is known of it stay. */
  place({ weight, zone, priority }: Placement): void {
    this.weight = weight;
    this.zone = zone;
    this.priority = priority;
  }

  /** `false` while no request should go here: probes say that it is down, it was taken out for failing, or by hand. */
  get available(): boolean {
    return this.#up && !this.#ejected && !this.#withdrawn;
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

  /** Why it is not available, the strongest reason first; `null` when it is. */
  get out(): 'withdrawn' | 'down' | 'ejected' | null {
    if (this.#withdrawn) return 'withdrawn';
    if (!this.#up) return 'down';
    return this.#ejected ? 'ejected' : null;
  }

  /** Whether it was taken out by hand. */
  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  /** Takes it out by hand: what is under way there ends in peace. */
  withdraw(): void {
    this.#withdrawn = true;
  }

  restore(): void {
    this.#withdrawn = false;
  }
}

const ANYWHERE: Placement = { weight: 1, zone: '', priority: 0 };
