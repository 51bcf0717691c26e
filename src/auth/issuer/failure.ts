import { Problem, problems } from '#libs/kernel';

/** An issuer cannot be asked, or what it says makes no sense. The message is for operators; clients never see it. */
export class IssuerFailure extends Error {
  override readonly name = 'IssuerFailure';
}

/**
 * The problem of a caller who may well be in the right, but the one who knows cannot be asked.
 * @param wait milliseconds after which it may be worth another try.
 */
export function issuerAway(wait: number, cause: unknown): Problem {
  return new Problem(problems.issuerAway, 'Whoever issued this credential cannot be asked about it now. Repeat the request later.', {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(wait / 1_000))) }, cause,
  });
}
