import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { events, Problem, problems } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';
import type { Tables } from '../../database/index.js';
import type { AccessTokens, Account, AccountDirectory, Caller, Grant, IdentityPlan, Session, Sessions, SignedIn } from '../contracts.js';
import { Endings, type Ender } from './endings.js';
import { compileRefreshCookie, type RefreshCookie } from './refresh-cookie.js';
import { hashOf, randomToken } from './refresh-token.js';
import { endOf, insertToken, rotate, type Outcome } from './rotation.js';
import { clientOf, endSessions, goodSessions, lockAccount, sessionOf } from './session-rows.js';
import { Sweep } from './sweep.js';

/** The other rooms of identity that logins need. */
export interface SessionParts {
  readonly accounts: AccountDirectory;
  readonly tokens: AccessTokens;
}

/** What came with a logout; `null` for what did not. */
export interface Leaving {
  readonly signedIn: SignedIn | null;
  readonly refreshToken: string | null;
}

/** Whose a refresh token is, used or not. */
interface Found {
  readonly session: string;
  readonly account: string;
  /** The session goes on. */
  readonly good: boolean;
}

/** Logins in the database. */
export class StoredSessions implements Sessions {
  /** Refresh tokens as a cookie; `null` where the file does not ask for it. */
  readonly cookie: RefreshCookie | null;
  /** What it is made by. */
  readonly config: IdentityConfig;
  readonly #endings: Endings;
  readonly #sweep: Sweep;

  constructor(private readonly plan: IdentityPlan, private readonly parts: SessionParts) {
    this.config = plan.config;
    this.cookie = compileRefreshCookie(plan.config);
    this.#endings = new Endings(plan);
    this.#sweep = new Sweep(plan.database, plan.clock);
  }

  async open(account: Account, caller: Caller): Promise<Grant> {
    const { clock, config, database } = this.plan;
    const [session, refreshToken, now] = [randomUUID(), randomToken(), clock.now()];
    const access = await this.parts.tokens.issue(account, session);
    const expiresAt = endOf(now, now, config.refresh);
    const surplus = await database.transaction(async (trx) => {
      if (!await lockAccount(trx, account.id)) throw this.#refused();
      const ended = await this.#makeRoom(trx, account.id, now);
      await trx.insertInto('sessions').values({
        id: session, account_id: account.id, created_at: now, last_used_at: now, expires_at: expiresAt, ended_at: null, end_reason: null, ...clientOf(caller),
      }).execute();
      await insertToken(trx, { refreshToken, session, now, expiresAt });
      return ended;
    });
    await this.#endings.revoke(surplus, account.id);
    for (const id of surplus) this.#endings.tell('session.end', caller, { account: account.id, subject: `session:${id}`, details: { why: 'max' } });
    this.#endings.tell('session.open', caller, { account: account.id, subject: `session:${session}`, details: { agent: clientOf(caller).agent } });
    this.#sweep.due();
    return this.#grant({ account, session, access, refreshToken, expiresAt });
  }

  async refresh(refreshToken: string, caller: Caller): Promise<Grant> {
    const hash = hashOf(refreshToken);
    const found = hash === null ? null : await this.#find(hash);
    if (hash === null || !found?.good) throw this.#refused();
    const { account: id, session } = found;
    const account = await this.parts.accounts.find(id);
    if (account === null || !account.active) {
      await this.#endings.one(session, 'inactive', caller);
      throw this.#refused();
    }
    // Made before the token is used up: when it cannot be signed, nothing is lost.
    const access = await this.parts.tokens.issue(account, session);
    const { clock, config, database } = this.plan;
    const attempt = { token: refreshToken, hash, session, caller, now: clock.now(), settings: config.refresh };
    const outcome = await database.transaction((trx) => rotate(trx, attempt));
    const renewed = await this.#judge(outcome, found, caller);
    this.#sweep.due();
    return this.#grant({ account, session, access, ...renewed });
  }

  end(session: string, why: string, caller: Ender): Promise<void> {
    return this.#endings.one(session, why, caller);
  }

  endAll(accountId: string, why: string, caller: Ender, except?: string): Promise<number> {
    return this.#endings.all(accountId, why, caller, except);
  }

  /** Signs out as far as `logout.revokes` says. What is over already may come again. */
  async leave({ refreshToken, signedIn }: Leaving, caller: Caller): Promise<void> {
    if (this.plan.config.logout.revokes === 'access') {
      if (signedIn !== null) await this.#endings.token(signedIn, caller);
      return;
    }
    const hash = refreshToken === null ? null : hashOf(refreshToken);
    const found = hash === null ? null : await this.#find(hash);
    const sessions = new Set([signedIn?.session, found?.session]);
    for (const session of sessions) if (session !== undefined) await this.#endings.one(session, 'logout', caller);
  }

  async list(accountId: string): Promise<readonly Session[]> {
    const { clock, database } = this.plan;
    const rows = await database.run((db) => goodSessions(db, accountId, clock.now()));
    return rows.map(sessionOf).sort((a, b) => b.createdAt - a.createdAt);
  }

  async find(session: string): Promise<Session | null> {
    const { clock, database } = this.plan;
    const row = await database.run((db) => db.selectFrom('sessions').selectAll().where('id', '=', session).where('ended_at', 'is', null).where('expires_at', '>', clock.now()).executeTakeFirst());
    return row === undefined ? null : sessionOf(row);
  }

  async #find(hash: string): Promise<Found | null> {
    const row = await this.plan.database.run((db) => db.selectFrom('refresh_tokens').innerJoin('sessions', 'sessions.id', 'refresh_tokens.session_id')
      .select(['sessions.id', 'sessions.account_id', 'sessions.ended_at', 'sessions.expires_at']).where('refresh_tokens.hash', '=', hash).executeTakeFirst());
    return row === undefined ? null : { session: row.id, account: row.account_id, good: row.ended_at === null && row.expires_at > this.plan.clock.now() };
  }

  /** Ends those that are too many once another one is there. @returns their ids. */
  async #makeRoom(trx: Transaction<Tables>, accountId: string, now: number): Promise<string[]> {
    const { max } = this.plan.config.sessions;
    if (max === Number.POSITIVE_INFINITY) return [];
    const good = await goodSessions(trx, accountId, now);
    const surplus = good.slice(0, Math.max(0, good.length + 1 - max)).map(({ id }) => id);
    await endSessions(trx, surplus, { at: now, why: 'max' });
    return surplus;
  }

  async #judge(outcome: Outcome, { account, session }: Found, { client, requestId }: Caller): Promise<{ refreshToken: string; expiresAt: number }> {
    if (outcome.is === 'renewed') return outcome;
    if (outcome.is === 'reused') {
      await this.#endings.revoke([session], account);
      events.audited.publish({ action: 'token.reuse', outcome: 'refused', actor: null, subject: `session:${session}`, client, requestId, details: { account } });
    }
    throw this.#refused();
  }

  /** Whatever is wrong with the token: who tries one learns nothing else. */
  #refused(): Problem {
    return new Problem(problems.invalidCredential, 'The refresh token is not good, or not any more. Sign in again.', { headers: { 'WWW-Authenticate': this.parts.tokens.authenticator.challenge } });
  }

  #grant({ access, account, expiresAt, refreshToken, session }: { access: { token: string; expiresAt: number }; account: Account; session: string; refreshToken: string; expiresAt: number }): Grant {
    const now = this.plan.clock.now();
    const seconds = (until: number): number => Math.max(0, Math.floor((until - now) / 1_000));
    return { account, session, accessToken: access.token, expiresIn: seconds(access.expiresAt), refreshToken, refreshExpiresIn: seconds(expiresAt) };
  }
}
