import { randomBytes } from 'node:crypto';

const lifeMs = 7 * 24 * 60 * 60 * 1000;
const capacity = 10_000;

/** Opaque refresh tokens, good for one use within seven days. */
export class RefreshTokens {
  readonly #owners = new Map<string, { userId: number; expires: number }>();

  constructor(readonly clock: () => number) {}

  issue(userId: number): string {
    const token = randomBytes(32).toString('base64url');
    this.#owners.set(token, { userId, expires: this.clock() + lifeMs });
    // Whoever logs in again and again never refreshes: the oldest go, the memory stays.
    if (this.#owners.size > capacity) this.#owners.delete(this.#owners.keys().next().value ?? '');
    return token;
  }

  /** Uses the token up; undefined when it is unknown, used or too old. */
  redeem(token: string): number | undefined {
    const owner = this.#owners.get(token);
    this.#owners.delete(token);
    return owner && owner.expires > this.clock() ? owner.userId : undefined;
  }
}
