import { createSecretKey } from 'node:crypto';
import type { Secret } from '#libs/kernel';
import type { VerificationKey } from '../../auth/jwt/keys.js';
import type { Algorithm } from '../../auth/jwt/options.js';
import type { Ring, Signer } from './ring.js';

/** The secrets of the file: the present one signs, the former ones verify too. */
export class SecretRing implements Ring {
  readonly removals = 0;
  readonly accepted: ReadonlySet<string>;
  readonly published = [];
  readonly #keys: readonly [VerificationKey, ...VerificationKey[]];
  readonly #signer: Signer;

  constructor(algorithm: Algorithm, secret: Secret, former: readonly Secret[]) {
    const read = (each: Secret): VerificationKey => ({ kid: null, key: createSecretKey(Buffer.from(each.reveal())), algorithms: [algorithm] });
    this.accepted = new Set([algorithm]);
    this.#keys = [read(secret), ...former.map(read)];
    this.#signer = { algorithm, kid: null, key: this.#keys[0].key };
  }

  signer(): Signer {
    return this.#signer;
  }

  touch(): boolean {
    return true;
  }

  recent(): Promise<readonly VerificationKey[]> {
    return Promise.resolve(this.#keys);
  }

  seek(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): void {}
}
