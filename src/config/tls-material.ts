import type { SecureContextOptions } from 'node:tls';
import type { Secret } from '#libs/kernel';
import type { ServerTlsConfig } from './schema/server-tls.js';

/** A certificate with its key. */
export interface KeyPair {
  readonly cert: string;
  readonly key: Secret;
  readonly passphrase?: Secret | undefined;
}

/** What `server.tls` names, read: what new connections are secured with. */
export interface TlsMaterial {
  readonly pairs: readonly KeyPair[];
  readonly ca: readonly string[];
  readonly crl: readonly string[];
}

type Settings = Pick<ServerTlsConfig, 'minVersion' | 'ciphers'>;

/** What OpenSSL is told for connections that are shown this pair. */
export function secureContextOptions({ ciphers, minVersion }: Settings, { ca, crl }: Omit<TlsMaterial, 'pairs'>, pair: KeyPair): SecureContextOptions {
  const { cert, key, passphrase } = pair;
  return {
    cert, key: key.reveal(), minVersion, honorCipherOrder: true,
    // Without one, OpenSSL resumes no session in which a client showed a certificate.
    sessionIdContext: 'passerelle',
    ...(passphrase && { passphrase: passphrase.reveal() }),
    ...(ciphers !== undefined && { ciphers }),
    ...(ca.length > 0 && { ca: [...ca] }),
    ...(crl.length > 0 && { crl: [...crl] }),
  };
}
