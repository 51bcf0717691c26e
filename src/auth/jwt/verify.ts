import type { KeyObject } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import type { Clock, Principal } from '#libs/kernel';
import { compileChecks } from './claim-checks.js';
import { readKeys, type VerificationKey } from './keys.js';
import type { JwtOptions } from './options.js';
import { compilePrincipal } from './principal-of.js';
import { parseObject, readHeader, type TokenHeader } from './token-parts.js';
import { TokenRefused } from './token-problem.js';

/**
 * Compiles the options into a verification of tokens. Rejects with TokenRefused for a token that is not good.
 * @throws Error when the keys and algorithms of the options make no sense.
 */
export function compileVerification(options: JwtOptions, authenticator: string, clock: Clock): (token: string) => Promise<Principal> {
  const keys = readKeys(options);
  const accepted = new Set<string>(keys.flatMap((key) => key.algorithms));
  const check = compileChecks(options);
  const principalOf = compilePrincipal(options.claims, authenticator);
  return async (token) => {
    const header = readHeader(token);
    if (!accepted.has(header.alg)) throw new TokenRefused('wrong-algorithm');
    const payload = await checkSignature(token, header.alg, candidates(keys, header));
    const claims = Object.freeze(parseObject(payload));
    return principalOf(claims, check(claims, clock.now()));
  };
}

/** The keys the file holds for this algorithm and key id; `kid` is only ever compared. */
function candidates(keys: readonly VerificationKey[], { alg, kid }: TokenHeader): readonly KeyObject[] {
  const fitting = keys.filter((key) => (key.algorithms as readonly string[]).includes(alg) && (kid === null || key.kid === null || key.kid === kid));
  if (fitting.length === 0) throw new TokenRefused('unknown-key');
  return fitting.map(({ key }) => key);
}

async function checkSignature(token: string, algorithm: string, keys: readonly KeyObject[]): Promise<Uint8Array> {
  for (const key of keys) {
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [algorithm] });
      return payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  throw new TokenRefused('bad-signature');
}
