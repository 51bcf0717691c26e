import { z } from 'zod';
import { defineAuthenticator, type Authenticator, type Surroundings } from '#libs/kernel';
import { place, remember } from './jwt/options.js';
import { tokenAuthenticator } from './jwt/token-authenticator.js';
import { LocalTokens } from './local-tokens.js';
import { Revocations } from './revocations.js';

/** Milliseconds that the clocks of two gateways may differ. */
const TOLERANCE = 5_000;

const schema = z.strictObject({
  from: z.array(place).min(1).prefault([{ header: 'Authorization', scheme: 'Bearer' }]).describe('Where to look for the token. Different tokens in two places are refused. Default: Authorization: Bearer.'),
  remember,
});

/** Access tokens that this gateway signed itself; `identity` of the file says how. */
export const identity = defineAuthenticator({ name: 'identity', schema, create: createIdentity });

function createIdentity(options: z.output<typeof schema>, { clock, name = '', resolve }: Surroundings): Authenticator {
  const tokens = resolve<LocalTokens>(LocalTokens);
  return tokenAuthenticator({ ...options, issuers: tokens.issuer === undefined ? [] : [tokens.issuer], tolerance: TOLERANCE, clock, keys: tokens.keys, verify: tokens.verifier(name), revocations: resolve<Revocations>(Revocations) });
}
