import { defineAuthenticator, type Authenticator, type Exchange, type Principal, type Surroundings } from '#libs/kernel';
import { challengeScheme, compileExtraction, compileScrub } from './jwt/extract.js';
import { jwtOptions, type JwtOptions } from './jwt/options.js';
import { JwtStrategy } from './jwt/strategy.js';
import { TokenMemory } from './jwt/token-memory.js';
import { tokenProblem, TokenRefused } from './jwt/token-problem.js';
import { compileVerification } from './jwt/verify.js';

/** JSON Web Tokens (RFC 7519) signed by an issuer whose keys the file holds. */
export const jwt = defineAuthenticator({ name: 'jwt', schema: jwtOptions, create: createJwt });

function createJwt(options: JwtOptions, { clock, name = '' }: Surroundings): Authenticator {
  const { tolerance } = options;
  const scheme = challengeScheme(options.from);
  const extract = compileExtraction(options.from);
  const scrub = compileScrub(options.from);
  const memory = new TokenMemory(options.remember.max);
  const strategy = new JwtStrategy(compileVerification(options, name, clock));

  const refuse = (error: unknown): never => {
    throw error instanceof TokenRefused ? tokenProblem(error.reason, scheme) : error;
  };
  const verify = (token: string): Promise<Principal> => strategy.run(token).then((principal) => {
    memory.set(token, principal);
    return principal;
  }, refuse);
  const find = (exchange: Exchange): string | null => {
    try {
      return extract(exchange);
    } catch (error) {
      return refuse(error);
    }
  };

  return Object.freeze({
    challenge: scheme,
    authenticate(exchange: Exchange) {
      const token = find(exchange);
      if (token === null) return null;
      const known = memory.get(token);
      if (known === undefined) return verify(token);
      if (clock.now() < known.expiresAt + tolerance) return known;
      memory.delete(token);
      return verify(token);
    },
    ...(scrub && { scrub }),
  });
}
