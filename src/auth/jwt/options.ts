import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { duration, headerName, listOf, onOff } from '../../config/schema/values.js';

export const ALGORITHMS = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const text = () => z.string().min(1);

/** One claim, or several of which the first present counts; `from` and `default` written apart when a default is needed. */
function claim<T extends z.ZodType>(fallback: T, from: readonly string[], what: string) {
  return z.union([
    listOf(text()).transform((paths) => ({ from: paths, default: undefined })),
    z.strictObject({
      from: listOf(text()).describe('Claims to look at, first present wins.'),
      default: fallback.optional().describe('Value when none of them is present.'),
    }),
  ]).prefault([...from]).describe(`${what} Dots lead into objects: \`realm_access.roles\`. Default: ${from.join(', ')}.`);
}

export const claims = z.strictObject({
  id: claim(text(), ['sub'], 'The caller’s id; a token without one is refused.'),
  email: claim(text(), ['email'], 'The caller’s e-mail address.'),
  role: claim(text(), ['role'], 'The caller’s role, where there is one.'),
  roles: claim(listOf(text()), ['roles'], 'A list of roles, or text with commas or spaces between them.'),
  permissions: claim(listOf(text()), ['permissions'], 'A list of permissions, or text with commas or spaces between them.'),
  scopes: claim(listOf(text()), ['scope', 'scopes', 'scp'], 'A list of scopes, or text with commas or spaces between them.'),
});

export const place = z.union([
  z.strictObject({
    header: headerName().describe('Header field that holds the token.'),
    scheme: text().optional().describe('Authentication scheme before it. Default: Bearer for Authorization, none for others.'),
  }),
  z.strictObject({
    query: text().describe('Query parameter that holds the token: for EventSource and WebSocket clients that cannot set headers. URLs end up in histories and in logs of other proxies, so prefer short-lived tokens. It is cut out before the request is logged or forwarded, on every route.'),
  }),
  z.strictObject({
    cookie: text().describe('Cookie that holds the token. Danger: browsers send it along with requests that other sites start (CSRF); set SameSite=Lax or Strict on it and keep writing methods off GET.'),
  }),
  z.strictObject({
    websocketProtocol: text().describe('Prefix of the entry of Sec-WebSocket-Protocol that holds the token, e.g. `access_token.`; only on upgrades. The service sees the header as the client sent it.'),
  }),
]);

const key = z.strictObject({
  kid: text().optional().describe('Only for tokens that name this key id, or none.'),
  algorithm: z.enum(ALGORITHMS).optional().describe('Only for this algorithm. Default: every one of `algorithms` that suits the kind of key.'),
  publicKey: text().optional().describe('Public key or certificate as PEM, or a JWK.'),
  secret: secretText().optional().describe('Shared secret.'),
});

const refresh = z.strictObject({
  every: duration().prefault('10m').describe('Give or take a tenth, when tokens come. Default: 10m.'),
  cooldown: duration().prefault('30s').describe('A token that names an unknown key has them fetched at once, but at most once in this time, whoever invents key ids. Also the longest pause between two tries while the issuer is away. Default: 30s.'),
  timeout: duration().prefault('5s').describe('For the answer of the issuer. Default: 5s.'),
});

export const remember = z.strictObject({
  max: z.int().min(0).default(10_000).describe('Tokens to remember; 0 verifies every time. Default: 10000.'),
}).prefault({}).describe('Verified tokens are remembered in memory until they expire, so that a signature is checked once.');

/** Options of the `jwt` authenticator. */
export const jwtOptions = z.strictObject({
  secret: secretText().optional().describe('Shared secret of the HS algorithms. At least 8 bytes; below the size of the hash (32 for HS256, RFC 7518 3.2) it can be guessed from one token and the gateway warns.'),
  publicKey: text().optional().describe('Public key of the issuer: PEM, X.509 certificate or JWK, as text or `${file:/path}`.'),
  keys: z.array(key).default([]).describe('Several keys, e.g. while one replaces another.'),
  jwks: text().optional().describe('JWK set (RFC 7517) as text or `${file:/path}`. Keys for encryption and of unknown kinds in it are passed over.'),
  jwksUrl: text().optional().describe('Where an issuer publishes its JWK set. It is fetched when the first token comes, kept while the issuer is away, and looked at again as `refresh` says; keys that are gone from it verify nothing any more. Only `https://`, but for this very machine.'),
  discover: text().optional().describe('An issuer that says itself where its keys are (OpenID Connect Discovery, RFC 8414), to the letter as it calls itself. Instead of `jwksUrl`. Danger: without `audience`, tokens it made for any other application pass too.'),
  refresh: refresh.prefault({}).describe('When the keys of an issuer are fetched again.'),
  insecure: onOff().default(false).describe('Plain HTTP to the issuer. Danger: whoever can change what is sent on the way can let anybody in. Default: off.'),
  algorithms: listOf(z.enum(ALGORITHMS)).default([]).describe('Algorithms accepted. Default: HS256 when `secret` is the only key; all but HS where an issuer publishes all of them; otherwise they must be named.'),
  issuer: listOf(text()).default([]).describe('Accepted values of `iss`. Default: that of `discover`; without it, it is not looked at.'),
  audience: listOf(text()).default([]).describe('Accepted values of `aud`; one match suffices. Default: it is not looked at, so a token made for another application passes.'),
  tolerance: duration().prefault('5s').describe('How far the clocks of issuer and gateway may differ, for exp, nbf and iat. Default: 5s.'),
  required: listOf(text()).default(['exp']).describe('Claims that must be there and not be empty. Danger: without `exp` a token may be valid for ever. Default: exp.'),
  type: z.strictObject({
    claim: text().default('type').describe('Claim that tells the type. Default: type.'),
    equals: text().describe('The type accepted, e.g. `access`.'),
  }).optional().describe('Keeps refresh tokens and others of the same issuer out. Default: every type.'),
  numericSub: z.enum(['accept', 'refuse']).default('accept').describe('A `sub` that is a JSON number, against RFC 7519 but common: `accept` reads it as text. Default: accept.'),
  maxAge: duration().optional().describe('Oldest token accepted, counted from `iat`, whatever `exp` says. Default: no limit.'),
  claims: claims.prefault({}).describe('Where a token holds what the gateway wants to know.'),
  from: z.array(place).min(1).prefault([{ header: 'Authorization', scheme: 'Bearer' }]).describe('Where to look for the token. Different tokens in two places are refused. Default: Authorization: Bearer.'),
  remember,
});

export type JwtOptions = z.output<typeof jwtOptions>;
export type TokenPlace = JwtOptions['from'][number];
