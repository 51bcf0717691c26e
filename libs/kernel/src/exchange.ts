import type { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Alarm } from './alarm.js';
import type { Answer } from './answer.js';
import type { Route, Service } from './contracts.js';
import { HeaderList } from './header-list.js';
import type { Journal } from './journal.js';
import type { LimitReport, OwnLimits } from './limit-report.js';
import type { Principal } from './principal.js';
import type { Problem } from './problem.js';
import type { Target } from './target.js';

/** The request as it arrived: what step 1 (http) knows when it opens the exchange. */
export interface Arrival {
  readonly method: string;
  /** Normalised path, still percent-encoded, without the query. */
  readonly path: string;
  /** Empty, or from the `?` on. Credentials in it are cut out before anybody sees it. */
  readonly query: string;
  /** Names in lower case, repeated fields joined as node:http joins them. */
  readonly headers: IncomingHttpHeaders;
  /** Flat list of names and values exactly as sent. */
  readonly rawHeaders: readonly string[];
  /** `clock.elapsed()` when the request header was complete. */
  readonly startedAt: number;
}

/** The request as it leaves for a target; step 5 opens it, interceptors edit it, the forwarder sends it. */
export interface Outgoing {
  method: string;
  /** Path without the query. */
  path: string;
  /** Empty, or from the `?` on. */
  query: string;
  readonly headers: HeaderList;
  /** `null` when the request has no body; a Buffer once something had to read it whole. */
  body: Readable | Buffer | null;
}

/**
 * `hit`: answered from the store. `stale`: so too, past its time. `revalidated`: from the store, after the service said
 * that nothing has changed. `collapsed`: from the store, after another request had fetched it. `miss`: the service
 * answered. `bypass`: the service answered, for the request is none that a cache may answer.
 */
export type CacheOutcome = 'hit' | 'stale' | 'revalidated' | 'collapsed' | 'miss' | 'bypass';

/** What an exchange stops when it is aborted. */
export interface Abortable {
  abort(reason: Error): void;
}

/**
 * One request on its way, the only thing that travels. Each slot is written by the room named beside it and read by
 * all that come later.
 */
export class Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly startedAt: number;

  // src/http, step 1
  query: string;
  id = '';
  /** The id that a chain of requests shares, where the file wants one (`correlationId`); else empty. */
  correlationId = '';
  /** Version of HTTP that it came over: `1.0`, `1.1` or `2`. */
  httpVersion = '1.1';
  /** `http` or `https`, as the client's side of the outermost trusted proxy saw it. */
  scheme: 'http' | 'https' = 'http';
  /** Authority the client asked for, port included when given. */
  host = '';
  /** Address of the TCP peer. */
  peer = '';
  /** The peer is a proxy of ours (`forwarded.trust`). */
  trustedPeer = false;
  /** Address of the client: the peer, or what trusted proxies say. */
  client = '';
  /** Says the trace id when it is first asked for: of most exchanges that a cache answers nobody asks. */
  trace: (headers: IncomingHttpHeaders) => string = NO_TRACE;
  /** Whether its trace is exported, so that somebody who follows its trace id finds something. Final once `exchangeClosing` was told. */
  sampled = false;
  /** W3C id of the span that is this exchange, 16 hex digits; empty where none is exported. */
  spanId = '';
  /** Notes what becomes of it, for its trace; `null` where nobody exports any. */
  journal: Journal | null = null;
  /** It bears a valid debug header (`log.debug`): what is decided is told in the log. */
  debugged = false;
  /** The client's certificate, where its connection proved one that `server.tls.ca` vouches for. */
  certificate: X509Certificate | null = null;
  /** The request's body; `null` when it has none. */
  body: Readable | null = null;
  /** The protocol the client wants to switch to, such as `websocket`; `null` for an ordinary request. */
  upgrade: string | null = null;
  /** Passes an informational response (RFC 9110 15.2) on to the client. */
  informational: ((status: number, headers: HeaderList) => void) | null = null;
  /** Why the request cannot be routed: malformed, no such path, no such method. */
  refusal: Problem | null = null;

  // libs/routing, step 2
  route: Route | null = null;
  /** Values of `:name` segments, percent-encoding kept; `rest` is what `**` matched. */
  params: Readonly<Record<string, string>> = NO_PARAMS;
  /** The path without a version prefix: what a service gets unless the route rewrites it. */
  servicePath = '';
  /** API version of the call; `null` where it has none. */
  version: string | null = null;
  /** Whether it named that version itself; else it is the default. */
  versionNamed = false;

  // src/auth, step 3
  principal: Principal | null = null;
  /** The token that was cut out of the query, for services that ask for it there; `null` for none. */
  queryToken: string | null = null;
  /** Limits that came with a credential; `null` for none. */
  ownLimits: OwnLimits | null = null;
  /** Fields that the answer gets whatever it turns out to be, such as a renewed session cookie. */
  answerFields: HeaderList | null = null;

  // src/rate-limit, step 4
  /** What each limit of the route said, in the order of the file; empty where it has none or was not asked. */
  limits: readonly LimitReport[] = NO_LIMITS;

  // src/proxy, steps 5 to 8
  outgoing: Outgoing | null = null;
  /** The service that was last asked; not the route's own where a split or a fallback chose another. */
  service: Service | null = null;
  target: Target | null = null;
  /** Tries made so far. */
  tries = 0;
  /** What ends the try under way and nothing else. */
  trial: Abortable | null = null;
  /** Targets that earlier tries failed at; another one is chosen where there is one. */
  failed: readonly Target[] = NOBODY;
  /** Milliseconds until the target's response header arrived, from the try's start. */
  targetTime = 0;

  /** Which variant of a split it got; `null` where there is none. */
  variant: string | null = null;
  /** What stands in for the answer of the service: `stale`, `service`, `static`, or `partial` for one with gaps; `null` where nothing has to. */
  degraded: string | null = null;
  /** Why something has to, where that was a problem: one the client does not get. */
  failure: Problem | null = null;
  /** What the cache of the route did; `null` where it has none. */
  cached: CacheOutcome | null = null;
  /** Gives a copy of a former answer that is past its time, where a cache keeps one. */
  stale: (() => Answer | null) | null = null;

  // the way out
  /** Ends an exchange that takes too long in all; cleared when it is closed. */
  deadline: Alarm | null = null;
  status = 0;
  bytesIn = 0;
  bytesOut = 0;
  problem: Problem | null = null;

  #traceId: string | null = null;
  #toAbort: Abortable | readonly Abortable[] | null = null;
  #abortReason: Error | null = null;

  constructor(arrival: Arrival) {
    this.method = arrival.method;
    this.path = arrival.path;
    this.query = arrival.query;
    this.headers = arrival.headers;
    this.rawHeaders = arrival.rawHeaders;
    this.startedAt = arrival.startedAt;
  }

  /** W3C trace id, 32 hex digits; empty where there is none. */
  get traceId(): string {
    return (this.#traceId ??= this.trace(this.headers));
  }

  set traceId(id: string) {
    this.#traceId = id;
  }

  /** Set once the exchange must stop: the client left, or its total time is over. */
  get aborted(): Error | null {
    return this.#abortReason;
  }

  /** Stops whatever is under way. Only the first reason counts. */
  abort(reason: Error): void {
    if (this.#abortReason) return;
    this.#abortReason = reason;
    const listeners = this.#toAbort;
    this.#toAbort = null;
    if (listeners === null) return;
    if ('abort' in listeners) listeners.abort(reason);
    else for (const listener of listeners) listener.abort(reason);
  }

  /**
   * Aborts `listener` with the exchange, at once if it already is. An object rather than a function, and no AbortSignal:
   * nothing is allocated for the ordinary exchange, which is never aborted. `signal()` makes one for those who need it.
   */
  onAbort(listener: Abortable): void {
    if (this.#abortReason) listener.abort(this.#abortReason);
    else if (this.#toAbort === null) this.#toAbort = listener;
    else this.#toAbort = 'abort' in this.#toAbort ? [this.#toAbort, listener] : [...this.#toAbort, listener];
  }

  /**
   * A copy that goes its own way from step 5 on, for a second request on behalf of this one. Aborted with it, but not the
   * other way round; the request's own body stays here.
   */
  fork(): Exchange {
    const fork = this.detach();
    fork.deadline = this.deadline;
    this.onAbort(fork);
    return fork;
  }

  /** A fork that goes on when this one is over, for work nobody waits for: neither aborted with it nor under its total time. */
  detach(): Exchange {
    const fork = new Exchange(this);
    const { correlationId, debugged, id, scheme, host, peer, client, traceId, route, params, servicePath, version, versionNamed, principal, queryToken, outgoing } = this;
    Object.assign(fork, { correlationId, debugged, id, scheme, host, peer, client, traceId, route, params, servicePath, version, versionNamed, principal, queryToken, failed: this.failed });
    fork.journal = this.journal;
    if (outgoing) fork.outgoing = { ...outgoing, headers: new HeaderList([...outgoing.headers.flat]) };
    return fork;
  }

  /** Takes over what a fork of it met, whose answer becomes the answer of this one. Its tries count as tries of this one. */
  join({ service, target, targetTime, trial, tries }: Exchange): void {
    Object.assign(this, { service, target, targetTime, trial });
    this.tries += tries;
  }

  /** An AbortSignal that follows this exchange, for libraries that take one. */
  signal(): AbortSignal {
    const controller = new AbortController();
    this.onAbort(controller);
    return controller.signal;
  }
}

const NO_TRACE = (): string => '';
const NO_LIMITS: readonly LimitReport[] = Object.freeze([]);
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
const NOBODY: readonly Target[] = Object.freeze([]);
