import type { KeyObject } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import type { Clock, Principal } from '#libs/kernel';
import { revocableOf, type Verified } from '../revocable.js';
import { compileChecks } from './claim-checks.js';
import type { Claims } from './claim-path.js';
import { acceptedAlgorithms, readKeys, type VerificationKey } from './keys.js';
import type { MovingKeys } from './moving-keys.js';
import type { JwtOptions } from './options.js';
import { compilePrincipal } from './principal-of.js';
import { parseObject, readHeader, type TokenHeader } from './token-parts.js';
import { TokenRefused } from './token-problem.js';

/** What a verification is made of, beside the options. */
export interface VerificationParts {
  /** Name of the authenticator. */
  readonly name: string;
  readonly clock: Clock;
  /** Keys of an issuer, beside those of the file. */
  readonly remote: MovingKeys | null;
}

/** What tokens are held against. */
export interface TokenRules {
  /** Algorithms that a header may name. */
  readonly accepted: Pick<ReadonlySet<string>, 'has'>;
  /** Keys that stay what they are. */
  readonly local: readonly VerificationKey[];
  readonly remote: MovingKeys | null;
  /** The one `typ` that a header may name, in small letters; `null` for whatever it does. */
  readonly typ: string | null;
  /** See `compileChecks`. */
  readonly check: (claims: Claims, now: number) => number;
  readonly principalOf: (claims: Claims, expiresAt: number) => Principal;
  /** Begins the name of whose it is, for revocations. */
  readonly owner: string;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Compiles the options into a verification of tokens. Rejects with TokenRefused for a token that is not good, and with
 * Problem issuer-away for one whose key may be one that cannot be fetched now.
 * @throws Error when the keys and algorithms of the options make no sense.
 */
export function compileVerification(options: JwtOptions, { clock, name, remote }: VerificationParts): (token: string) => Promise<Verified> {
  const local = readKeys(options);
  const accepted = new Set<string>(remote === null ? local.flatMap((key) => key.algorithms) : acceptedAlgorithms(options));
  const check = compileChecks({ ...options, issuer: issuersOf(options) });
  return compileRules({ accepted, local, remote, typ: null, check, principalOf: compilePrincipal(options.claims, name), owner: name, clock });
}

/** Who may have made the tokens; none where that is not looked at. */
export function issuersOf({ discover, issuer }: Pick<JwtOptions, 'discover' | 'issuer'>): readonly string[] {
  return issuer.length === 0 && discover !== undefined ? [discover] : issuer;
}

/** Compiles what tokens are held against; rejects as `compileVerification` does. */
export function compileRules({ accepted, check, clock, local, owner, principalOf, remote, typ }: TokenRules): (token: string) => Promise<Verified> {
  const open = remote === null ? (token: string, header: TokenHeader) => checkSignature(token, header, local) : compileRemote(local, remote);
  return async (token) => {
    const header = readHeader(token);
    if (!accepted.has(header.alg)) throw new TokenRefused('wrong-algorithm');
    if (typ !== null && header.typ !== typ) throw new TokenRefused('wrong-type');
    const claims = Object.freeze(parseObject(await open(token, header)));
    const principal = principalOf(claims, check(claims, clock.now()));
    return Object.freeze({ principal, credential: revocableOf(token, claims, `${owner}:${principal.id}`) });
  };
}

/** The keys of the file are tried first, then those of the issuer, then whether it has a new one. */
function compileRemote(local: readonly VerificationKey[], remote: MovingKeys): (token: string, header: TokenHeader) => Promise<Uint8Array> {
  return async (token, header) => {
    const keys = [...local, ...(namedBy(header, local) ? [] : await remote.recent())];
    try {
      return await checkSignature(token, header, keys);
    } catch (error) {
      if (!(error instanceof TokenRefused) || namedBy(header, keys) || !(await remote.seek())) throw error;
      return checkSignature(token, header, [...local, ...(await remote.recent())]);
    }
  };
}

/** Whether the very key is there that the token names: no other can be meant. */
function namedBy({ kid }: TokenHeader, keys: readonly VerificationKey[]): boolean {
  return kid !== null && keys.some((key) => key.kid === kid);
}

/** The keys for this algorithm and key id; `kid` is only ever compared. */
function candidates(keys: readonly VerificationKey[], { alg, kid }: TokenHeader): readonly KeyObject[] {
  const fitting = keys.filter((key) => (key.algorithms as readonly string[]).includes(alg) && (kid === null || key.kid === null || key.kid === kid));
  if (fitting.length === 0) throw new TokenRefused('unknown-key');
  return fitting.map(({ key }) => key);
}

async function checkSignature(token: string, header: TokenHeader, keys: readonly VerificationKey[]): Promise<Uint8Array> {
  for (const key of candidates(keys, header)) {
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [header.alg] });
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  throw new TokenRefused('bad-signature');
}
