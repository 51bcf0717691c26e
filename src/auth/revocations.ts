/** What of a credential can be called back. `null` where it has no such thing. */
export interface Revocable {
  /** Its `jti`, or else the SHA-256 of its text in base64url; of a signed token, of what is signed. */
  readonly token: string | null;
  /** The login it comes from: its `sid`. */
  readonly session: string | null;
  /** Whose it is, as `account:id` for one of ours and `authenticator:id` for others. */
  readonly owner: string;
  /** Milliseconds since the epoch; 0 where nobody knows, so that a revocation of everything its owner has covers it. */
  readonly issuedAt: number;
}

/** One revocation: of a token, of all that a session brought, or of all that an owner was given before a moment. */
export interface Revocation {
  readonly kind: 'token' | 'session' | 'owner';
  readonly subject: string;
  /** Of an owner: what was issued later is not covered. Milliseconds since the epoch; 0 for the other kinds. */
  readonly before: number;
  /** Milliseconds since the epoch from when on nothing is left that it could cover. */
  readonly expiresAt: number;
  /** Whose it is, of a token or a session, where that is known: when there are too many, all of one owner become one. */
  readonly owner?: string;
}

/**
 * What may not be used any more though its signature is good and its time is not over. Authenticators ask on every
 * request, so it answers from memory; how it gets there, in every worker and instance, is the business of whoever keeps it.
 */
export abstract class Revocations {
  /** @throws Problem revocations-away while nothing is known and the file says to refuse then. */
  abstract covers(credential: Revocable): boolean;

  /**
   * Revokes; over once all of this process goes by it and it is written down.
   * @throws Problem database-away by rejection when it cannot be written down; nothing is revoked then.
   */
  abstract revoke(revocation: Revocation): Promise<void>;
}

/** Stands in where nothing runs: nothing is known to be revoked. */
export class NoRevocations extends Revocations {
  covers(): boolean {
    return false;
  }

  revoke(): Promise<never> {
    return Promise.reject(new Error('Nothing can be revoked where no gateway runs'));
  }
}
