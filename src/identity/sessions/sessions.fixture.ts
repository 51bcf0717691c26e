import { Problem, problems, type Clock } from '#libs/kernel';
import type { Revocation, Revocations } from '../../auth/revocations.js';
import { identitySchema } from '../../config/schema/identity.js';
import type { Changes, Database } from '../../database/index.js';
import type { AccessTokens, Account, Caller } from '../contracts.js';
import { createSessions, type StoredSessions } from './index.js';

/** A clock that stands still until it is told. */
export class TestClock implements Clock {
  #now = 1_800_000_000_000;

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** Keeps what was revoked; can be away. */
export class TestRevocations implements Revocations {
  readonly all: Revocation[] = [];
  away = false;

  covers({ session, token }: Parameters<Revocations['covers']>[0]): boolean {
    return this.all.some(({ kind, subject }) => (kind === 'session' && subject === session) || (kind === 'token' && subject === token));
  }

  async revoke(revocation: Revocation): Promise<void> {
    if (this.away) return Promise.reject(new Problem(problems.databaseAway, 'away'));
    this.all.push(revocation);
    return Promise.resolve();
  }

  get sessions(): string[] {
    return this.all.filter(({ kind }) => kind === 'session').map(({ subject }) => subject);
  }
}

interface Options {
  /** `identity:` of the file. */
  readonly config?: object;
  readonly clock?: Clock;
}

/** Sessions of one instance over a database; accounts and access tokens stand in for those of the other rooms. */
export class SessionRig {
  readonly revocations = new TestRevocations();
  readonly sessions: StoredSessions;
  issued = 0;
  signs = true;

  constructor(readonly database: Database, { clock = new TestClock(), config = {} }: Options = {}) {
    const parsed = identitySchema.parse(config);
    const plan = { config: parsed, database, changes: null as unknown as Changes, revocations: this.revocations, clock, folder: '/' };
    const tokens: AccessTokens = {
      issue: (account, session) => this.#issue(account, session, clock.now() + parsed.access.lifetime),
      authenticator: { authenticate: () => null, challenge: 'Bearer' },
      keySet: () => ({ keys: [] }),
      keySetLifetime: 0,
    };
    this.sessions = createSessions(plan, { accounts: { find: (id) => this.find(id) }, tokens });
  }

  #issue({ id, roles }: Account, session: string, expiresAt: number): Promise<{ token: string; expiresAt: number }> {
    if (!this.signs) return Promise.reject(new Error('there is no key'));
    return Promise.resolve({ token: `${id}/${session}/${roles.join('+')}/${++this.issued}`, expiresAt });
  }

  async find(id: string): Promise<Account | null> {
    const row = await this.database.run((db) => db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst());
    if (row === undefined) return null;
    return {
      id, login: row.login, email: row.email, name: row.name, roles: JSON.parse(row.roles) as string[], permissions: [], active: row.active === 1,
      verifiedAt: null, createdAt: row.created_at, attributes: {},
    };
  }

  /** Makes an account. */
  async account(id: string): Promise<Account> {
    await this.database.run((db) => db.insertInto('accounts').values({
      id, login: `${id}@example.org`, email: null, name: id, password: null, roles: '["teacher"]', permissions: '[]', active: 1, verified_at: null,
      created_at: 1, updated_at: 1, password_changed_at: 1, attributes: '{}',
    }).execute());
    return await this.find(id) as Account;
  }

  async change(id: string, values: { active?: 0 | 1; roles?: string }): Promise<void> {
    await this.database.run((db) => db.updateTable('accounts').set(values).where('id', '=', id).execute());
  }
}

/** Somebody with a browser. */
export const ADA: Caller = { client: '192.0.2.7', agent: 'Browser/1', requestId: 'r-1' };
/** Somebody else. */
export const EVE: Caller = { client: '203.0.113.66', agent: 'Browser/1', requestId: 'r-2' };

/** What came of a call: the code of its problem, or `done`. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    return error instanceof Problem ? error.type.code : String(error);
  }
}
