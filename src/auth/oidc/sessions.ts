import { randomBytes } from 'node:crypto';
import type { Clock, Exchange, Principal } from '#libs/kernel';
import { issuerAway } from '../issuer/failure.js';
import type { Claims } from '../jwt/claim-path.js';
import { TokenMemory } from '../jwt/token-memory.js';
import { digestOf } from '../revocable.js';
import type { Revocable, Revocations } from '../revocations.js';
import type { Tokens } from './client.js';
import { fits, type BrowserStore } from './cookies.js';
import type { Refreshes } from './refreshes.js';
import type { Renewal } from './renewed-claims.js';
import type { Sealer } from './sealer.js';
import { asSession, endOf, refreshOf, touchOf, type Lifetime, type Session } from './session.js';

/** A session that is good, and who it stands for. */
export interface LiveSession {
  readonly session: Session;
  readonly principal: Principal;
  readonly credential: Revocable;
  /** Milliseconds since the epoch from when on it has to be looked at again. */
  readonly checkAt: number;
  /** What the browser is to keep instead of what it sent; `null` where that will do. */
  readonly successor: string | null;
}

/** What sessions are made of. */
export interface SessionsPlan {
  /** Of the authenticator. */
  readonly name: string;
  readonly clock: Clock;
  readonly lifetime: Lifetime;
  readonly remember: number;
  readonly sealer: Sealer;
  readonly store: BrowserStore;
  readonly refreshes: Refreshes;
  readonly revocations: Revocations;
  /** @throws TokenRefused for claims that stand for nobody. */
  readonly principalOf: (claims: Claims, expiresAt: number) => Principal;
  readonly renewed: Renewal;
}

/** Sessions that lie in browsers: found, kept fresh, opened and ended. */
export class Sessions {
  readonly #memory: TokenMemory<LiveSession>;
  readonly #pending = new Map<string, Promise<LiveSession | null>>();

  constructor(private readonly plan: SessionsPlan) {
    this.#memory = new TokenMemory(plan.remember);
  }

  /**
   * The session of a request; `null` where there is none that is good. Answers at once for one that is remembered and
   * needs nothing. Rejects with Problem issuer-away where its tokens are over and cannot be renewed now.
   */
  find(exchange: Exchange): LiveSession | null | Promise<LiveSession | null> {
    const text = this.plan.store.read(exchange);
    if (text === null) return null;
    const key = digestOf(text);
    const known = this.#memory.get(key);
    if (known !== undefined && this.plan.clock.now() < known.checkAt) return this.#enter(exchange, known);
    const pending = this.#pending.get(key) ?? this.#examine(key, text, known).finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending.then((found) => (found === null ? null : this.#enter(exchange, found)));
  }

  /** Opens one, whatever was there before. @throws TokenRefused by rejection for claims that stand for nobody. */
  async open(exchange: Exchange, tokens: Tokens, claims: Claims): Promise<Principal> {
    const now = this.plan.clock.now();
    const session: Session = { id: randomBytes(18).toString('base64url'), claims, tokens, bornAt: now, seenAt: now };
    const live = await this.#live(session, true);
    this.plan.store.write(exchange, live.successor);
    return live.principal;
  }

  /** Ends it, in every browser that may have it. Rejects where that cannot be written down; this browser forgets it all the same. */
  async end(exchange: Exchange, { credential, session }: LiveSession): Promise<void> {
    this.forget(exchange);
    await this.plan.revocations.revoke({ kind: 'session', subject: session.id, before: 0, expiresAt: session.bornAt + this.plan.lifetime.max, owner: credential.owner });
  }

  /** The browser is to forget whatever it has. */
  forget(exchange: Exchange): void {
    this.plan.store.write(exchange, null);
  }

  #enter(exchange: Exchange, live: LiveSession): LiveSession | null {
    if (this.plan.revocations.covers(live.credential)) return null;
    // Said again to each request that comes with the old one: the answer that said it first may have been lost.
    if (live.successor !== null) this.plan.store.write(exchange, live.successor);
    return live;
  }

  async #examine(key: string, text: string, known: LiveSession | undefined): Promise<LiveSession | null> {
    const { clock, lifetime, sealer } = this.plan;
    const session = known?.session ?? asSession(await sealer.open(text));
    if (session === null || clock.now() >= endOf(session, lifetime)) return null;
    const live = await this.#renew(session, known);
    if (live !== null) this.#memory.set(key, live);
    return live;
  }

  /** Does what is due. `null` where the session cannot go on. */
  async #renew(session: Session, known: LiveSession | undefined): Promise<LiveSession | null> {
    const { clock, lifetime } = this.plan;
    const now = clock.now();
    const refreshed = now < refreshOf(session, lifetime) ? null : await this.#refresh(session, now);
    if (refreshed !== null && 'session' in refreshed) return this.#live({ ...refreshed.session, seenAt: now }, true);
    if (refreshed === null && now >= touchOf(session, lifetime)) return this.#live({ ...session, seenAt: now }, true);
    if (now >= session.tokens.end) return null;
    const live = { ...(await this.#live(session, false)), successor: known?.successor ?? null };
    return refreshed === null ? live : { ...live, checkAt: refreshed.until };
  }

  async #refresh(session: Session, now: number): Promise<{ readonly session: Session } | { readonly until: number }> {
    const { end, refresh } = session.tokens;
    if (refresh === null) return { until: end };
    const outcome = await this.plan.refreshes.run(session);
    switch (outcome.kind) {
      case 'renewed': return { session: { ...session, tokens: outcome.tokens, claims: this.plan.renewed(session.claims, outcome.claims) } };
      case 'refused': return { until: end };
      case 'away': {
        if (now >= end) throw issuerAway(outcome.until - now, outcome.cause);
        return { until: Math.min(end, outcome.until) };
      }
      default: return outcome satisfies never;
    }
  }

  /** @param anew the browser is to keep it in the place of what it has. */
  async #live(session: Session, anew: boolean): Promise<LiveSession> {
    const { lifetime, name, principalOf, sealer } = this.plan;
    const principal = principalOf(session.claims, endOf(session, lifetime));
    const credential: Revocable = Object.freeze({ token: null, session: session.id, owner: `${name}:${principal.id}`, issuedAt: session.bornAt });
    const successor = anew ? await sealed(session, sealer) : null;
    const checkAt = Math.min(refreshOf(session, lifetime), touchOf(session, lifetime), endOf(session, lifetime));
    const live = { session, principal, credential, checkAt, successor };
    // What the browser comes with next is known already.
    if (successor !== null) this.#memory.set(digestOf(successor), { ...live, successor: null });
    return live;
  }
}

/** What was read out of the ID token is kept besides; a large one itself is only good for a logout without questions. */
async function sealed(session: Session, sealer: Sealer): Promise<string> {
  const text = await sealer.seal(session);
  return fits(text) ? text : sealer.seal({ ...session, tokens: { ...session.tokens, id: null } });
}
