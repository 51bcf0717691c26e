import type { TLSSocket } from 'node:tls';
import type { HandshakeFailure } from '#libs/kernel';

type Reason = HandshakeFailure['reason'];

/** What OpenSSL says, without `ERR_SSL_`, in the order in which it is looked at. */
const SAID: readonly (readonly [RegExp, Reason])[] = [
  [/^(?:PEER_DID_NOT_RETURN_A_CERTIFICATE|CERTIFICATE_VERIFY_FAILED)/, 'client-certificate'],
  [/^(?:HTTP_REQUEST|HTTPS_PROXY_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE|NOT_SSL_RECORD)/, 'no-tls'],
  [/^(?:UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_SHARED_CIPHER|NO_APPLICATION_PROTOCOL|NO_SUITABLE_\w+|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK)/, 'nothing-in-common'],
  [/ALERT_/, 'refused-by-client'],
];

/** Why a handshake came to nothing, in one of few words: they are labels of a metric. */
export function handshakeFailure(error: NodeJS.ErrnoException, socket: Pick<TLSSocket, 'authorizationError' | 'remoteAddress'>): HandshakeFailure {
  return { reason: reasonOf(error.code ?? '', socket.authorizationError), client: socket.remoteAddress ?? null, detail: error.code ?? error.message };
}

function reasonOf(code: string, authorization: TLSSocket['authorizationError'] | string | null): Reason {
  // A client whose certificate is refused is hung up on, and nothing else is said of it.
  if (authorization) return 'client-certificate';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'closed';
  const said = code.replace(/^ERR_SSL_/, '');
  return SAID.find(([pattern]) => pattern.test(said))?.[1] ?? 'other';
}
