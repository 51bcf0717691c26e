import type { Dispatcher } from 'undici';

/** One address of a service, with the state that survives a reload. */
export class Target {
  /** Tries under way; balancers read it. */
  inFlight = 0;
  /** `false` while health says that no request should go here. */
  available = true;
  /** Path in front of every request's path; empty for none. */
  readonly basePath: string;

  constructor(
    /** Scheme, host and port, and a base path if the address has one. */
    readonly url: URL,
    /** Share of the traffic relative to its siblings. */
    readonly weight: number,
    /** The connections to this target. */
    readonly dispatcher: Dispatcher,
  ) {
    this.basePath = url.pathname.replace(/\/+$/, '');
  }
}
