import type { Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { events } from '#libs/kernel';
import type { ServerConfig } from '../config/index.js';
import type { Certificates } from './certificates.js';
import type { FrontDoor } from './front-door.js';
import { handshakeFailure } from './handshake-failure.js';
import { Http2Connections, type Proceed } from './http2/accept.js';
import { Http2Connection } from './http2/connection.js';
import { keepPeerCertificate, peerCertificate } from './peer-certificate.js';

/** What connections over TLS are given to. */
export interface TlsListening {
  readonly config: ServerConfig;
  readonly certificates: Certificates;
  readonly door: FrontDoor;
  /** What goes on with an exchange over HTTP/2. */
  readonly proceed: Proceed;
}

/**
 * A server behind TLS: HTTP/2 where the client chooses it (ALPN), else HTTP/1.1, on one port.
 * @param options of HTTP/1.1.
 */
export function createTlsServer(options: ServerOptions, listening: TlsListening): Server {
  const { certificates, config } = listening;
  const server = createServer({
    ...options,
    ...certificates.first,
    SNICallback: (name, done) => done(null, certificates.for(name)),
    ALPNProtocols: config.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    handshakeTimeout: config.timeout.header,
    requestCert: certificates.clients !== 'off',
    rejectUnauthorized: certificates.clients === 'required',
  });
  certificates.shownBy(server);
  const http2 = new Http2Connections(config, listening.door, listening.proceed);
  share(server, http2, listening.door);
  certificates.onDoubt(() => listening.door.retire(hasCertificate));
  // There is nobody to answer in clear: node:https would have the parser's errors answer it.
  server.removeAllListeners('tlsClientError').on('tlsClientError', (error: Error, socket: TLSSocket) => {
    if (events.handshakeFailed.heard) events.handshakeFailed.publish(handshakeFailure(error, socket));
    socket.destroy();
  });
  endTogether(server, http2);
  return server;
}

function hasCertificate(connection: Socket | Http2Connection): boolean {
  return (connection instanceof Http2Connection ? connection.certificate : peerCertificate(connection)) !== null;
}

/** Hands each connection to the protocol it has chosen. */
function share(server: Server, http2: Http2Connections, door: FrontDoor): void {
  const http1 = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
  server.removeAllListeners('secureConnection').on('secureConnection', (socket: TLSSocket) => {
    keepPeerCertificate(socket);
    if (socket.alpnProtocol === 'h2') {
      http2.add(socket);
      return;
    }
    door.connected(socket);
    for (const listener of http1) listener.call(server, socket);
  });
}

/** node:http knows its own connections only: the others end with them. */
function endTogether(server: Server, http2: Http2Connections): void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const [close, closeHttp1] = [server.close.bind(server), server.closeAllConnections.bind(server)];
  server.close = (done) => {
    http2.close();
    return close(done);
  };
  server.closeAllConnections = () => {
    http2.destroy();
    closeHttp1();
    for (const socket of sockets) socket.destroy();
  };
}
