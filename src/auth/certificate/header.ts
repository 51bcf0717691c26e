import { X509Certificate } from 'node:crypto';
import { factsOf, type CertificateFacts } from './facts.js';

/** Characters of a header that are looked at: a chain of large certificates, coded for a URL. */
const LONGEST = 32_768;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const ENVOY = /(?:^|[;,])\s*(?:By|Hash|Cert|Chain|Subject|URI|DNS)=/i;

/**
 * The certificate that a proxy handed on, in whichever form.
 * @returns `null` for text that holds none.
 */
export function factsInHeader(text: string): CertificateFacts | null {
  if (text.length > LONGEST) return null;
  try {
    // RFC 9440 2.1: a byte sequence of structured fields.
    const coded = /^:([^:]*):$/.exec(text)?.[1];
    if (coded !== undefined) return derFacts(coded);
    if (ENVOY.test(text)) return envoyFacts(text);
    const plain = decodeURIComponent(text);
    return plain.includes('-----BEGIN CERTIFICATE') ? pemFacts(plain) : bareFacts(plain);
  } catch {
    return null;
  }
}

/** Of a chain the first is the client's. */
function bareFacts(text: string): CertificateFacts | null {
  const [first = ''] = text.split(',');
  return derFacts(first);
}

function derFacts(base64: string): CertificateFacts | null {
  return BASE64.test(base64) ? factsOf(new X509Certificate(Buffer.from(base64, 'base64'))) : null;
}

/** nginx writes line ends as tabs, others as spaces. */
function pemFacts(text: string): CertificateFacts | null {
  const base64 = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(text)?.[1];
  return base64 === undefined ? null : derFacts(base64.replaceAll(/\s/g, ''));
}

/** Every proxy adds an element to the end; what stands before the last one another has written. */
function envoyFacts(text: string): CertificateFacts | null {
  const fields = split(split(text, ',').at(-1) as string, ';').map((part) => {
    const equals = part.indexOf('=');
    return [part.slice(0, equals).trim().toLowerCase(), unquoted(part.slice(equals + 1).trim())] as const;
  });
  const all = (name: string): string[] => fields.filter(([each, value]) => each === name && value !== '').map(([, value]) => value);
  const [cert] = all('cert');
  if (cert !== undefined) return pemFacts(decodeURIComponent(cert));
  const [hash = null] = all('hash');
  const [subject = null] = all('subject');
  if (hash === null && subject === null && all('uri').length === 0) return null;
  return {
    subject, fingerprint: hash, uris: all('uri'), dns: all('dns'),
    commonName: null, issuer: null, serial: null, emails: [], validFrom: 0, validTo: Number.POSITIVE_INFINITY,
  };
}

/** Parts between separators that stand outside of quotes. */
function split(text: string, separator: ',' | ';'): readonly string[] {
  return text.match(separator === ',' ? /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g : /(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? [''];
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
}
