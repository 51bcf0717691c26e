import { compilePath, type Claims } from './claim-path.js';
import type { JwtOptions } from './options.js';
import { TokenRefused, type TokenReason } from './token-problem.js';

type Rules = { readonly issuer: readonly string[] } & Pick<JwtOptions, 'audience' | 'tolerance' | 'required' | 'type' | 'numericSub' | 'maxAge'>;

/**
 * Compiles the rules about claims (RFC 7519 4.1).
 * @returns a check that throws TokenRefused, or tells when the token ends: milliseconds since the epoch, `Infinity` for never.
 */
export function compileChecks(rules: Rules): (claims: Claims, now: number) => number {
  const required = [...rules.required, ...(rules.maxAge === undefined ? [] : ['iat'])].map(compilePath);
  const type = rules.type && { read: compilePath(rules.type.claim), equals: rules.type.equals };
  return (claims, now) => {
    const until = checkTimes(claims, now, rules);
    refuseUnless(subjectFits(claims['sub'], rules), 'malformed');
    // What it is comes before what it lacks: a token of another kind has other claims.
    refuseUnless(type === undefined || type.read(claims) === type.equals, 'wrong-type');
    refuseUnless(required.every((read) => read(claims) !== undefined), 'missing-claim');
    refuseUnless(rules.issuer.length === 0 || oneOf(rules.issuer, claims['iss']), 'wrong-issuer');
    refuseUnless(rules.audience.length === 0 || audienceFits(rules.audience, claims['aud']), 'wrong-audience');
    return until;
  };
}

function checkTimes(claims: Claims, now: number, { tolerance, maxAge }: Rules): number {
  const until = time(claims, 'exp') ?? Number.POSITIVE_INFINITY;
  const from = time(claims, 'nbf') ?? 0;
  const issued = time(claims, 'iat');
  const oldest = maxAge === undefined || issued === undefined ? Number.POSITIVE_INFINITY : issued + maxAge;
  const ends = Math.min(until, oldest);
  refuseUnless(now < ends + tolerance, 'expired');
  refuseUnless(now >= Math.max(from, issued ?? 0) - tolerance, 'not-yet-valid');
  return ends;
}

/** A NumericDate (RFC 7519 2) in milliseconds. Text or null in its place is not "absent": it is refused. */
function time(claims: Claims, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined;
  const seconds = claims[name];
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw new TokenRefused('malformed');
  return seconds * 1000;
}

function subjectFits(sub: unknown, { numericSub }: Rules): boolean {
  return sub === undefined || typeof sub === 'string' || (numericSub === 'accept' && typeof sub === 'number');
}

function audienceFits(accepted: readonly string[], aud: unknown): boolean {
  return Array.isArray(aud) ? aud.some((one) => oneOf(accepted, one)) : oneOf(accepted, aud);
}

function oneOf(accepted: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && accepted.includes(value);
}

function refuseUnless(holds: boolean, reason: TokenReason): void {
  if (!holds) throw new TokenRefused(reason);
}
