import { createSecureContext, type SecureContext } from 'node:tls';
import type { SpanExportConfig } from '../../config/index.js';

/** TLS settings as Node takes them. */
export interface CollectorTls {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

/** What the file says of TLS towards the collector; where it says nothing, Node's authorities hold. */
export function tlsOf(tls: SpanExportConfig['tls']): CollectorTls {
  if (tls === undefined) return { secureContext: createSecureContext(), rejectUnauthorized: true };
  const { ca, cert, key, minVersion, passphrase, servername, verify } = tls;
  return {
    secureContext: createSecureContext({
      minVersion,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && key !== undefined && { cert, key: key.reveal() }),
      ...(passphrase !== undefined && { passphrase: passphrase.reveal() }),
    }),
    rejectUnauthorized: verify,
    ...(servername !== undefined && { servername }),
  };
}
