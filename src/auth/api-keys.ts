import { Problem, problems, type OwnLimit } from '#libs/kernel';

/** A key of the database as it is now: whoever holds it sees each change. Times in milliseconds since the epoch. */
export interface HeldKey {
  readonly id: string;
  /** Grows with each change. */
  readonly version: number;
  /** SHA-256 of its text, in base64url. */
  readonly hash: string;
  /** That of its text before the last rotation, which is good until `formerUntil`; `null` for none. */
  readonly formerHash: string | null;
  readonly formerUntil: number;
  /** For people. */
  readonly name: string;
  /** Who calls with it: the id of the caller; `null` for the key itself. */
  readonly owner: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
  readonly limits: readonly OwnLimit[];
  /** `Infinity` for never. */
  readonly expiresAt: number;
  readonly revoked: boolean;
  /** Whether it is known already that it was used of late. */
  readonly noted: boolean;
}

/** The keys of the database, all of them in memory. Ask for them by this class. */
export abstract class ApiKeys {
  /** @throws Problem database-away while it was never possible to read them. */
  abstract find(id: string): HeldKey | undefined;

  /** It was used. */
  abstract note(key: HeldKey): void;
}

/** Stands in where nothing runs: a configuration can be compiled, and its own keys tried out. */
export class NoKeys extends ApiKeys {
  find(): never {
    throw new Problem(problems.databaseAway, 'The keys of the database are known while the gateway runs. Say who is calling instead: --as.');
  }

  note(): void {
    // Nobody is told.
  }
}
