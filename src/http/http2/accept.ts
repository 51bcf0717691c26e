import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Exchange } from '#libs/kernel';
import type { ServerConfig } from '../../config/index.js';
import type { FrontDoor } from '../front-door.js';
import { RequestBody } from '../request-body.js';
import { BodyDeadline } from './body-deadline.js';
import { Http2Connection } from './connection.js';
import { CONNECTION_WINDOW, http2Options } from './limits.js';
import { readHead } from './request-head.js';
import { Http2Request } from './request.js';
import { Http2Response } from './response.js';
import { watchStream } from './stream-events.js';

/** What goes on with an exchange once it is open. */
export type Proceed = (exchange: Exchange, request: IncomingMessage, response: ServerResponse) => void;

/** Connections over HTTP/2. It listens nowhere: the TLS server hands over those that chose HTTP/2. */
export class Http2Connections {
  readonly #server: Http2Server;
  readonly #open = new Set<Http2Connection>();
  readonly #headLimit: number;
  #closing = false;

  constructor(private readonly config: ServerConfig, private readonly door: FrontDoor, private readonly proceed: Proceed) {
    this.#headLimit = config.limits.headers + config.limits.url;
    this.#server = createServer(http2Options(config));
    // Whoever breaks a connection hears of it by its end.
    this.#server.on('sessionError', () => {});
  }

  add(socket: TLSSocket): void {
    this.#server.once('session', (session) => this.#begin(session, socket));
    this.#server.emit('connection', socket);
  }

  /** What came is answered, then each connection ends. */
  close(): void {
    this.#closing = true;
    for (const connection of this.#open) connection.destroySoon();
  }

  destroy(): void {
    for (const connection of this.#open) connection.destroy();
  }

  #begin(session: ServerHttp2Session, socket: TLSSocket): void {
    const connection = new Http2Connection(session, socket, this.config.timeout);
    this.#open.add(connection);
    session.once('close', () => this.#open.delete(connection)).on('error', () => {});
    // The front door asks a connection for nothing that this one does not have.
    this.door.connected(connection as unknown as Socket);
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => this.#request(stream, { headers, raw, connection }));
    if (this.#closing) connection.destroySoon();
  }

  #request(stream: ServerHttp2Stream, { headers, raw, connection }: { headers: IncomingHttpHeaders; raw: readonly string[]; connection: Http2Connection }): void {
    // Taken back before anybody saw it.
    if (stream.destroyed || stream.closed) return;
    watchStream(stream);
    const { head, refusal } = readHead(headers, raw, this.#headLimit);
    const request = new Http2Request(stream, connection, head);
    const response = new Http2Response(stream, request);
    connection.opened();
    response.once('close', () => connection.closed());
    // What the gateway and Fastify ask for is there; the rest of node:http's classes is about HTTP/1.
    const [asRequest, asResponse] = [request as unknown as IncomingMessage, response as unknown as ServerResponse];
    const exchange = this.door.open(asRequest, asResponse, refusal);
    exchange.certificate = connection.certificate;
    if (!request.complete) {
      // Over HTTP/2 a body needs no length to be announced.
      exchange.body ??= new RequestBody(asRequest, asResponse, exchange);
      BodyDeadline.set(exchange, request, this.config.timeout.body);
    }
    this.proceed(exchange, asRequest, asResponse);
  }
}
