import type { HandshakeFailure } from '#libs/kernel';
import { handshakeFailure } from './handshake-failure.js';

it.each<[HandshakeFailure['reason'], string, string | null]>([
  ['client-certificate', 'ECONNRESET', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ['client-certificate', 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', null],
  ['refused-by-client', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', null],
  ['refused-by-client', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', null],
  ['nothing-in-common', 'ERR_SSL_UNSUPPORTED_PROTOCOL', null],
  ['nothing-in-common', 'ERR_SSL_NO_SHARED_CIPHER', null],
  ['no-tls', 'ERR_SSL_HTTP_REQUEST', null],
  ['no-tls', 'ERR_SSL_WRONG_VERSION_NUMBER', null],
  ['timeout', 'ERR_TLS_HANDSHAKE_TIMEOUT', null],
  ['closed', 'ECONNRESET', null],
  ['other', 'ERR_SSL_SOMETHING_NEW', null],
  ['other', '', null],
])('%s: %s', (reason, code, authorizationError) => {
  const error = Object.assign(new Error('in words'), code === '' ? {} : { code });
  expect(handshakeFailure(error, { authorizationError, remoteAddress: '192.0.2.1' } as never)).toEqual({ reason, client: '192.0.2.1', detail: code === '' ? 'in words' : code });
});
