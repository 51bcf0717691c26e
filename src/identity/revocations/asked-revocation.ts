import { z } from 'zod';
import { parseDuration } from '#libs/kernel';
import { revocableId, revocableOf, tokenDigest } from '../../auth/revocable.js';
import { parseObject } from '../../auth/jwt/token-parts.js';
import type { Revocation } from '../../auth/revocations.js';

const DAY = 86_400_000;
/** Milliseconds that a revocation is in force where nobody says how long what it covers may live. */
const USUAL = 30 * DAY;
const LONGEST = 400 * DAY;
/** Seconds since the epoch that no token ends after: the year 5138. */
const LAST = 1e11;
/** Letters that a token has at least which only its issuer understands: nobody may guess it. */
const LEAST_OPAQUE = 20;
/** Milliseconds that clocks may differ. */
const TOLERANCE = 60_000;

const lifetime = z.string().transform((text, context) => {
  const duration = parseDuration(text);
  if (duration !== undefined && duration > 0 && duration <= LONGEST) return duration;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 12h or 30d, at most 400d' });
  return z.NEVER;
});

/** What is asked by hand. */
export const askedRevocation = z.strictObject({
  kind: z.enum(['token', 'session', 'owner']),
  // PostgreSQL keeps no NUL.
  subject: z.string().min(1).max(8192).regex(/^[^\0]*$/, { error: 'expected text' }),
  for: lifetime.optional(),
}).check(({ issues, value }) => {
  if (value.kind === 'owner' && !/^[^:]+:./.test(value.subject)) issues.push({ code: 'custom', input: value.subject, path: ['subject'], message: 'expected whose it is, such as account:42 or users:42 with the name of the authenticator' });
});

/**
 * What is to be revoked for that. Text that is no JSON Web Token may be an id, or a token that only its issuer understands:
 * both are.
 * @param now milliseconds since the epoch.
 */
export function revocationsOf({ for: asked, kind, subject }: z.output<typeof askedRevocation>, now: number): readonly [Revocation, ...Revocation[]] {
  const named = kind === 'token' ? byText(subject) : { subject, ends: undefined };
  const expiresAt = asked === undefined ? (named.ends ?? now + USUAL) : now + asked;
  const revocation = { kind, subject: revocableId(named.subject), before: kind === 'owner' ? now : 0, expiresAt };
  return kind === 'token' && named.subject === subject && subject.length >= LEAST_OPAQUE ? [revocation, { ...revocation, subject: tokenDigest(subject) }] : [revocation];
}

/** A token may be told by its text: what it is revoked by, and when it ends, stands in it. Nobody believes it more than that. */
function byText(text: string): { readonly subject: string; readonly ends: number | undefined } {
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(text) ?? [];
  if (payload === undefined) return { subject: text, ends: undefined };
  try {
    const claims = parseObject(Buffer.from(payload, 'base64url'));
    const { exp } = claims;
    return { subject: revocableOf(text, claims, '').token ?? text, ends: typeof exp === 'number' && exp > 0 && exp < LAST ? Math.ceil(exp * 1_000) + TOLERANCE : undefined };
  } catch {
    return { subject: text, ends: undefined };
  }
}
