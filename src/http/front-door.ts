import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { events, Problem, problems, type Clock, type Exchange, type Snapshot } from '#libs/kernel';
import { bindExchange } from './exchange-of.js';
import type { Edge } from './edge.js';
import { openExchange } from './open-exchange.js';

/** RFC 9110 15.2.2: the connection became a tunnel, and its end is no failure. */
const SWITCHED = 101;

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

  /** Opens the exchange of a request. It always has a route afterwards; `refusal` says why it may lead nowhere. */
  open(request: IncomingMessage, response: ServerResponse): Exchange {
    const exchange = openExchange(request, response, this.#edge as Edge, this.clock.elapsed());
    (this.#snapshot as Snapshot).route(exchange);
    bindExchange(request, exchange);
    this.#watch(exchange, request.socket, response);
    return exchange;
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

  #watch(exchange: Exchange, socket: Connection, response: ServerResponse): void {
    this.active++;
    socket[present] = { exchange, response };
    events.exchangeOpened.publish(exchange);
    response.on('close', () => {
      socket[present] = null;
      if (!response.writableFinished && !exchange.problem && exchange.status !== SWITCHED) {
        exchange.problem = new Problem(problems.clientClosed, 'The client left before the answer was complete');
        exchange.status = exchange.problem.status;
        exchange.abort(exchange.problem);
      }
      this.close(exchange);
    });
  }
}
