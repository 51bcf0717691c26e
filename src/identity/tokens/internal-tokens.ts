import type { Clock, Principal } from '#libs/kernel';
import type { Claims } from '../../auth/jwt/claim-path.js';
import type { InternalTokenSettings } from '../../auth/local-tokens.js';
import { internalClaims } from './internal-claims.js';

/** `typ` of the header: what is meant for a service is no access token. */
const INTERNAL_TYPE = 'internal+jwt';

interface Made {
  readonly token: string;
  /** Until then it is handed out; from then on another one is made beside. Milliseconds since the epoch. */
  readonly fresh: number;
  /** Until then it is handed out while another one is made. */
  readonly usable: number;
}

export interface InternalTokenParts {
  readonly issuer: string | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly sign: (claims: Claims, typ: string) => Promise<string>;
}

/**
 * Tokens that tell services who is calling. One is made for a principal, whom authenticators remember, and handed out
 * until half of its life is over: a signature for each request would cost more than the request. Nobody waits for the
 * next one, unless the last was not used for long. They are forgotten with their principals.
 */
export class InternalTokens {
  readonly #made = new WeakMap<Principal, Made>();
  readonly #making = new WeakMap<Principal, Promise<string>>();

  constructor(private readonly settings: InternalTokenSettings, private readonly parts: InternalTokenParts) {}

  /** @returns the token itself where there is one. @throws Problem database-away by rejection while there is no key. */
  readonly of = (principal: Principal): string | Promise<string> => {
    const made = this.#made.get(principal);
    const now = this.parts.clock.now();
    if (made !== undefined && now < made.fresh) return made.token;
    const next = this.#making.get(principal) ?? this.#make(principal, now);
    if (made === undefined || now >= made.usable) return next;
    next.catch(() => undefined);
    return made.token;
  };

  #make(principal: Principal, now: number): Promise<string> {
    const { issuer, sign } = this.parts;
    const expiresAt = Math.min(now + this.settings.lifetime, principal.expiresAt);
    const life = expiresAt - now;
    const making = sign(internalClaims(principal, this.settings, { now, expiresAt }, issuer), INTERNAL_TYPE).then((token) => {
      this.#made.set(principal, { token, fresh: now + life / 2, usable: now + (life * 3) / 4 });
      return token;
    }).finally(() => this.#making.delete(principal));
    this.#making.set(principal, making);
    return making;
  }
}
