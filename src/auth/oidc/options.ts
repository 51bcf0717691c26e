import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { absolutePath, duration, durationOrOff, listOf, onOff } from '../../config/schema/values.js';
import { claims } from '../jwt/options.js';

const text = () => z.string().min(1);

const cookie = z.strictObject({
  name: z.string().regex(/^[\w-]+$/, { error: 'expected letters, digits, "-" and "_"' }).default('session').describe('Its name. Where it is `Secure`, `__Host-` goes before it, or `__Secure-` where `path` or `domain` is set. A session too large for one cookie lies in several. Default: session.'),
  secret: z.union([secretText(), z.array(secretText()).min(1)]).describe('What it is encrypted with, 32 characters or more. Of several, the first encrypts and all decrypt: put a new one in front, and take the old one out when `session.max` is over.'),
  sameSite: z.enum(['lax', 'strict', 'none']).default('lax').describe('Whether a browser sends it along with requests that other sites start: `lax` only when a person follows a link. Danger: with `none` always; only the check of `origins` is left then. With `strict` the first page after a login knows of no session. Default: lax.'),
  secure: z.union([z.literal('auto'), onOff()]).default('auto').describe('Whether it travels over HTTPS only: `auto` where the request came that way, also as a trusted proxy says. Danger: behind a proxy that ends TLS and is not trusted (`forwarded.trust`), `auto` is off. Default: auto.'),
  domain: z.string().regex(/^[a-z0-9.-]+$/i, { error: 'expected a host name' }).optional().describe('Shares it with the hosts below this domain. Danger: each of them can read and replace it. Default: this very host.'),
  path: absolutePath().default('/').describe('Only below this path, which the `login` endpoint must be too. Default: /.'),
});

/** Options of the `oidc` authenticator. */
export const oidcOptions = z.strictObject({
  issuer: text().describe('Where people sign in (OpenID Connect), to the letter as it calls itself. Only `https://`, but for this very machine.'),
  clientId: text().describe('Who the gateway is at the issuer.'),
  clientSecret: secretText().optional().describe('The secret of that client. Default: none; it is a public client.'),
  clientAuth: z.enum(['basic', 'post']).default('basic').describe('How it shows who it is: in the Authorization header, or in the form. Default: basic.'),
  scopes: listOf(text()).default(['openid', 'email', 'profile']).describe('What it asks for; `openid` always. Most issuers give a refresh token only for `offline_access`. Default: openid, email, profile.'),
  parameters: z.record(text(), z.string()).default({}).describe('Further parameters of the way to the issuer, e.g. `{ prompt: consent, audience: "https://api.example.com" }`.'),
  userinfo: onOff().default(false).describe('Asks the issuer once for each login for claims that it leaves out of the ID token. Default: off.'),
  origin: z.string().regex(/^https?:\/\/[^/?#\s]+$/, { error: 'expected an origin such as https://app.example.com' }).optional().describe('What browsers call this gateway. Default: what the request says.'),
  callback: absolutePath().optional().describe('Path the issuer sends people back to; it must lead to the operation `callback` of the `login` endpoint. Default: where that is.'),
  claims: claims.prefault({}).describe('Where the claims hold what the gateway wants to know.'),
  cookie: cookie.describe('The session: an encrypted cookie; nothing is kept in the gateway.'),
  session: z.strictObject({
    idle: durationOrOff().prefault('1h').describe('Ends when it was not used for so long, give or take a tenth. Default: 1h.'),
    max: duration().prefault('12h').describe('Ends after so long in any case. Default: 12h.'),
  }).prefault({}).describe('How long a session lasts. Without a refresh token, as long as the access token.'),
  refreshBefore: duration().prefault('1m').describe('The access token is renewed when it has less than this left, or less than a quarter of its time. Default: 1m.'),
  redirect: onOff().default(false).describe('Sends browsers that open a page without a session to the login, instead of 401. Programs get 401 all the same. Default: off.'),
  home: absolutePath().default('/').describe('Where a login ends that does not say, and a logout. Default: /.'),
  origins: listOf(text()).default([]).describe('Other origins whose pages may send requests that change something, with the session. Default: only pages of this one.'),
  forward: z.enum(['none', 'access_token', 'id_token']).default('none').describe('What services get in `Authorization: Bearer`. Danger: a service that gets an access token can do with it what the person could. Default: none.'),
  remember: z.strictObject({
    max: z.int().min(1).default(5_000).describe('Sessions to remember; the others are decrypted again. Default: 5000.'),
  }).prefault({}).describe('Decrypted sessions are remembered in memory.'),
  timeout: duration().prefault('5s').describe('For an answer of the issuer. Default: 5s.'),
  insecure: onOff().default(false).describe('Plain HTTP to the issuer. Danger: secrets and tokens can be read on the way. Default: off.'),
});

export type OidcOptions = z.output<typeof oidcOptions>;
