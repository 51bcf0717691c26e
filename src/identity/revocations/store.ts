import type { Revocation } from '../../auth/revocations.js';

/** Where revocations are written down, for processes that start later. */
export interface RevocationStore {
  /** All that end after `now`, in parts. Rejects where it cannot be asked. */
  load(now: number): AsyncIterable<readonly Revocation[]>;
  /** Writes one down. @throws Problem by rejection where it cannot; nothing was written then. */
  add(revocation: Revocation, now: number): Promise<unknown>;
}
