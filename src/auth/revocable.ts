import { createHash } from 'node:crypto';
import { Problem, problems, type Principal } from '#libs/kernel';
import type { Revocable } from './revocations.js';
import { timeOf } from './time-id.js';

/** Who somebody is, and what of the credential that said so can be called back. */
export interface Verified {
  readonly principal: Principal;
  readonly credential: Revocable;
}

type Claims = Readonly<Record<string, unknown>>;

/** Letters that an id may have to be what a credential is revoked by. */
const LONGEST_ID = 1024;
/** A signed token in its compact form (RFC 7515 7.1). */
const SIGNED = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a credential without an id of its own is revoked by: its SHA-256 in base64url. */
export function digestOf(credential: string): string {
  return createHash('sha256').update(credential).digest('base64url');
}

/**
 * What of a signed token is revoked by its text. The signature is left out: of one of the kind ES256, anybody can make
 * another one that is as good. Of what is no such token, all of it.
 */
export function tokenDigest(token: string): string {
  return digestOf(SIGNED.test(token) ? token.slice(0, token.lastIndexOf('.')) : token);
}

/**
 * What of a verified token can be called back.
 * @param owner whose it is, as `account:id` or `authenticator:id`.
 */
export function revocableOf(token: string, { iat, jti, sid }: Claims, owner: string): Revocable {
  const id = textOf(jti);
  return Object.freeze({ token: id ?? tokenDigest(token), session: textOf(sid), owner, issuedAt: issuedAt(iat, id) });
}

/** To the millisecond where the id has it, and does not contradict `iat`. */
function issuedAt(iat: unknown, id: string | null): number {
  const second = typeof iat === 'number' && Number.isFinite(iat) ? Math.max(0, iat) : 0;
  const exact = id === null ? null : timeOf(id);
  return exact !== null && Math.floor(exact / 1000) === second ? exact : second * 1000;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? revocableId(value) : null;
}

/** An id as it is written down where it is revoked: itself, or its SHA-256 in base64url where it is too long for that. */
export function revocableId(id: string): string {
  return id.length <= LONGEST_ID ? id : digestOf(id);
}

/** The problem of a credential that is good but for having been revoked. */
export function revokedProblem(scheme: string): Problem {
  const detail = 'The credential has been revoked.';
  return new Problem(problems.revokedCredential, detail, { headers: { 'WWW-Authenticate': `${scheme} error="invalid_token", error_description="${detail}"` }, members: { reason: 'revoked' } });
}
