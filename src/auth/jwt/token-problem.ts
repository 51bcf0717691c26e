import { Problem, problems, type ProblemType } from '#libs/kernel';

/** Why a token is refused: a word for programs, and a sentence that holds nothing of the token or the keys. */
const REASONS = {
  'malformed': 'The token is not a well-formed signed JWT.',
  'too-large': 'The token is longer than 8192 characters.',
  'ambiguous': 'The request carries more than one token.',
  'wrong-algorithm': 'The token is signed with an algorithm that is not accepted.',
  'unknown-key': 'The token names a signing key that is not known.',
  'bad-signature': 'The signature of the token does not verify.',
  'expired': 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  'wrong-issuer': 'The token comes from an issuer that is not accepted.',
  'wrong-audience': 'The token is meant for another audience.',
  'wrong-type': 'The token is of another type than this gateway accepts.',
  'inactive': 'The token is not active: nobody knows it, its time is over, or it was taken back.',
  'missing-claim': 'The token lacks a claim that is required.',
} as const;

export type TokenReason = keyof typeof REASONS;

/** Reasons that clients do something about; all others are one problem. */
const TYPES: Partial<Readonly<Record<TokenReason, ProblemType>>> = { 'expired': problems.expiredCredential, 'wrong-type': problems.wrongTokenType };

/**
 * The problem for a token that was found and is not good: 401 with an RFC 6750 3.1 challenge and a member `reason`.
 * @param scheme authentication scheme of the challenge, usually `Bearer`.
 */
export function tokenProblem(reason: TokenReason, scheme = 'Bearer'): Problem {
  const detail = REASONS[reason];
  return new Problem(TYPES[reason] ?? problems.invalidCredential, detail, {
    headers: { 'WWW-Authenticate': `${scheme} error="invalid_token", error_description="${detail}"` },
    members: { reason },
  });
}

/** Thrown while a token is examined; the authenticator turns it into a problem. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';

  constructor(readonly reason: TokenReason) {
    super(reason);
  }
}
