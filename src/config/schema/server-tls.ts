import { z } from 'zod';
import { Secret, secretText } from '#libs/kernel';
import { listOf } from './values.js';

const PATH_OR_PEM = 'expected the path of a PEM file, or PEM text such as `${file:/path}`';
const HEAD = '-----BEGIN ';

/** PEM text, or the path of a file with it. The `file` mark is for tools that read schemas, see `filePath`. */
const pem = () => z.string().min(1, { error: PATH_OR_PEM }).meta({ file: true });

/** A key is named by its path, or is itself a secret. */
const key = () => pem().transform((text) => (isPem(text) ? new Secret(text) : text));

/** Whether a text is PEM itself and no path. */
export function isPem(text: string): boolean {
  return text.includes(HEAD);
}

const certificate = z.strictObject({
  cert: pem().describe('Certificate, with those between it and the authority: path of a PEM file, or the text.'),
  key: key().describe('Private key of `cert`: path of a PEM file, or `${file:/path}`.'),
  passphrase: secretText().optional().describe('Opens an encrypted `key`.'),
});

/** TLS towards clients. */
export const serverTlsSchema = z.strictObject({
  certificates: listOf(certificate).describe('Certificates the gateway shows. Of several it shows the first whose names (SAN, `*.` included) fit what the client asks for (SNI), else the first of all. Relative paths start at this file. Changed files load themselves: new connections get the new ones, established ones go on.'),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version of TLS that is spoken. Default: TLSv1.2.'),
  ciphers: z.string().min(1).optional().describe('Ciphers in OpenSSL’s notation. Default: Node’s. Danger: a wrong list lets weak ones in.'),
  clients: z.enum(['off', 'optional', 'required']).default('off').describe('Whether clients are asked for a certificate. `optional`: who shows none, or one that `ca` does not vouch for, is let in without a name. `required`: such connections are closed. Who a certificate is, and what it may, says the authenticator `certificate`. Default: off.'),
  ca: listOf(pem()).default([]).describe('Authorities that vouch for certificates of clients: paths of PEM files, or the text. Files are followed as those of `certificates`. Default: none.'),
  crl: listOf(pem()).default([]).describe('Lists of revoked certificates, one of every authority between a client’s certificate and the root: paths of PEM files, or the text. Files are followed. Default: nothing is looked up. Danger: a list past its next update refuses everybody.'),
}).superRefine(({ ca, certificates, clients, crl }, context) => {
  const report = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
  if (certificates.length === 0) report('certificates', 'a TLS server needs a certificate');
  if (clients !== 'off' && ca.length === 0) report('ca', 'say which authorities vouch for clients');
  if (clients === 'off' && ca.length > 0) report('ca', 'clients are asked for no certificate; set `clients` to optional or required');
  if (ca.length === 0 && crl.length > 0) report('crl', 'without `ca` there is nobody whose certificates could be revoked');
});

export type ServerTlsConfig = z.output<typeof serverTlsSchema>;
