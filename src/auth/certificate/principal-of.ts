import type { Principal } from '#libs/kernel';
import { literally } from '../../http/pattern-text.js';
import type { CertificateFacts } from './facts.js';
import type { CertificateOptions } from './options.js';

/** What would not stay one line, or one name, where an id is written. */
const CONTROL = /\p{Cc}/u;

/**
 * Compiles what of certificates makes a caller.
 * @returns a function that says whose a certificate is; `null` for nobody's.
 */
export function compileCertificatePrincipal(options: CertificateOptions, authenticator: string): (facts: CertificateFacts) => Principal | null {
  const isIssuer = compileIssuers(options.issuer);
  const roles = compileGrants(options.roles);
  const scopes = compileGrants(options.scopes);
  return (facts) => {
    const id = idOf(facts, options.id);
    if (id === null || id === '' || CONTROL.test(id) || !isIssuer(facts.issuer)) return null;
    const { subject, issuer, serial, fingerprint, uris, dns, emails, validTo } = facts;
    return Object.freeze({
      id,
      email: emails[0] ?? null,
      roles: roles(id),
      permissions: [],
      scopes: scopes(id),
      authenticator,
      claims: Object.freeze({ subject, issuer, serial, fingerprint, san: Object.freeze({ uri: uris, dns, email: emails }) }),
      expiresAt: validTo,
    });
  };
}

function idOf({ commonName, subject, uris, dns, emails, serial, fingerprint }: CertificateFacts, id: CertificateOptions['id']): string | null {
  switch (id) {
    case 'subject.CN': return commonName;
    case 'subject': return subject;
    // An X.509-SVID has exactly one (SPIFFE, X509-SVID 2).
    case 'san:uri': return uris.length === 1 ? (uris[0] as string) : null;
    case 'san:dns': return dns[0] ?? null;
    case 'san:email': return emails[0] ?? null;
    case 'serial': return serial;
    case 'fingerprint': return fingerprint;
    default: return id satisfies never;
  }
}

function compileIssuers(issuers: readonly string[]): (issuer: string | null) => boolean {
  if (issuers.length === 0) return () => true;
  const patterns = issuers.map(compilePattern);
  return (issuer) => issuer !== null && patterns.some((matches) => matches(issuer));
}

function compileGrants(grants: Readonly<Record<string, readonly string[]>>): (id: string) => readonly string[] {
  const patterns = Object.entries(grants).map(([pattern, granted]) => [compilePattern(pattern), granted] as const);
  return (id) => Object.freeze([...new Set(patterns.flatMap(([matches, granted]) => (matches(id) ? granted : [])))]);
}

/** A `*` that went over a separator would let one part of a name, which its owner may choose, pass for several. */
function compilePattern(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text === pattern;
  const source = pattern.split('*').map((part) => literally(part)).join(String.raw`[^/,\\]*`);
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}
