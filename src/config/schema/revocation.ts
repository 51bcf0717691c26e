import { z } from 'zod';

/** `revocation:` of the file. */
export const revocationSchema = z.strictObject({
  away: z.enum(['allow', 'deny']).default('allow').describe('What happens to tokens while nothing could be read since the gateway started of what is revoked, for neither the database nor Redis is there: `allow` lets them in, `deny` refuses them with 503 `revocations-away`. Once it is known, the gateway goes by what it knows, whatever is away. Default: allow. Danger: with `allow`, what was revoked passes until the store is back or its time is over.'),
});
