import { createPrivateKey, createPublicKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '#libs/kernel';
import { compilePath, writePath } from './jwt/claim-path.js';
import { hasRemoteKeys, readKeys } from './jwt/keys.js';
import type { Algorithm, JwtOptions } from './jwt/options.js';

/** Whom a development token stands for. */
export interface TokenSubject {
  readonly id: string;
  readonly email?: string;
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
  readonly scopes?: readonly string[];
  /** Further claims by name or dotted path; they win over all others. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface MintRequest {
  /** Options of the `jwt` authenticator that is to accept the token. */
  readonly authenticator: JwtOptions;
  readonly claims: TokenSubject;
  /** Milliseconds the token is good for. */
  readonly ttl: number;
  readonly clock: Clock;
  /** PEM of the private key, where the authenticator holds only public ones. */
  readonly privateKey?: string;
}

/**
 * Signs a token for development and tests, in the claim layout of an authenticator so that it verifies there.
 * Rejects with an Error when there is nothing to sign with, or a required claim would be missing.
 */
export async function mintToken(request: MintRequest): Promise<string> {
  const { key, algorithm, kid } = signingKey(request);
  const payload = payloadOf(request);
  const missing = request.authenticator.required.filter((path) => compilePath(path)(payload) === undefined);
  if (missing.length > 0) throw new Error(`The authenticator requires the claim ${missing.join(', ')}; give a value for it`);
  return await new SignJWT(payload).setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(kid !== null && { kid }) }).sign(key);
}

function payloadOf({ authenticator, claims, ttl, clock }: MintRequest): Record<string, unknown> {
  const { claims: layout, issuer: [iss], audience: [aud], type, required } = authenticator;
  const now = Math.floor(clock.now() / 1000);
  const payload: Record<string, unknown> = { iat: now, exp: now + Math.ceil(ttl / 1000) };
  const { extra, ...known } = claims;
  for (const [name, value] of Object.entries(known)) write(payload, layout[name as keyof typeof layout].from[0], value);
  write(payload, 'iss', iss);
  write(payload, 'aud', aud);
  if (type) write(payload, type.claim, type.equals);
  for (const [path, value] of Object.entries(extra ?? {})) write(payload, path, value);
  if (payload['sub'] === undefined && required.includes('sub')) payload['sub'] = claims.id;
  return payload;
}

function write(payload: Record<string, unknown>, path: string | undefined, value: unknown): void {
  if (path !== undefined && value !== undefined) writePath(payload, path, value);
}

/** The authenticator's own shared secret, or the private half of one of its public keys. */
function signingKey({ authenticator, privateKey }: MintRequest) {
  if (hasRemoteKeys(authenticator)) throw new Error('Its tokens are signed by an issuer elsewhere; ask that for one');
  const keys = readKeys(authenticator);
  const secret = privateKey === undefined ? keys.find(({ key }) => key.type === 'secret') : undefined;
  if (secret) return { key: secret.key, algorithm: secret.algorithms[0] as Algorithm, kid: secret.kid };
  if (privateKey === undefined) throw new Error('The authenticator holds public keys only; give the private key of the issuer to sign with');
  const key = createPrivateKey(privateKey);
  const half = createPublicKey(key);
  const verifier = keys.find((candidate) => candidate.key.type === 'public' && candidate.key.equals(half));
  if (!verifier) throw new Error('The private key does not belong to any public key of the authenticator');
  return { key, algorithm: verifier.algorithms[0] as Algorithm, kid: verifier.kid };
}
