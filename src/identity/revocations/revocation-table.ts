import type { Revocable, Revocation } from '../../auth/revocations.js';

const MINUTE = 60_000;

/**
 * Revocations in memory. One is dropped in the minute after nothing is left that it could cover. `most` is the bound:
 * beyond it, whatever has an owner becomes one revocation of all that the owner was given until now, which asks for a
 * refresh too many, but lets nothing pass.
 */
export class RevocationTable {
  readonly #tokens = new Map<string, Revocation>();
  readonly #sessions = new Map<string, Revocation>();
  readonly #owners = new Map<string, Revocation>();
  /** By the minute in which they end. One whose end was put off is in several. */
  readonly #ends = new Map<number, Revocation[]>();

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#tokens.size + this.#sessions.size + this.#owners.size;
  }

  covers({ issuedAt, owner, session, token }: Revocable): boolean {
    if (this.#tokens.size > 0 && token !== null && this.#tokens.has(token)) return true;
    if (this.#sessions.size > 0 && session !== null && this.#sessions.has(session)) return true;
    if (this.#owners.size === 0) return false;
    const everything = this.#owners.get(owner);
    return everything !== undefined && issuedAt < everything.before;
  }

  /**
   * What is to be added in place of a revocation: itself, or, where there are too many, one of all its owner has.
   * @returns `null` where there is no room, and nobody knows whose it is.
   */
  fitted(revocation: Revocation, now: number): Revocation | null {
    if (this.size >= this.most) this.sweep(now);
    if (this.size < this.most || this.#of(revocation).has(revocation.subject)) return revocation;
    if (this.size >= 2 * this.most) return null;
    if (revocation.kind === 'owner') return revocation;
    return revocation.owner === undefined ? null : { kind: 'owner', subject: revocation.owner, before: now, expiresAt: revocation.expiresAt };
  }

  add(added: Revocation, now: number): void {
    if (added.expiresAt <= now) return;
    const entries = this.#of(added);
    const known = entries.get(added.subject);
    const revocation = known === undefined ? added : later(known, added);
    if (revocation === known) return;
    entries.set(revocation.subject, revocation);
    const minute = Math.ceil(revocation.expiresAt / MINUTE);
    const ending = this.#ends.get(minute);
    if (ending === undefined) this.#ends.set(minute, [revocation]);
    else ending.push(revocation);
  }

  /** Drops what has ended. */
  sweep(now: number): void {
    for (const [minute, ending] of this.#ends) {
      if (minute * MINUTE > now) continue;
      this.#ends.delete(minute);
      for (const revocation of ending) {
        const entries = this.#of(revocation);
        if (entries.get(revocation.subject) === revocation) entries.delete(revocation.subject);
      }
    }
  }

  /** What is in force. */
  list(now: number): readonly Revocation[] {
    return [this.#owners, this.#sessions, this.#tokens].flatMap((entries) => [...entries.values()]).filter(({ expiresAt }) => expiresAt > now);
  }

  #of({ kind }: Revocation): Map<string, Revocation> {
    switch (kind) {
      case 'token': return this.#tokens;
      case 'session': return this.#sessions;
      case 'owner': return this.#owners;
      default: return kind satisfies never;
    }
  }
}

/** What both cover; the one that is known where that is as much. */
function later(known: Revocation, added: Revocation): Revocation {
  if (known.before >= added.before && known.expiresAt >= added.expiresAt) return known;
  return { ...added, before: Math.max(known.before, added.before), expiresAt: Math.max(known.expiresAt, added.expiresAt) };
}
