import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem, problems, type Exchange } from '#libs/kernel';
import type { EndpointKind, ServerConfig } from '../config/index.js';
import type { Certificates } from './certificates.js';
import type { FrontDoor } from './front-door.js';
import type { Proceed } from './http2/accept.js';
import { createTlsServer } from './listening-tls.js';
import { peerCertificate } from './peer-certificate.js';

/** Fastify's own request listener. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** How often node:http looks for clients that take too long. */
const CHECK_INTERVAL = 500;

/** Where Fastify finds the controller of an exchange: the catch-all, or a built-in endpoint under a reserved prefix. */
export const ENDPOINT_PREFIX = '~';

/** The HTTP server: strict framing, limits, and the front door before Fastify. With certificates it speaks TLS. */
export function createHttpServer(listener: Listener, config: ServerConfig, door: FrontDoor, certificates: Certificates | null = null): Server {
  const proceed: Proceed = (exchange, request, response) => {
    if (door.answer(exchange, response)) return;
    point(request, exchange);
    listener(request, response);
  };
  const server = certificates === null
    ? createServer(optionsOf(config)).on('connection', (socket: Socket) => door.connected(socket))
    : createTlsServer(optionsOf(config), { config, certificates, door, proceed });
  // Beyond this number node:http would silently drop fields; the header count has a limit of ours that answers 431.
  server.maxHeadersCount = 0;
  if (config.limits.connections > 0) server.maxConnections = config.limits.connections;
  // One of several workers would hand it to the next, and when all have enough, round and round.
  Object.assign(server, { dropMaxConnection: true });
  const enter = certificates === null ? plainEntry(door, proceed) : secureEntry(door, proceed);
  server.on('request', enter);
  // The 100 is sent when somebody reads the body, so that a refused upload is never sent at all.
  server.on('checkContinue', enter);
  // RFC 9110 10.1.1: an expectation nobody knows may be passed over; node:http would refuse it behind our back.
  server.on('checkExpectation', enter);
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => door.upgrade(request, stream, head));
  server.on('connect', (request: IncomingMessage, stream: Duplex) => door.connect(request, stream));
  return server;
}

function plainEntry(door: FrontDoor, proceed: Proceed): Listener {
  return (request, response) => {
    // node:http goes on through all it has read of a connection, also when that has ended in between.
    if (request.socket.destroyed) return;
    proceed(door.open(request, response), request, response);
  };
}

function secureEntry(door: FrontDoor, proceed: Proceed): Listener {
  return (request, response) => {
    if (request.socket.destroyed) return;
    const exchange = door.open(request, response);
    exchange.certificate = peerCertificate(request.socket);
    proceed(exchange, request, response);
  };
}

function optionsOf(config: ServerConfig): ServerOptions {
  return {
    maxHeaderSize: config.limits.headers + config.limits.url,
    headersTimeout: config.timeout.header,
    requestTimeout: config.timeout.body,
    keepAliveTimeout: config.timeout.keepAlive,
    connectionsCheckingInterval: CHECK_INTERVAL,
    // The edge asks for it, so that the refusal is a problem like any other.
    requireHostHeader: false,
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  };
}

/** Controllers that are told of the path below theirs, and of the method. */
const TREES: ReadonlySet<string> = new Set<EndpointKind>(['admin', 'analytics', 'identity', 'login']);

/**
 * Fastify only has to pick a controller. Routes are found by then, so it gets a URL that says which one, and a method
 * that keeps it from looking at bodies that are to be streamed untouched.
 */
function point(request: IncomingMessage, { params, query, route }: Exchange): void {
  const endpoint = route?.endpoint ?? null;
  const kind = endpoint?.replace(/\/.*$/, '') ?? '';
  if (kind === 'plugin') {
    const below = (params['rest'] ?? '').replaceAll(/^\/|\/$/g, '');
    request.url = `/${ENDPOINT_PREFIX}/${endpoint}${below === '' ? '' : `/${below}`}${query}`;
    return;
  }
  if (TREES.has(kind)) {
    const operation = kind === endpoint ? (params['rest'] ?? '').replace(/^\//, '') : (endpoint as string).slice(kind.length + 1);
    request.url = `/${ENDPOINT_PREFIX}/${kind}${operation === '' ? '' : `/${operation}`}${query}`;
    return;
  }
  request.url = endpoint === null ? '/' : `/${ENDPOINT_PREFIX}/${endpoint}`;
  request.method = 'GET';
}

/** node:http's parse errors and time-outs, as answers. */
export function clientErrorHandler(door: FrontDoor): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    const problem = clientProblem(error as NodeJS.ErrnoException);
    if (problem && door.interrupt(socket, problem)) return;
    if (!problem || !socket.writable) socket.destroy();
    else door.refuse(socket, problem);
  };
}

function clientProblem(error: NodeJS.ErrnoException): Problem | null {
  switch (error.code) {
    case 'ECONNRESET': return null;
    case 'HPE_HEADER_OVERFLOW': return new Problem(problems.headersTooLarge, 'The header fields are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT': return new Problem(problems.requestTimeout, 'The request did not arrive in time');
    default:
      // What is wrong with TLS cannot be told over it.
      if (error.code?.startsWith('ERR_SSL_')) return null;
      return new Problem(problems.malformedRequest, 'The request is not valid HTTP', { cause: error });
  }
}
