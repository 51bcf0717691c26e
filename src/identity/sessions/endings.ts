import { events, type AuditNotice } from '#libs/kernel';
import type { Caller, IdentityPlan, SignedIn } from '../contracts.js';
import { endSessions, goodSessions, lockAccount } from './session-rows.js';

/** Whoever ends a session; an admin says who it is, else it counts as the owner. */
export interface Ender extends Caller {
  /** `authenticator:id`. */
  readonly actor?: string;
}

/** Milliseconds by which clocks may differ, ours and those of other instances. */
const TOLERANCE = 60_000;

/**
 * Ends sessions: in the database first, so that they bring no more tokens, then what they brought is revoked. Where only
 * the first was done, a second call does the rest.
 */
export class Endings {
  constructor(private readonly plan: IdentityPlan) {}

  /** @throws Problem database-away by rejection. */
  async one(id: string, why: string, ender: Ender): Promise<void> {
    const { clock, database } = this.plan;
    const now = clock.now();
    const row = await database.run((db) => db.selectFrom('sessions').select(['account_id', 'ended_at']).where('id', '=', id).executeTakeFirst());
    if (row === undefined || (row.ended_at !== null && row.ended_at < now - this.#span)) return;
    await database.run((db) => endSessions(db, [id], { at: now, why }));
    await this.revoke([id], row.account_id);
    if (row.ended_at === null) this.tell('session.end', ender, { account: row.account_id, subject: `session:${id}`, details: { why } });
  }

  /** @returns how many ended. @throws Problem database-away by rejection. */
  async all(accountId: string, why: string, ender: Ender, except?: string): Promise<number> {
    const { clock, database } = this.plan;
    const now = clock.now();
    const { ended, used } = await database.transaction(async (trx) => {
      await lockAccount(trx, accountId);
      const good = (await goodSessions(trx, accountId, now)).map(({ id }) => id).filter((id) => id !== except);
      await endSessions(trx, good, { at: now, why });
      const recent = await trx.selectFrom('sessions').select('id').where('account_id', '=', accountId).where('last_used_at', '>', now - this.#span).execute();
      return { ended: good.length, used: recent.map(({ id }) => id).filter((id) => id !== except) };
    });
    await this.revoke(used, accountId);
    if (ended > 0) this.tell('session.end-all', ender, { account: accountId, subject: `account:${accountId}`, details: { why, sessions: ended } });
    return ended;
  }

  /** Calls back the one access token that came. @throws Problem database-away by rejection. */
  async token({ account, principal: { claims, expiresAt }, session }: SignedIn, ender: Ender): Promise<void> {
    if (typeof claims['jti'] !== 'string') return this.one(session, 'logout', ender);
    await this.plan.revocations.revoke({ kind: 'token', subject: claims['jti'], before: 0, expiresAt: expiresAt + TOLERANCE, owner: `account:${account}` });
    this.tell('token.revoke', ender, { account, subject: `session:${session}`, details: { why: 'logout' } });
  }

  /** Calls back the access tokens of sessions. It says whose they are, so that nobody alone fills what there is room for. */
  async revoke(sessions: readonly string[], accountId: string): Promise<void> {
    const { clock, revocations } = this.plan;
    const expiresAt = clock.now() + this.#span;
    for (const subject of sessions) await revocations.revoke({ kind: 'session', subject, before: 0, expiresAt, owner: `account:${accountId}` });
  }

  tell(action: string, { actor, client, requestId }: Ender, { account, details, subject }: { account: string; subject: string; details: AuditNotice['details'] }): void {
    events.audited.publish({ action, outcome: 'done', actor: actor ?? `account:${account}`, subject, client, requestId, details: { account, ...details } });
  }

  /** Milliseconds after its last use in which a session may have an access token that is good. */
  get #span(): number {
    return this.plan.config.access.lifetime + TOLERANCE;
  }
}
