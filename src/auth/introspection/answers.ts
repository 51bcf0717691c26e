import type { Clock } from '#libs/kernel';
import { TokenMemory } from '../jwt/token-memory.js';
import { TokenRefused, type TokenReason } from '../jwt/token-problem.js';
import type { Verified } from '../revocable.js';

interface Good {
  readonly verified: Verified;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

interface Bad {
  readonly reason: TokenReason;
  readonly until: number;
}

interface AnswersPlan {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly for: number;
  readonly refused: number;
  readonly max: number;
}

/**
 * What an issuer said of tokens, for a while, by a hash of each. Strangers can make up as many tokens as they like, so
 * those that are no good have a place of their own and push no other out.
 */
export class Answers {
  readonly #good: TokenMemory<Good>;
  readonly #bad: TokenMemory<Bad>;
  readonly #pending = new Map<string, Promise<Verified>>();

  constructor(private readonly plan: AnswersPlan) {
    this.#good = new TokenMemory(plan.max);
    this.#bad = new TokenMemory(plan.max);
  }

  /** @throws TokenRefused for one that was refused a moment ago. */
  get(token: string): Verified | undefined {
    const now = this.plan.clock.now();
    const good = this.#good.get(token);
    if (good !== undefined && now < good.until) return good.verified;
    const bad = this.#bad.get(token);
    if (bad !== undefined && now < bad.until) throw new TokenRefused(bad.reason);
    return undefined;
  }

  /** Asks, unless somebody is asking about the same token already, and remembers what comes of it; an outage is not remembered. */
  ask(token: string, question: () => Promise<Verified>): Promise<Verified> {
    const pending = this.#pending.get(token);
    if (pending !== undefined) return pending;
    const asked = question().then((verified) => this.#accept(token, verified), (error: unknown) => this.#refuse(token, error)).finally(() => this.#pending.delete(token));
    this.#pending.set(token, asked);
    return asked;
  }

  #accept(token: string, verified: Verified): Verified {
    const { clock, for: longest } = this.plan;
    this.#good.set(token, { verified, until: Math.min(verified.principal.expiresAt, clock.now() + longest) });
    return verified;
  }

  #refuse(token: string, error: unknown): never {
    const { clock, refused } = this.plan;
    if (error instanceof TokenRefused) {
      this.#good.delete(token);
      this.#bad.set(token, { reason: error.reason, until: clock.now() + refused });
    }
    throw error;
  }
}
