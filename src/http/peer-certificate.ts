import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

const slot = Symbol('certificate of the peer');
type Carrier = Socket & { [slot]?: X509Certificate };

/**
 * Keeps the client's certificate with its connection, where it proved one that `server.tls.ca` vouches for. Called once
 * per connection, when its handshake is done.
 */
export function keepPeerCertificate(socket: TLSSocket): void {
  if (!socket.authorized) return;
  const certificate = socket.getPeerX509Certificate();
  if (certificate) (socket as Carrier)[slot] = certificate;
}

/** The certificate that a client proved to have; `null` without one. */
export function peerCertificate(socket: Socket): X509Certificate | null {
  return (socket as Carrier)[slot] ?? null;
}
