import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Algorithms whose keys the gateway makes itself. */
export const ASYMMETRIC = ['EdDSA', 'ES256', 'RS256', 'PS256'] as const;
export type Asymmetric = (typeof ASYMMETRIC)[number];

export function isAsymmetric(algorithm: string): algorithm is Asymmetric {
  return (ASYMMETRIC as readonly string[]).includes(algorithm);
}

type Jwk = Readonly<Record<string, unknown>>;

/** A public key as others get it (RFC 7517). */
export type PublicJwk = Jwk & { readonly kid: string };

/** A pair of keys as it is written down. */
export interface WrittenPair {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateJwk: Jwk;
}

/** Makes a pair; off the event loop, for one of RSA takes its time. */
export async function makePair(algorithm: Asymmetric): Promise<WrittenPair> {
  const { privateKey, publicKey } = await pairFor(algorithm);
  const jwk = publicKey.export({ format: 'jwk' }) as Jwk;
  const kid = thumbprint(jwk);
  return { kid, publicJwk: { ...jwk, kid, alg: algorithm, use: 'sig' }, privateJwk: privateKey.export({ format: 'jwk' }) as Jwk };
}

function pairFor(algorithm: Asymmetric): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (algorithm) {
    case 'EdDSA': return generate('ed25519');
    case 'ES256': return generate('ec', { namedCurve: 'P-256' });
    case 'RS256':
    case 'PS256': return generate('rsa', { modulusLength: 2048 });
    default: return algorithm satisfies never;
  }
}

/** What of a key its thumbprint is made of, in this order (RFC 7638 3.2, RFC 8037 2). */
const MEMBERS: Readonly<Record<string, readonly string[]>> = { RSA: ['e', 'kty', 'n'], EC: ['crv', 'kty', 'x', 'y'], OKP: ['crv', 'kty', 'x'] };

/** The id of a key that everybody who has the key comes to (RFC 7638). */
export function thumbprint(jwk: Jwk): string {
  const members = MEMBERS[String(jwk['kty'])] ?? [];
  return createHash('sha256').update(JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])))).digest('base64url');
}

/** The keys of a pair; `null` in place of a private one that cannot be read. @throws Error for what is none. */
export function readPair(publicJwk: Jwk, privateJwk: Jwk | null): { readonly publicKey: KeyObject; readonly privateKey: KeyObject | null } {
  return { publicKey: createPublicKey({ key: publicJwk, format: 'jwk' }), privateKey: privateJwk && createPrivateKey({ key: privateJwk, format: 'jwk' }) };
}
