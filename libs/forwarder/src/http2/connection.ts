import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** Limits of one connection. */
export interface ConnectionLimits {
  /** Requests at a time; the service may allow fewer. */
  readonly streams: number;
  /** Milliseconds an idle connection stays open. */
  readonly keepAlive: number;
  /** Requests after which it is replaced; 0 for as many as HTTP/2 has numbers for. */
  readonly maxRequests: number;
  /** Milliseconds after which it is replaced; 0 for no limit. */
  readonly maxAge: number;
}

/** Who owns a connection, and is told what becomes of it. */
export interface ConnectionOwner {
  /** There may be room for more requests. */
  roomMade(): void;
  /** It takes no more requests; those under way go on. Called once. */
  left(connection: Http2Connection): void;
  /** It is gone. Called once, after `left`. */
  gone(connection: Http2Connection): void;
}

/** RFC 9113 5.1.1: streams of a client have odd numbers below 2^31. */
const MOST_REQUESTS = 2 ** 29;
/** How long the service may take to close its side too. */
const LINGER = 1_000;
/** How long the answer to a PING may take before the connection counts as dead. */
const PATIENCE = 5_000;
/** Streams that may be waiting to be read, and what a busy connection may have on its way: Node's own are for browsers. */
const STREAM_WINDOW = 262_144;
const CONNECTION_WINDOW = 1_048_576;
/** Megabytes Node lets a session hold, and fields it lets a header have, before it breaks streams off. */
const SESSION_MEMORY = 128;
const HEADER_PAIRS = 1_000;
const HEADER_BYTES = 65_536;

/** One HTTP/2 connection to a target: how much room it has, and when it has had its time. */
export class Http2Connection {
  readonly #session: ClientHttp2Session;
  #running = 0;
  #requests = 0;
  /** None before the connection stands, and until the service has said how many it takes no more than one. */
  #allowed = 0;
  #settled = false;
  #leaving = false;
  #lastStream = Number.MAX_SAFE_INTEGER;
  #idle: NodeJS.Timeout | null = null;
  #age: NodeJS.Timeout | null = null;
  #probe: NodeJS.Timeout | null = null;
  #linger: NodeJS.Timeout | null = null;

  constructor(origin: string, private readonly socket: Socket, private readonly limits: ConnectionLimits, private readonly owner: ConnectionOwner) {
    this.#session = connect(origin, {
      createConnection: () => socket,
      peerMaxConcurrentStreams: limits.streams,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: HEADER_BYTES },
      maxSessionMemory: SESSION_MEMORY,
      maxHeaderListPairs: HEADER_PAIRS,
    });
    this.#session
      .on('connect', () => this.#begin())
      .on('remoteSettings', ({ maxConcurrentStreams }) => this.#settle(maxConcurrentStreams ?? limits.streams))
      .on('goaway', (_code: number, lastStream: number) => this.#goAway(lastStream))
      // Every stream hears of it by itself, and `close` follows.
      .on('error', ignore)
      .on('close', () => this.#gone());
    if (limits.maxAge > 0) this.#age = setTimeout(() => this.leave(), limits.maxAge).unref();
    this.#rest();
  }

  /** Requests under way. */
  get running(): number {
    return this.#running;
  }

  /** Whether another request can begin now. A session that broke says so later than it knows. */
  get hasRoom(): boolean {
    return !this.#leaving && this.#probe === null && this.#running < this.#allowed && !this.#session.destroyed;
  }

  /** Whether it is worth waiting for, rather than opening another one: it has not said yet how much it takes, or nothing. */
  get isUnsettled(): boolean {
    return !this.#settled || this.#allowed === 0;
  }

  /**
   * Begins a request. Its stream counts until it is closed.
   * @throws Error when a field cannot be sent.
   */
  open(fields: readonly string[], endStream: boolean): ClientHttp2Stream {
    const stream = this.#session.request(fields, { endStream });
    clearTimeout(this.#idle ?? undefined);
    this.#running++;
    stream.once('close', () => this.#closed());
    if (++this.#requests === (this.limits.maxRequests || MOST_REQUESTS)) this.leave();
    return stream;
  }

  /** Whether the service has said that it did nothing with a stream. */
  disowns(stream: ClientHttp2Stream): boolean {
    return stream.id === undefined || stream.id > this.#lastStream;
  }

  /** A request got no answer in time: unless the service shows that it is there, nothing more is sent this way. */
  suspect(): void {
    if (this.#probe !== null || this.#session.closed || this.#session.destroyed) return;
    this.#probe = setTimeout(() => this.destroy(new Error('The service did not answer a PING')), PATIENCE).unref();
    this.#session.ping((error: Error | null) => {
      // Not an answer: the connection is gone.
      if (error) return;
      clearTimeout(this.#probe ?? undefined);
      this.#probe = null;
      this.owner.roomMade();
    });
  }

  /** Takes no more requests, and closes once those under way are done. */
  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.owner.left(this);
    if (this.#running === 0) this.#end();
    else this.#session.close();
  }

  /** Breaks off what is under way. */
  destroy(reason: Error): void {
    this.#session.destroy(reason);
  }

  #begin(): void {
    this.#session.setLocalWindowSize(CONNECTION_WINDOW);
    if (!this.#settled) this.#allowed = 1;
    this.owner.roomMade();
  }

  #settle(streams: number): void {
    this.#settled = true;
    this.#allowed = Math.min(streams, this.limits.streams);
    this.owner.roomMade();
  }

  #goAway(lastStream: number): void {
    this.#lastStream = lastStream;
    this.leave();
  }

  #closed(): void {
    this.#running--;
    if (this.#running === 0 && this.#leaving) this.#end();
    else if (this.#running === 0) this.#rest();
    this.owner.roomMade();
  }

  /** `close()` would wait for streams that the service never saw, and both for a service that keeps its side open. */
  #end(): void {
    this.#session.destroy();
    clearTimeout(this.#linger ?? undefined);
    this.#linger = setTimeout(() => this.socket.destroy(), LINGER).unref();
  }

  #rest(): void {
    clearTimeout(this.#idle ?? undefined);
    this.#idle = setTimeout(() => this.leave(), this.limits.keepAlive).unref();
  }

  #gone(): void {
    for (const timer of [this.#idle, this.#age, this.#probe, this.#linger]) clearTimeout(timer ?? undefined);
    if (!this.#leaving) {
      this.#leaving = true;
      this.owner.left(this);
    }
    this.owner.gone(this);
  }
}

function ignore(): void {}
