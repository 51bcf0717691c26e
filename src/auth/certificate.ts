import type { X509Certificate } from 'node:crypto';
import { defineAuthenticator, Problem, problems, type Authenticator, type Exchange, type Principal, type Surroundings } from '#libs/kernel';
import { plainAddress } from '../http/network-address.js';
import { factsOf } from './certificate/facts.js';
import { factsInHeader } from './certificate/header.js';
import { certificateOptions, type CertificateOptions } from './certificate/options.js';
import { compileCertificatePrincipal } from './certificate/principal-of.js';
import { TokenMemory } from './jwt/token-memory.js';

const CHALLENGE = 'Certificate';
/** Certificates in headers to remember; only proxies of ours can fill that. */
const REMEMBERED = 1_024;

/** Client certificates (mutual TLS): of the connection, or handed on by a proxy in front. */
export const certificate = defineAuthenticator({ name: 'certificate', schema: certificateOptions, create: createCertificate });

function createCertificate(options: CertificateOptions, surroundings: Surroundings): Authenticator {
  const { clock, name = '' } = surroundings;
  const principalOf = compileCertificatePrincipal(options, name);
  const find = options.from === 'connection' ? compileConnection(principalOf) : compileHeader(options.from.header.toLowerCase(), principalOf, surroundings);
  return Object.freeze({
    challenge: CHALLENGE,
    authenticate(exchange: Exchange) {
      const principal = find(exchange);
      // A connection may outlast the certificate it began with.
      if (principal !== null && clock.now() >= principal.expiresAt) throw refusal(problems.expiredCredential, 'The certificate of the client has expired.');
      return principal;
    },
  });
}

type PrincipalOf = ReturnType<typeof compileCertificatePrincipal>;

/** Whose it is, is found out once per connection. */
function compileConnection(principalOf: PrincipalOf): (exchange: Exchange) => Principal | null {
  const known = new WeakMap<X509Certificate, Principal | null>();
  return ({ certificate: shown }) => {
    if (shown === null) return null;
    let principal = known.get(shown);
    if (principal === undefined) known.set(shown, (principal = principalOf(factsOf(shown))));
    return principal;
  };
}

/** What anybody but a proxy of ours writes there is nothing. */
function compileHeader(header: string, principalOf: PrincipalOf, { clock, trusts = () => false }: Surroundings): (exchange: Exchange) => Principal | null {
  const known = new TokenMemory<Principal | { readonly nobody: true }>(REMEMBERED);
  const read = (text: string): Principal | null => {
    const facts = factsInHeader(text);
    if (facts === null) throw refusal(problems.invalidCredential, 'What the proxy handed on is no certificate.');
    if (clock.now() < facts.validFrom) throw refusal(problems.invalidCredential, 'The certificate of the client is not valid yet.');
    return principalOf(facts);
  };
  return ({ headers, peer }) => {
    const text = headers[header];
    if (typeof text !== 'string' || text === '' || !trusts(plainAddress(peer))) return null;
    let found = known.get(text);
    if (found === undefined) known.set(text, (found = read(text) ?? { nobody: true }));
    return 'nobody' in found ? null : found;
  };
}

function refusal(type: Problem['type'], detail: string): Problem {
  return new Problem(type, detail, { headers: { 'WWW-Authenticate': CHALLENGE } });
}
