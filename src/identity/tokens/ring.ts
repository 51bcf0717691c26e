import type { KeyObject } from 'node:crypto';
import type { MovingKeys } from '../../auth/jwt/moving-keys.js';
import type { PublicJwk } from './key-pair.js';

/** What signs now. */
export interface Signer {
  readonly algorithm: string;
  /** `null` for a shared secret: its id would help to guess it. */
  readonly kid: string | null;
  readonly key: KeyObject;
}

/** What the gateway signs with, and what it signed with before. */
export interface Ring extends MovingKeys {
  /** Algorithms of all of them. */
  readonly accepted: ReadonlySet<string>;
  /** @throws Problem database-away while no key is known. */
  signer(): Signer;
  /** The public keys, for others. */
  readonly published: readonly PublicJwk[];
  close(): void;
}
