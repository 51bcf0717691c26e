import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { secretText, type Secret } from '#libs/kernel';
import { onOff } from './values.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const NOT_PEM = 'expected PEM text, such as ${file:/path/to.pem}';

/** The certificates in a PEM text, in order. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(CERTIFICATE) ?? []).map((one) => new X509Certificate(one));
}

const certificates = (what: string) => z.string().superRefine((pem, context) => {
  try {
    if (certificatesIn(pem).length === 0) context.addIssue({ code: 'custom', message: `${NOT_PEM}, with ${what}` });
  } catch (error) {
    context.addIssue({ code: 'custom', message: `a certificate in it cannot be read (${(error as Error).message})` });
  }
});

/** TLS towards a peer, by the words the reference calls it. */
export const tlsTowards = (peer: string) => z.strictObject({
  ca: certificates('one or more certificates').optional().describe('Certificates of the authorities that are trusted, in place of those Node brings. PEM, usually `${file:/path}`. Default: Node’s.'),
  cert: certificates('the certificate, and those between it and the authority').optional().describe('Certificate the gateway shows where one is asked for (mutual TLS), with those between it and the authority. PEM. Default: none.'),
  key: secretText().optional().describe('Private key of `cert`. PEM, usually `${file:/path}`.'),
  passphrase: secretText().optional().describe('Opens an encrypted `key`.'),
  servername: z.string().min(1).optional().describe(`Name that is sent (SNI) and that the certificate of ${peer} must have. Default: the host of the address; for an address of digits none is sent.`),
  verify: onOff().default(true).describe(`Whether the certificate of ${peer} must be valid. Default: on. Danger: with off anybody on the way can read and change everything.`),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version of TLS that is spoken. Default: TLSv1.2.'),
}).superRefine(checkPair);

/** TLS towards targets. */
export const tlsSchema = tlsTowards('the service');

interface Pair {
  readonly cert?: string | undefined;
  readonly key?: Secret | undefined;
  readonly passphrase?: Secret | undefined;
}

function checkPair({ cert, key, passphrase }: Pair, context: z.core.$RefinementCtx): void {
  const report = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
  if (key === undefined) {
    if (cert !== undefined) report('cert', 'a certificate needs its `key`');
    if (passphrase !== undefined) report('passphrase', 'there is no `key` for it to open');
    return;
  }
  if (cert === undefined) report('key', 'a key needs its `cert`');
  const read = readKey(key, passphrase);
  if (typeof read === 'string') report('key', read);
  else if (cert !== undefined && certificatesIn(cert)[0]?.checkPrivateKey(read) === false) report('key', 'this is not the key of `cert`');
}

/** A private key, or what is wrong with it, in words for the user. */
export function readKey(key: Secret, passphrase: Secret | undefined): KeyObject | string {
  const pem = key.reveal();
  if (!pem.includes('PRIVATE KEY-----')) return `${NOT_PEM}, with a private key`;
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase: passphrase.reveal() });
  } catch {
    // What OpenSSL says is about its own innards.
    if (!pem.includes('ENCRYPTED')) return 'this private key cannot be read; is it whole?';
    return passphrase === undefined ? 'this private key is encrypted; give its `passphrase`' : 'the `passphrase` does not open this private key';
  }
}
