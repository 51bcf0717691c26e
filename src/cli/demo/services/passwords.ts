import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

// Far cheaper than a real service should choose, so that a load test of the gateway does not measure scrypt.
const derive = (password: string, salt: Buffer): Buffer => scryptSync(password, salt, 32, { N: 256 });

/** Salted hashes of passwords, by user id. */
export class Passwords {
  readonly #hashes = new Map<number, { salt: Buffer; hash: Buffer }>();

  set(userId: number, password: string): void {
    const salt = randomBytes(16);
    this.#hashes.set(userId, { salt, hash: derive(password, salt) });
  }

  matches(userId: number, password: string): boolean {
    const known = this.#hashes.get(userId);
    return known !== undefined && timingSafeEqual(known.hash, derive(password, known.salt));
  }
}
