import { z } from 'zod';
import { parseDuration, secretText } from '#libs/kernel';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const DURATION = /^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|min|h|d)\s*)+$/;
const COOKIE_PATH = /^\/[\x21-\x3a\x3c-\x7e]*$/;
const noDuration = 'expected a duration such as 10m, 1h or 7d';

const duration = z.string({ error: noDuration }).regex(DURATION, { error: noDuration }).meta({ title: 'duration' })
  .transform((text) => parseDuration(text) ?? 0).refine((ms) => ms > 0, { error: 'expected more than nothing' });

/** Options of the `sticky-cookie` balancer. */
export const stickyOptions = z.strictObject({
  name: z.string().regex(TOKEN, { error: 'expected a name without spaces or separators' }).default('passerelle_target').describe(
    'Name of the cookie. Two services that one page talks to need two names, or two paths. Default: passerelle_target.',
  ),
  maxAge: duration.optional().describe('How long the client keeps it, from the first answer: it is not renewed. Default: until the browser closes.'),
  path: z.string().regex(COOKIE_PATH, { error: 'expected a path that starts with "/"' }).default('/').describe('Path under which the client sends it. Default: /.'),
  secure: z.union([z.boolean(), z.literal('auto')]).default('auto').describe('Whether the client sends it over https only: `auto` when the request came over https. Default: auto.'),
  sameSite: z.enum(['lax', 'strict', 'none']).default('lax').describe('Which requests that other sites start carry it. `none` for pages of another site, over https only. Default: lax.'),
  salt: secretText().optional().describe(
    'Text mixed into the value, the same on all gateways. Danger: without it, who guesses a target’s address can tell from the cookie that the guess was right.',
  ),
}).refine(({ sameSite, secure }) => sameSite !== 'none' || secure !== false, { path: ['secure'], error: 'browsers drop cookies with SameSite=None that are not Secure' })
  .describe('The target that answered a client first, by a cookie that holds a hash and no address; the first is picked as with p2c. When it is not available another one takes over, and the cookie. Works for WebSockets and for polling. Clients that keep no cookies get p2c.');

export type StickyOptions = z.output<typeof stickyOptions>;
