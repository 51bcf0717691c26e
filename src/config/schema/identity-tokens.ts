import { z } from 'zod';
import { secretText } from '#libs/kernel';
import { duration, listOf, onOff } from './values.js';

/** A time of nothing at all would make tokens that are over when they are made. */
const some = () => duration().refine((milliseconds) => milliseconds >= 1_000, { error: 'expected at least 1s' });

const claimName = (fallback: string | null, what: string) =>
  z.string().min(1).nullable().default(fallback).describe(`${what} Default: ${fallback ?? 'none'}.`);

const claims = z.strictObject({
  number: claimName(null, 'Claim for the id as a JSON number, beside `sub`, which is always text; left out for ids that are none.'),
  email: claimName('email', 'Claim for the e-mail address; left out where there is none.'),
  name: claimName(null, 'Claim for the name.'),
  role: claimName('role', 'Claim for the first role, as text.'),
  roles: claimName('roles', 'Claim for all roles, a list.'),
  permissions: claimName('permissions', 'Claim for the permissions, a list.'),
  attributes: listOf(z.string().min(1)).default([]).describe('Fields that accounts registered with, each as the claim of its name. Default: none. Danger: whoever has the token reads them.'),
  fixed: z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()])).default({}).describe('Claims that are the same in every token, such as `{ tenant: north }`. Default: none.'),
});

const access = z.strictObject({
  lifetime: some().prefault('15m').describe('How long an access token is good for. Default: 15m. Danger: a service that verifies tokens by itself does not hear of revocations; it lets a stolen one in for as long.'),
  typ: z.enum(['at+jwt', 'JWT']).default('at+jwt').describe('`typ` of the header. `at+jwt` (RFC 9068) keeps tokens of other kinds from passing for one; `JWT` is for services that insist on it. Default: at+jwt.'),
  type: z.strictObject({
    claim: z.string().min(1).default('type').describe('Claim that tells the type. Default: type.'),
    equals: z.string().min(1).default('access').describe('What it says. Default: access.'),
  }).optional().describe('A claim that tells access tokens from others, for services that look at it; the gateway then asks for it too. Default: none.'),
  claims: claims.prefault({}).describe('What a token tells of the account. `sub` (its id), `sid` (the session), `jti`, `iat` and `exp` are always there.'),
}).prefault({}).describe('Access tokens: signed JSON Web Tokens (RFC 7519).');

const signing = z.strictObject({
  algorithm: z.enum(['EdDSA', 'ES256', 'RS256', 'PS256', 'HS256', 'HS384', 'HS512']).default('EdDSA').describe('How tokens are signed. Those that begin with HS use `secret`; the others keys of their own, which others may verify by `jwks`. Default: EdDSA. Another one takes effect at once; tokens signed before stay good. Danger: with HS, every service that can verify a token can make one.'),
  secret: secretText().optional().describe('Shared secret of the HS algorithms, at least 32, 48 or 64 bytes as the hash of the algorithm has (RFC 7518 3.2). Danger: whoever has it makes tokens for everybody.'),
  former: z.array(secretText()).default([]).describe('Secrets from before, whose tokens are still accepted while they last. Default: none.'),
  encrypt: secretText().optional().describe('Encrypts the private keys in the database (AES-256-GCM, the key by HKDF-SHA256); keys that are there in plain are encrypted with the next start. At least 16 bytes. Default: they are in plain. Danger: without it, who reads the database signs tokens; with it, who loses it loses the keys, and all must sign in again.'),
  rotate: duration().refine((milliseconds) => milliseconds >= 60_000, { error: 'expected at least 1m' }).prefault('30d').describe('How old a key may get before another one takes its place; the former stays published until the last token it signed has ended. Default: 30d.'),
  lead: some().prefault('10m').describe('How long a new key is published before it signs, so that whoever keeps the key set has it by then; `jwks` may be kept for half of it. Default: 10m.'),
}).prefault({}).describe('The signing keys. They are in the database, the same for all workers and gateways.');

/** What the gateway signs, and with what. */
export const tokensShape = {
  issuer: z.string().min(1).optional().describe('`iss` of the tokens, such as the public address of the gateway. Default: none.'),
  audience: listOf(z.string().min(1)).default([]).describe('`aud` of the tokens; the gateway accepts only tokens with one of these. Default: none.'),
  signing,
  access,
};

/** `headers.request.token` of a route, a policy or `defaults`. */
export const internalTokenSchema = z.union([
  z.literal('off').describe('None.'),
  z.strictObject({
    header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected a header name' }).default('X-Internal-Token').describe('Header that holds it; in `Authorization` it stands behind `Bearer`, in place of what the client sent. Default: X-Internal-Token.'),
    audience: listOf(z.string().min(1)).optional().describe('`aud`: who it is meant for. Default: the service of the route.'),
    lifetime: some().refine((milliseconds) => milliseconds <= 3_600_000, { error: 'expected at most 1h' }).prefault('60s').describe('How long it is good for, at most 1h; it is made anew when half of that is over. Default: 60s.'),
    claims: listOf(z.string().min(1)).default([]).describe('Claims of the caller’s own credential to pass on, by name. Default: none.'),
    email: onOff().default(false).describe('Whether it tells the e-mail address. Default: off.'),
  }),
]);

export type InternalTokenConfig = Exclude<z.output<typeof internalTokenSchema>, 'off'>;
