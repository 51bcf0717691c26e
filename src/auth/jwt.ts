import { defineAuthenticator, type Authenticator, type Surroundings } from '#libs/kernel';
import { jwtOptions, type JwtOptions } from './jwt/options.js';
import { remoteKeys } from './jwt/remote-keys.js';
import { tokenAuthenticator } from './jwt/token-authenticator.js';
import { compileVerification, issuersOf } from './jwt/verify.js';
import { Revocations } from './revocations.js';

/** JSON Web Tokens (RFC 7519) signed by an issuer whose keys the file holds, or says where to find. */
export const jwt = defineAuthenticator({ name: 'jwt', schema: jwtOptions, create: createJwt });

function createJwt(options: JwtOptions, { clock, name = '', random, resolve }: Surroundings): Authenticator {
  const remote = remoteKeys(options, { clock, random });
  const verify = compileVerification(options, { name, clock, remote });
  return tokenAuthenticator({ ...options, issuers: issuersOf(options), clock, keys: remote, verify, revocations: resolve<Revocations>(Revocations) });
}
