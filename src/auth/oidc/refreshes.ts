import { Problem, problems, type Clock } from '#libs/kernel';
import { TokenMemory } from '../jwt/token-memory.js';
import { digestOf } from '../revocable.js';
import type { Claims } from '../jwt/claim-path.js';
import { issuerFailureIn, type OidcClient, type Tokens } from './client.js';
import type { Session } from './session.js';

/** What became of a refresh: new tokens, an issuer that cannot be asked, or one that says no. */
export type Refreshed = { readonly kind: 'renewed'; readonly tokens: Tokens; readonly claims: Claims | null } | { readonly kind: 'away'; readonly until: number; readonly cause: unknown } | { readonly kind: 'refused' };

/** Milliseconds during which an issuer that was away is not asked again. */
const PAUSE = 5_000;
/** Refresh tokens whose successors are remembered. */
const REMEMBERED = 5_000;

/**
 * Renews tokens, once for each refresh token however many requests come with it: at many an issuer it is good only once,
 * and a second use ends the login. Whoever comes later with the same one, from before its browser knew the next, gets what
 * the first one got.
 */
export class Refreshes {
  readonly #done = new TokenMemory<Refreshed>(REMEMBERED);
  readonly #pending = new Map<string, Promise<Refreshed>>();
  #away: { readonly until: number; readonly cause: unknown } | null = null;

  constructor(private readonly client: OidcClient, private readonly clock: Clock) {}

  /** Never rejects for what an issuer does. */
  run({ claims, tokens }: Session): Promise<Refreshed> {
    const key = digestOf(tokens.refresh ?? '');
    const known = this.#done.get(key) ?? this.#paused();
    if (known !== null) return Promise.resolve(known);
    const pending = this.#pending.get(key) ?? this.#refresh(key, tokens, claims['sub']).finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending;
  }

  #paused(): Refreshed | null {
    return this.#away !== null && this.clock.now() < this.#away.until ? { kind: 'away', ...this.#away } : null;
  }

  async #refresh(key: string, tokens: Tokens, subject: unknown): Promise<Refreshed> {
    try {
      const renewed: Refreshed = { kind: 'renewed', ...(await this.client.refresh(tokens, subject)) };
      this.#done.set(key, renewed);
      return renewed;
    } catch (error) {
      if (isAway(error)) {
        this.#away = { until: this.clock.now() + PAUSE, cause: error };
        return { kind: 'away', ...this.#away };
      }
      const refused: Refreshed = { kind: 'refused' };
      this.#done.set(key, refused);
      return refused;
    }
  }
}

/** Whether an error says nothing of what was asked, but that nobody could be asked. */
export function isAway(error: unknown): boolean {
  return issuerFailureIn(error) !== null || (error instanceof Problem && error.type === problems.issuerAway);
}
