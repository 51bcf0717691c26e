import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { events, Problem, problems, type Answer, type Clock, type Exchange, type Snapshot } from '#libs/kernel';
import { answerProblem } from './answer-problem.js';
import { bindExchange } from './exchange-of.js';
import type { Edge } from './edge.js';
import { closeEventStream } from './event-stream.js';
import { openExchange } from './open-exchange.js';
import { peerCertificate } from './peer-certificate.js';

/** RFC 9110 15.2.2: the connection became a tunnel, and its end is no failure. */
const SWITCHED = 101;
/** Milliseconds a client may go on sending what nobody reads, so that it gets to read why; a reset would take it away. */
const LINGER = 2_000;
/** Requests that may wait on one connection. Each costs its sender a line and us an exchange, so there has to be an end. */
const PIPELINED = 100;

/**
 * A connection carries its exchanges under way itself, oldest first: one, unless the client pipelines. Not in a Map: one
 * that is written and deleted from per request makes the collector keep each of its former tables, and all they hold,
 * until the next full collection.
 */
const underWay = Symbol('exchanges under way');
/** A connection that ends once what came over it is answered. */
const retired = Symbol('retired');
type Connection = Socket & { [underWay]?: Open[]; [retired]?: true };

interface Open {
  readonly exchange: Exchange;
  readonly response: ServerResponse;
}

/** What a request is handed to that needs nobody but us. */
export type StoredHandler = (exchange: Exchange, response: ServerResponse, answer: Answer) => void;

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
  #stored: StoredHandler | null = null;
  #draining: 'no' | 'gentle' | 'prompt' = 'no';
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

  onStored(handler: StoredHandler): void {
    this.#stored = handler;
  }

  /**
   * Answers at once what the route has an answer at hand for: no controller is looked for, and nothing is made ready for a
   * service. That is half of what such a request would cost.
   * @returns whether it did.
   */
  answer(exchange: Exchange, response: ServerResponse): boolean {
    const answer = atHand(exchange);
    if (answer === null || this.#stored === null) return false;
    this.#stored(exchange, response, answer);
    return true;
  }

  /** Every connection is announced here, before its first request. */
  connected(socket: Socket): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
  }

  /**
   * The gateway shuts down: the answers still to come are the last on their connections, and say so.
   * @param manner `gentle` leaves a connection whose answer could not say so any more to the next one.
   */
  drain(manner: 'gentle' | 'prompt' = 'prompt'): void {
    this.#draining = manner;
    for (const connection of this.#connections) {
      const open = connection[underWay] ?? [];
      const last = open.at(-1);
      if (last) last.response.shouldKeepAlive = false;
      for (const { response } of open) closeEventStream(response);
    }
  }

  /**
   * Ends connections, each once what came over it is answered; whoever is at the other end may come back with another.
   * @param which of them.
   */
  retire(which: (connection: Socket) => boolean): void {
    for (const connection of this.#connections) {
      if (!which(connection)) continue;
      const last = connection[underWay]?.at(-1);
      connection[retired] = true;
      if (last) last.response.shouldKeepAlive = false;
      // Over HTTP/2 it answers what has come, and tells its client so.
      if (!last || last.response.req.httpVersionMajor > 1) connection.destroySoon();
    }
  }

  /**
   * Opens the exchange of a request. It always has a route afterwards; `refusal` says why it may lead nowhere.
   * @param refusal what is wrong with it that only its protocol knows.
   */
  open(request: IncomingMessage, response: ServerResponse, refusal: Problem | null = null): Exchange {
    const exchange = openExchange(request, response, this.#edge as Edge, this.clock.elapsed());
    if (refusal !== null) exchange.refusal = refusal;
    if (this.#draining !== 'no') {
      response.shouldKeepAlive = false;
      closeEventStream(response);
    }
    if ((request.socket as Connection)[retired]) response.shouldKeepAlive = false;
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

  /** We are no forward proxy (RFC 9110 9.3.6). */
  connect({ socket }: IncomingMessage, stream: Duplex): void {
    if (takenOver(socket, stream)) this.refuse(socket, new Problem(problems.methodNotAllowed, 'This is a gateway, not a forward proxy'));
  }

  /**
   * An upgrade has no response object yet; it gets one, so that refusals are written like any other.
   * @param stream the connection, or, around a body that is not complete, what node:http would have us wait for.
   */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { socket } = request;
    if (!takenOver(socket, stream)) return;
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.destroySoon());
    const exchange = this.open(request, response);
    exchange.certificate = peerCertificate(socket);
    exchange.upgrade = 'websocket';
    this.#upgrade?.(exchange, response, head);
  }

  /** The bytes after the head are not HTTP, or too slow: stops the exchange they belong to, if there is one. */
  interrupt(socket: Socket, problem: Problem): boolean {
    const current = (socket as Connection)[underWay]?.at(-1);
    if (!current) return false;
    current.response.shouldKeepAlive = false;
    current.exchange.abort(problem);
    return true;
  }

  /** Ends an exchange: its last byte left, or its client did. Listeners get it with every slot final. */
  close(exchange: Exchange): void {
    this.active--;
    exchange.deadline?.clear();
    events.exchangeClosing.publish(exchange);
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
    const open: Open = { exchange, response };
    const all = (socket[underWay] ??= []);
    all.push(open);
    events.exchangeOpened.publish(exchange);
    response.once('close', () => {
      if (all[0] === open) all.shift();
      else all.splice(all.indexOf(open), 1);
      if (!response.writableFinished && !exchange.problem && exchange.status !== SWITCHED) {
        exchange.problem = new Problem(problems.clientClosed, 'The client left before the answer was complete');
        exchange.status = exchange.problem.status;
        exchange.abort(exchange.problem);
      }
      this.close(exchange);
      // An answer whose head had left before the shutdown began could not say that it was the last.
      if ((this.#draining === 'prompt' || socket[retired]) && all.length === 0) socket.destroySoon();
    });
    if (all.length > PIPELINED) socket.destroy();
  }
}

/** Nobody would answer for an error here but the process; where it is looked again, one is told. */
function atHand(exchange: Exchange): Answer | null {
  try {
    return exchange.route?.stored?.find(exchange) ?? null;
  } catch {
    return null;
  }
}

/**
 * With an upgrade or a CONNECT node:http lets go of the connection, errors on it included. Answers that were still to
 * come before it could then neither be kept in order nor be told that the client left, so such a connection ends.
 * @returns whether the connection goes on.
 */
function takenOver(socket: Connection, stream: Duplex): boolean {
  socket.on('error', ignore);
  stream.on('error', ignore);
  const earlier = socket[underWay] ?? [];
  if (earlier.length === 0) return true;
  socket.destroy();
  // Those that wait for their turn hear nothing of the connection.
  for (const { response } of earlier.slice(1)) response.destroy().emit('close');
  return false;
}

function ignore(): void {}
