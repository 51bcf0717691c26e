import type { Socket } from 'node:net';
import { Problem, problems } from '#libs/kernel';
import { Dispatcher, errors, type buildConnector } from '../undici.js';
import { Http2Connection, type ConnectionLimits, type ConnectionOwner } from './connection.js';
import { StreamRequest } from './stream-request.js';

/** What undici tells of its pools; ours tells the same. */
export interface PoolStats {
  /** Connections that stand. */
  readonly connected: number;
  /** Those of them that could take a request at once. */
  readonly free: number;
  /** Requests that are not sent yet. */
  readonly pending: number;
  /** Those of them that have no connection to wait for. */
  readonly queued: number;
  /** Requests under way. */
  readonly running: number;
}

export interface Http2Options {
  /** Connections at most. */
  readonly connections: number;
  readonly limits: ConnectionLimits;
  readonly connect: buildConnector.connector;
  /** Makes the pool for what needs HTTP/1.1; `null` where there is no such way to the target. Called at most once. */
  readonly http1: (() => Dispatcher) | null;
  /** Whether a service whose TLS offers only HTTP/1.1 is refused, rather than spoken to in that. */
  readonly strict: boolean;
}

/** Requests in line at which those that were given up are taken out. */
const SWEEP = 1_000;

const MISMATCH = { members: { phase: 'connect', side: 'target' } };

/**
 * The connections to one target over HTTP/2: many requests on few of them. Stands where undici's pool stands for HTTP/1.1;
 * undici's own HTTP/2 does not tell a service when an upload is given up, takes an answer that was broken off for a whole
 * one, and loses every request on a connection over one field that cannot be sent.
 */
export class Http2Dispatcher extends Dispatcher implements ConnectionOwner {
  readonly #open: Http2Connection[] = [];
  readonly #leaving = new Set<Http2Connection>();
  #queue: StreamRequest[] = [];
  #sweepAt = SWEEP;
  #connecting = false;
  #http1: Dispatcher | null = null;
  /** The last connection chose HTTP/1.1. */
  #plain = false;
  #closed: Error | null = null;
  #destroyed = false;
  readonly #ending: (() => void)[] = [];

  constructor(private readonly origin: URL, private readonly options: Http2Options) {
    super();
  }

  get stats(): PoolStats {
    const own = [...this.#open, ...this.#leaving];
    const { connected = 0, free = 0, pending = 0, queued = 0, running = 0 } = (this.#http1 as { stats?: PoolStats } | null)?.stats ?? {};
    return {
      connected: connected + own.length,
      free: free + this.#open.filter(({ hasRoom }) => hasRoom).length,
      pending: pending + this.#queue.length,
      queued: queued + this.#queue.length,
      running: running + own.reduce((sum, connection) => sum + connection.running, 0),
    };
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.#plain || options.upgrade) return this.#dispatchPlain(options, handler);
    const request = new StreamRequest(this.origin, options, handler, this.#send);
    if (this.#closed) request.fail(this.#closed);
    else this.#send(request);
    return true;
  }

  /** Lets what is under way finish. */
  override async close(callback?: () => void): Promise<void> {
    this.#closed ??= new errors.ClientClosedError();
    const own = new Promise<void>((resolve) => {
      this.#ending.push(resolve);
      this.#settle();
    });
    await Promise.all([own, this.#http1?.close()]);
    callback?.();
  }

  /** Breaks off what is under way. */
  override async destroy(reason?: Error | null | (() => void), callback?: () => void): Promise<void> {
    const error = reason instanceof Error ? reason : new errors.ClientDestroyedError();
    this.#destroyed = true;
    for (const connection of [...this.#open, ...this.#leaving]) connection.destroy(error);
    this.#failQueue(error);
    const http1 = this.#http1?.destroy(error);
    await Promise.all([this.close(), http1]);
    (typeof reason === 'function' ? reason : callback)?.();
  }

  roomMade(): void {
    while (this.#queue.length > 0) {
      const connection = this.#withRoom();
      if (connection === undefined) break;
      (this.#queue.shift() as StreamRequest).start(connection);
    }
    this.#grow();
    this.#settle();
  }

  left(connection: Http2Connection): void {
    this.#open.splice(this.#open.indexOf(connection), 1);
    this.#leaving.add(connection);
    this.#grow();
  }

  gone(connection: Http2Connection): void {
    this.#leaving.delete(connection);
    this.#settle();
  }

  readonly #send = (request: StreamRequest): void => {
    const connection = this.#queue.length === 0 ? this.#withRoom() : undefined;
    if (connection !== undefined) {
      request.start(connection);
      return;
    }
    this.#queue.push(request);
    if (this.#queue.length >= this.#sweepAt) this.#sweep();
    this.#grow();
  };

  /** While no stream is freed nothing else looks at them, and more and more would wait in vain. */
  #sweep(): void {
    this.#queue = this.#queue.filter(({ isOver }) => !isOver);
    this.#sweepAt = Math.max(SWEEP, 2 * this.#queue.length);
  }

  #withRoom(): Http2Connection | undefined {
    return this.#open.find(({ hasRoom }) => hasRoom);
  }

  /** Opens one more connection where requests wait, one at a time: who can take many should not be met with many. */
  #grow(): void {
    if (this.#connecting || this.#queue.length === 0 || this.#open.length >= this.options.connections) return;
    if (this.#open.some(({ isUnsettled }) => isUnsettled)) return;
    this.#connecting = true;
    const { host, hostname, port, protocol } = this.origin;
    this.options.connect({ host, hostname: hostname.replace(/^\[|\]$/g, ''), port, protocol }, (error, socket) => {
      this.#connecting = false;
      if (error) this.#failed(error);
      else this.#connected(socket);
      this.#settle();
    });
  }

  #connected(socket: Socket & { alpnProtocol?: string | false | null }): void {
    if (this.#destroyed) socket.destroy();
    else if (this.origin.protocol === 'http:' || socket.alpnProtocol === 'h2') this.#open.push(new Http2Connection(this.origin.origin, socket, this.options.limits, this));
    else this.#fallBack(socket);
  }

  #fallBack(socket: Socket): void {
    socket.destroy();
    if (this.options.strict || this.options.http1 === null) {
      this.#failed(new Problem(problems.protocolMismatch, 'The service does not offer HTTP/2', MISMATCH));
      return;
    }
    this.#plain = true;
    for (const request of this.#queue.splice(0)) request.moveTo(this.#plainPool(this.options.http1));
  }

  /** Those who wait for room on a connection that stands go on waiting. */
  #failed(error: Error): void {
    if (this.#open.length === 0) this.#failQueue(error);
  }

  #failQueue(error: Error): void {
    for (const request of this.#queue.splice(0)) request.fail(error);
  }

  #dispatchPlain(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { http1 } = this.options;
    if (this.#closed === null && http1 !== null) return this.#plainPool(http1).dispatch(options, handler);
    const error = this.#closed ?? new Problem(problems.protocolMismatch, 'A WebSocket needs HTTP/1.1, and the service is spoken to in HTTP/2', MISMATCH);
    new StreamRequest(this.origin, options, handler, this.#send).fail(error);
    return true;
  }

  #plainPool(create: () => Dispatcher): Dispatcher {
    // A service that was away may have come back with another protocol: the next request finds out.
    return this.#http1 ??= create().on('connectionError', () => { this.#plain = false; });
  }

  #settle(): void {
    if (this.#closed === null || this.#connecting || this.#queue.length > 0) return;
    this.#open.slice().forEach((connection) => connection.leave());
    if (this.#leaving.size === 0) for (const resolve of this.#ending.splice(0)) resolve();
  }
}
