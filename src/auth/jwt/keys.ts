import { createPublicKey, createSecretKey, type KeyObject, type webcrypto } from 'node:crypto';
import type { Secret } from '#libs/kernel';
import { ALGORITHMS, type Algorithm, type JwtOptions } from './options.js';

type Jwk = webcrypto.JsonWebKey & { readonly kid?: unknown };

/** One key and the algorithms it may be used with: the kind of the key decides, never the token. */
export interface VerificationKey {
  readonly kid: string | null;
  readonly key: KeyObject;
  readonly algorithms: readonly Algorithm[];
}

/** Below this a secret is as good as none; between this and the size of the hash the gateway only warns. */
const SHORTEST_SECRET = 8;

/**
 * Reads every key of the options, once.
 * @throws Error that says what is wrong with which key, without its text.
 */
export function readKeys(options: JwtOptions): readonly VerificationKey[] {
  const accepted = acceptedAlgorithms(options);
  const keys: VerificationKey[] = [];
  if (options.secret) keys.push(verificationKey('secret', readSecret('secret', options.secret, accepted), accepted));
  if (options.publicKey !== undefined) keys.push(verificationKey('publicKey', readPublic('publicKey', options.publicKey), accepted));
  options.keys.forEach((entry, index) => keys.push(readEntry(`keys[${index}]`, entry, accepted)));
  if (options.jwks !== undefined) keys.push(...readSet(options.jwks, accepted));
  if (keys.length === 0 && !hasRemoteKeys(options)) throw new Error('jwt needs a key: give `secret`, `publicKey`, `keys`, `jwks`, `jwksUrl` or `discover`');
  return keys;
}

/** Whether keys are fetched from an issuer. */
export function hasRemoteKeys({ discover, jwksUrl }: JwtOptions): boolean {
  return discover !== undefined || jwksUrl !== undefined;
}

/**
 * The algorithms of the file, or the only guesses that are safe: HS256 where a shared secret is the only key, and whatever
 * public keys are for where an issuer publishes them all.
 */
export function acceptedAlgorithms(options: JwtOptions): readonly Algorithm[] {
  if (options.algorithms.length > 0) return options.algorithms;
  const local = options.publicKey !== undefined || options.keys.length > 0 || options.jwks !== undefined;
  if (options.secret && !local && !hasRemoteKeys(options)) return ['HS256'];
  if (!options.secret && !local && hasRemoteKeys(options)) return ALGORITHMS.filter((name) => !name.startsWith('HS'));
  throw new Error('jwt needs `algorithms`: name those the issuer signs with, e.g. [RS256]');
}

function readEntry(where: string, entry: JwtOptions['keys'][number], accepted: readonly Algorithm[]): VerificationKey {
  const { secret, publicKey, kid, algorithm } = entry;
  if ((secret === undefined) === (publicKey === undefined)) throw new Error(`${where} needs either \`publicKey\` or \`secret\``);
  if (algorithm !== undefined && !accepted.includes(algorithm)) throw new Error(`${where}: ${algorithm} is not one of \`algorithms\``);
  const only = algorithm === undefined ? accepted : [algorithm];
  const key = secret ? readSecret(where, secret, only) : readPublic(where, publicKey ?? '');
  return verificationKey(where, key, only, kid);
}

function readSecret(where: string, secret: Secret, accepted: readonly Algorithm[]): KeyObject {
  const bytes = Buffer.from(secret.reveal());
  if (bytes.includes('-----BEGIN ')) throw new Error(`${where} holds a PEM key; a public key goes into \`publicKey\``);
  if (bytes.length < SHORTEST_SECRET) throw new Error(`${where} is shorter than ${SHORTEST_SECRET} bytes: anybody can guess it`);
  const needed = Math.max(0, ...accepted.filter((name) => name.startsWith('HS')).map((name) => Number(name.slice(2)) / 8));
  if (bytes.length < needed) {
    process.emitWarning(`The ${where} of a jwt authenticator has ${bytes.length} bytes; RFC 7518 3.2 asks for ${needed}. Who holds one token may find it by guessing.`, { code: 'PASSERELLE_SHORT_SECRET' });
  }
  return createSecretKey(bytes);
}

function readPublic(where: string, text: string): KeyObject {
  if (text.includes('PRIVATE KEY-----')) throw new Error(`${where} holds a private key; the gateway needs only the public one`);
  try {
    if (!text.trimStart().startsWith('{')) return createPublicKey(text);
    return readJwk(where, JSON.parse(text) as Jwk);
  } catch (cause) {
    throw cause instanceof KeyRefused ? cause : new Error(`${where} is neither a PEM public key, a certificate nor a JWK`, { cause });
  }
}

/** What is wrong with a key that could be read. */
class KeyRefused extends Error {}

function readJwk(where: string, jwk: Jwk): KeyObject {
  if (jwk.kty === 'oct') throw new KeyRefused(`${where} holds a shared secret; it goes into \`secret\``);
  if (jwk.d !== undefined) throw new KeyRefused(`${where} holds a private key; the gateway needs only the public one`);
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function verificationKey(where: string, key: KeyObject, accepted: readonly Algorithm[], kid: string | null = null): VerificationKey {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048) throw new Error(`${where}: an RSA key needs 2048 bits or more (RFC 7518 3.3)`);
  const suited = algorithmsOf(key);
  const algorithms = accepted.filter((name) => suited.includes(name));
  if (algorithms.length === 0) {
    throw new Error(`${where}: a key of this kind works with ${suited.join(', ') || 'none of the algorithms'}, but accepted are ${accepted.join(', ')}`);
  }
  return { kid, key, algorithms };
}

const CURVES: Readonly<Record<string, Algorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** The kind of key fixes the algorithms, so a public RSA key can never be taken for an HMAC secret. */
function algorithmsOf(key: KeyObject): readonly Algorithm[] {
  if (key.type === 'secret') return ALGORITHMS.filter((name) => name.startsWith('HS'));
  switch (key.asymmetricKeyType) {
    case 'rsa': return ALGORITHMS.filter((name) => name.startsWith('RS') || name.startsWith('PS'));
    case 'ed25519': return ['EdDSA'];
    case 'ec': {
      const algorithm = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
      return algorithm === undefined ? [] : [algorithm];
    }
    default: return [];
  }
}

/** RFC 7517 5: keys of a set that cannot be used are passed over. */
function readSet(text: string, accepted: readonly Algorithm[]): VerificationKey[] {
  const set = parseSet(text);
  if (set.some((jwk) => !isEncryption(jwk) && !isPublic(jwk))) throw new Error('jwks holds a secret or private key; a set to verify with holds public keys only');
  const keys = usableKeys(set, accepted);
  if (keys.length === 0) throw new Error(`jwks holds no key for ${accepted.join(', ')}`);
  return keys;
}

/**
 * Reads the set an issuer publishes. What is no public key does not count: whoever can read it could sign. A set without
 * any key is one too, and says that none of its tokens is good.
 * @throws Error when it is no JWK set.
 */
export function readPublishedSet(text: string, accepted: readonly Algorithm[]): readonly VerificationKey[] {
  return usableKeys(parseSet(text).filter(isPublic), accepted);
}

const isEncryption = ({ use }: Jwk): boolean => use !== undefined && use !== 'sig';
const isPublic = ({ d, kty }: Jwk): boolean => kty !== 'oct' && d === undefined;

function usableKeys(set: readonly Jwk[], accepted: readonly Algorithm[]): VerificationKey[] {
  const keys: VerificationKey[] = [];
  for (const jwk of set) {
    if (isEncryption(jwk)) continue;
    const only = jwk.alg === undefined ? accepted : accepted.filter((name) => name === jwk.alg);
    try {
      keys.push(verificationKey('jwks', readJwk('jwks', jwk), only, typeof jwk.kid === 'string' ? jwk.kid : null));
    } catch {
      continue;
    }
  }
  return keys;
}

function parseSet(text: string): Jwk[] {
  try {
    const { keys } = JSON.parse(text) as { keys: Jwk[] };
    if (Array.isArray(keys) && keys.every((jwk) => typeof jwk === 'object' && jwk !== null)) return keys;
  } catch {
    // Falls through to the one message.
  }
  throw new Error('jwks is not a JWK set: expected JSON such as {"keys": [...]}');
}
