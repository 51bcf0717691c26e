import type { Clock } from '#libs/kernel';
import type { Verified } from '../revocable.js';
import type { MovingKeys } from './moving-keys.js';
import { TokenMemory } from './token-memory.js';

interface VerifiedPlan {
  /** Tokens to remember. */
  readonly max: number;
  /** Milliseconds that clocks may differ. */
  readonly tolerance: number;
  readonly clock: Clock;
  readonly keys: MovingKeys | null;
}

/** Tokens whose signature was good, as long as their time is not over and their key is still one. */
export class VerifiedTokens {
  readonly #memory: TokenMemory<Verified>;
  #removals: number;

  constructor(private readonly plan: VerifiedPlan) {
    this.#memory = new TokenMemory(plan.max);
    this.#removals = plan.keys?.removals ?? 0;
  }

  /** Whether it was good once. */
  has(token: string): boolean {
    return this.#memory.get(token) !== undefined;
  }

  get(token: string): Verified | undefined {
    const { clock, keys, tolerance } = this.plan;
    if (keys !== null && !this.#follow(keys)) return undefined;
    const known = this.#memory.get(token);
    if (known === undefined || clock.now() < known.principal.expiresAt + tolerance) return known;
    this.#memory.delete(token);
    return undefined;
  }

  /** Remembers what becomes of a verification, where it ends well. */
  async remember(token: string, verify: (token: string) => Promise<Verified>): Promise<Verified> {
    const removals = this.plan.keys?.removals;
    const verified = await verify(token);
    // A key that went away in the meantime may be the one it was verified with.
    if (this.plan.keys?.removals === removals) this.#memory.set(token, verified);
    return verified;
  }

  /** Nothing is remembered of keys that were taken back. @returns whether the keys are recent enough to go by what is. */
  #follow(keys: MovingKeys): boolean {
    const fresh = keys.touch();
    if (keys.removals === this.#removals) return fresh;
    this.#removals = keys.removals;
    this.#memory.clear();
    return fresh;
  }
}
