import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { events, Problem, problems, type Clock, type Exchange, type Snapshot } from '#libs/kernel';
import { answerProblem } from './answer-problem.js';
import { bindExchange } from './exchange-of.js';
import type { Edge } from './edge.js';
import { openExchange } from './open-exchange.js';

/** RFC 9110 15.2.2: the connection became a tunnel, and its end is no failure. */
const SWITCHED = 101;
/** Milliseconds a client may go on sending what nobody reads, so that it gets to read why; a reset would take it away. */
const LINGER = 2_000;

/**
 * A connection carries its present exchange in a slot of its own. Not in a Map: one that is written and deleted from
 * per request makes the collector keep each of its former tables, and all they hold, until the next full collection.
 */
const present = Symbol('present exchange');
type Connection = Socket & { [present]?: { readonly exchange: Exchange; readonly response: ServerResponse } | null };

/** What an upgrade request is handed to once its exchange is open. */
export type UpgradeHandler = (exchange: Exchange, response: ServerResponse, head: Buffer) => void;

/**
 * Step 1: every request enters here, before Fastify sees it. Opens the exchange, finds its route in the snapshot in
 * force, and sees to it that every exchange that was opened is closed and told of.
 */
export class FrontDoor {
  #edge: Edge | null = null;
  #snapshot: Snapshot | null = null;
  #upgrade: UpgradeHandler | null = null;
  #draining = false;
  readonly #connections = new Set<Connection>();
  /** Exchanges under way. */
  active = 0;

  constructor(private readonly clock: Clock) {}

  /** Puts a snapshot in force; exchanges already open go on with theirs. */
  enter(edge: Edge, snapshot: Snapshot): void {
    this.#edge = edge;
    this.#snapshot = snapshot;
  }

  onUpgrade(handler: UpgradeHandler): void {
    this.#upgrade = handler;
  }

  /** Every connection is announced here, before its first request. */
  connected(socket: Socket): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
  }

  /** The gateway shuts down: the answers still to come are the last on their connections, and say so. */
  drain(): void {
    this.#draining = true;
    for (const connection of this.#connections) {
      const response = connection[present]?.response;
      if (response) response.shouldKeepAlive = false;
    }
  }

  /** Opens the exchange of a request. It always has a route afterwards; `refusal` says why it may lead nowhere. */
  open(request: IncomingMessage, response: ServerResponse): Exchange {
    const exchange = openExchange(request, response, this.#edge as Edge, this.clock.elapsed());
    if (this.#draining) response.shouldKeepAlive = false;
    return this.#route(exchange, request, response);
  }

  /** Answers bytes that never became a request: no path, no header, but the shape, head and log of any other refusal. */
  refuse(socket: Socket, problem: Problem): void {
    const request = Object.assign(new IncomingMessage(socket), { method: '', url: '/', httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1, complete: true });
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => {
      socket.end();
      setTimeout(() => socket.destroy(), LINGER).unref();
    });
    const exchange = openExchange(request, response, this.#edge as Edge, this.clock.elapsed());
    exchange.refusal = problem;
    answerProblem(this.#route(exchange, request, response), problem, response);
  }

  /** An upgrade has no response object yet; it gets one, so that refusals are written like any other. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.destroySoon());
    const exchange = this.open(request, response);
    exchange.upgrade = 'websocket';
    this.#upgrade?.(exchange, response, head);
  }

  /** The bytes after the head are not HTTP, or too slow: stops the exchange they belong to, if there is one. */
  interrupt(socket: Socket, problem: Problem): boolean {
    const current = (socket as Connection)[present];
    if (!current) return false;
    current.response.shouldKeepAlive = false;
    current.exchange.abort(problem);
    return true;
  }

  /** Ends an exchange: its last byte left, or its client did. Listeners get it with every slot final. */
  close(exchange: Exchange): void {
    this.active--;
    if (exchange.deadline) clearTimeout(exchange.deadline);
    events.exchangeClosed.publish(exchange);
  }

  #route(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Exchange {
    (this.#snapshot as Snapshot).route(exchange);
    bindExchange(request, exchange);
    this.#watch(exchange, request.socket, response);
    return exchange;
  }

  #watch(exchange: Exchange, socket: Connection, response: ServerResponse): void {
    this.active++;
    socket[present] = { exchange, response };
    events.exchangeOpened.publish(exchange);
    response.on('close', () => {
      // A pipelined request may have taken the slot already.
      if (socket[present]?.exchange === exchange) socket[present] = null;
      if (!response.writableFinished && !exchange.problem && exchange.status !== SWITCHED) {
        exchange.problem = new Problem(problems.clientClosed, 'The client left before the answer was complete');
        exchange.status = exchange.problem.status;
        exchange.abort(exchange.problem);
      }
      this.close(exchange);
      // An answer whose head had left before the shutdown began could not say that it was the last.
      if (this.#draining && !socket[present]) socket.destroySoon();
    });
  }
}
