import type { X509Certificate } from 'node:crypto';

/** What a certificate says, as far as anybody here asks. */
export interface CertificateFacts {
  /** RFC 4514. */
  readonly subject: string | null;
  /** `null` without one, and with several. */
  readonly commonName: string | null;
  readonly issuer: string | null;
  /** Small hex digits. */
  readonly serial: string | null;
  /** SHA-256 in small hex digits. */
  readonly fingerprint: string | null;
  readonly uris: readonly string[];
  readonly dns: readonly string[];
  readonly emails: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  const names = namesIn(certificate.subjectAltName ?? '');
  const { CN } = (certificate.toLegacyObject().subject ?? {}) as { readonly CN?: string | readonly string[] };
  return {
    subject: distinguishedName(certificate.subject),
    commonName: typeof CN === 'string' ? CN : null,
    issuer: distinguishedName(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    uris: names('URI'), dns: names('DNS'), emails: names('email'),
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
  };
}

/** Node gives one line for each part, first to last, escaped as RFC 4514 has it, which begins with the last. */
function distinguishedName(lines: string | undefined): string | null {
  return lines === undefined || lines === '' ? null : lines.split('\n').reverse().join(',').replaceAll(' + ', '+');
}

/** `DNS:a, URI:b`; Node quotes, as JSON, values that could be taken for more than one. */
function namesIn(text: string): (kind: string) => readonly string[] {
  const found = [...text.matchAll(/(?:^|, )([\w ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, kind, value = '']) => [kind, value.startsWith('"') ? unquoted(value) : value] as const);
  return (wanted) => found.flatMap(([kind, value]) => (kind === wanted && value !== null ? [value] : []));
}

function unquoted(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    return null;
  }
}
