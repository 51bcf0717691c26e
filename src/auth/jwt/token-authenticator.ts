import type { Authenticator, Clock, Exchange, Principal } from '#libs/kernel';
import { revokedProblem, type Verified } from '../revocable.js';
import type { Revocations } from '../revocations.js';
import { challengeScheme, compileExtraction, compileScrub } from './extract.js';
import type { MovingKeys } from './moving-keys.js';
import type { TokenPlace } from './options.js';
import { JwtStrategy } from './strategy.js';
import { statedIssuer } from './token-parts.js';
import { tokenProblem, TokenRefused } from './token-problem.js';
import { VerifiedTokens } from './verified-tokens.js';

/** What an authenticator of signed tokens is made of. */
export interface TokenPlan {
  readonly from: readonly TokenPlace[];
  readonly remember: { readonly max: number };
  /** Milliseconds that clocks may differ. */
  readonly tolerance: number;
  readonly clock: Clock;
  /** Who may have made its tokens; none where that is not looked at. */
  readonly issuers: readonly string[];
  /** `null` where keys stay what they are. */
  readonly keys: MovingKeys | null;
  /** Rejects with TokenRefused for a token that is not good. */
  readonly verify: (token: string) => Promise<Verified>;
  readonly revocations: Revocations;
}

/** An authenticator of signed tokens: it finds one, verifies it once, and asks for each request whether it is revoked. */
export function tokenAuthenticator({ clock, from, issuers, keys, remember, revocations, tolerance, verify }: TokenPlan): Authenticator {
  const scheme = challengeScheme(from);
  const extract = compileExtraction(from);
  const scrub = compileScrub(from);
  const verified = new VerifiedTokens({ max: remember.max, tolerance, clock, keys });
  const strategy = new JwtStrategy(verify);

  const refuse = (error: unknown): never => {
    throw error instanceof TokenRefused ? tokenProblem(error.reason, scheme) : error;
  };
  const verifyOnce = (token: string): Promise<Verified> => strategy.run(token).catch(refuse);
  const find = (exchange: Exchange): string | null => {
    try {
      return extract(exchange);
    } catch (error) {
      return refuse(error);
    }
  };
  const unrevoked = ({ credential, principal }: Verified): Principal => {
    if (revocations.covers(credential)) throw revokedProblem(scheme);
    return principal;
  };

  return Object.freeze({
    challenge: scheme,
    authenticate(exchange: Exchange) {
      const token = find(exchange);
      if (token === null) return null;
      const known = verified.get(token);
      return known === undefined ? verified.remember(token, verifyOnce).then(unrevoked) : unrevoked(known);
    },
    ...(issuers.length > 0 && {
      foreign(exchange: Exchange) {
        const { query } = exchange;
        const token = find(exchange);
        // Whoever looks for one there next must find it; in the end it is cut out by `scrub`.
        exchange.query = query;
        return token !== null && !verified.has(token) && !issuers.includes(statedIssuer(token) ?? '');
      },
    }),
    ...(scrub && { scrub }),
  });
}
