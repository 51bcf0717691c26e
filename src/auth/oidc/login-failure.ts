import { Problem, problems } from '#libs/kernel';

/** Why a login comes to nothing: a word for programs, and a sentence. */
const REASONS = {
  state: 'This browser did not begin this login, has ended it already, or took too long.',
  claims: 'The issuer does not say who has signed in.',
  answer: 'What the issuer says does not fit the login that was begun.',
  refused: 'The issuer refused the login.',
} as const;

/** The problem of a login that did not succeed. What the issuer itself says of it is named, where it is one plain word. */
export function loginFailure(reason: keyof typeof REASONS, cause?: unknown): Problem {
  const error = (cause as { readonly error?: unknown } | undefined)?.error;
  const said = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : null;
  const known = reason === 'answer' && said !== null ? 'refused' : reason;
  return new Problem(problems.loginFailed, REASONS[known], { members: { reason: known, ...(said !== null && { error: said }) }, cause });
}
