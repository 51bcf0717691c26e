import { Problem, problems, type Principal } from '#libs/kernel';
import type { MovingKeys } from './jwt/moving-keys.js';
import type { Verified } from './revocable.js';

/** What a token for services says beside who is calling. */
export interface InternalTokenSettings {
  /** Who it is meant for; at least one. */
  readonly audience: readonly string[];
  /** Milliseconds. */
  readonly lifetime: number;
  /** Claims of the caller's own credential to pass on. */
  readonly claims: readonly string[];
  readonly email: boolean;
}

/** What the gateway signs itself, for those who recognise it and hand it on. Ask for it by this class. */
export abstract class LocalTokens {
  abstract readonly keys: MovingKeys;
  /** `iss` of the tokens, where they have one. */
  abstract readonly issuer: string | undefined;

  /**
   * Verifies access tokens; rejects with TokenRefused for one that is not good.
   * @param authenticator its name in the file.
   */
  abstract verifier(authenticator: string): (token: string) => Promise<Verified>;

  /** Compiles tokens that tell services who is calling. @returns a function that answers at once where it made one before. */
  abstract internal(settings: InternalTokenSettings): (principal: Principal) => string | Promise<string>;
}

/** Stands in where nothing runs: a configuration can be compiled, and told what would be sent. */
export class NoTokens extends LocalTokens {
  readonly issuer = undefined;
  readonly keys: MovingKeys = { removals: 0, touch: () => true, recent: () => Promise.resolve([]), seek: () => Promise.resolve(false) };

  verifier(): () => Promise<never> {
    return () => Promise.reject(new Problem(problems.databaseAway, 'The keys of the gateway are only there while it runs. Say who is calling instead.'));
  }

  internal(): () => string {
    return () => '(signed while the gateway runs)';
  }
}
