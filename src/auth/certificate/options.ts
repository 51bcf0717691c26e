import { z } from 'zod';
import { headerName, listOf } from '../../config/schema/values.js';
import { isCertificateHeader } from '../../http/forwarded.js';

const text = () => z.string().min(1);

const grants = (what: string) => z.record(text(), listOf(text())).default({}).describe(
  `${what} by the caller's id. In an id \`*\` stands for any text without \`/\`, \`,\` and \`\\\`; all that fit count. Default: none.`,
);

/** Options of the `certificate` authenticator. */
export const certificateOptions = z.strictObject({
  id: z.enum(['subject.CN', 'subject', 'san:uri', 'san:dns', 'san:email', 'serial', 'fingerprint']).default('subject.CN').describe(
    'What of a certificate is the caller’s id: the common name, the whole subject (RFC 4514, e.g. `CN=billing,O=Acme`), the URI it was issued for (SPIFFE), its first DNS name or e-mail address, its serial number or its SHA-256, both in small hex digits. A certificate without it, or with several common names or URIs, is nobody’s. Default: subject.CN.',
  ),
  issuer: z.union([text().transform((one) => [one]), z.array(text())]).default([]).describe('Subjects of authorities (RFC 4514) whose certificates count, `*` as in `roles`; others are nobody’s. Default: all that `server.tls.ca` vouches for.'),
  roles: grants('Roles'),
  scopes: grants('Scopes'),
  from: z.union([
    z.literal('connection'),
    z.strictObject({
      header: headerName().refine((name) => isCertificateHeader(name.toLowerCase()), { error: 'expected a header with `client-cert` in its name: only of such ones services never see what clients wrote' })
        .describe('Header in which a proxy in front, one of `forwarded.trust`, hands the certificate on: Client-Cert (RFC 9440), X-Forwarded-Client-Cert as Envoy writes it, or PEM or DER as nginx and Traefik do. Danger: the proxy has to verify the certificate and to drop what clients write there.'),
    }),
  ]).default('connection').describe('Where the certificate is: in the TLS connection to the gateway, where `server.tls.clients` asks for it, or in a header. Default: connection.'),
});

export type CertificateOptions = z.output<typeof certificateOptions>;
