import { events, Problem, type AuditNotice, type MessageDue, type MessageFailed } from '#libs/kernel';
import { identitySchema } from '../../config/schema/identity.js';
import type { Changes, Database } from '../../database/index.js';
import type { AccessTokens, Account, Caller, SignedIn } from '../contracts.js';
import { createSessions, type StoredSessions } from '../sessions/index.js';
import { TestClock, TestRevocations } from '../sessions/sessions.fixture.js';
import { accountStore, createAccounts, type Accounts, type AccountStore } from './index.js';

/** Hashing that does not take long. */
const QUICK = { memory: '8MiB', passes: 1 };

export const PASSWORD = 'correct horse battery';
export const OTHER = 'staple of the stable';

/** Accounts of one instance over a database, with real sessions; only access tokens are made up. */
export class AccountRig implements Disposable {
  readonly clock: TestClock;
  readonly revocations = new TestRevocations();
  readonly store: AccountStore;
  readonly sessions: StoredSessions;
  readonly accounts: Accounts;
  readonly messages: MessageDue[] = [];
  readonly failures: MessageFailed[] = [];
  readonly audit: AuditNotice[] = [];
  readonly #ends: (() => void)[];

  constructor(readonly database: Database, config: Readonly<Record<string, unknown>> = {}, clock = new TestClock()) {
    this.clock = clock;
    const parsed = identitySchema.parse({ ...config, password: { ...config['password'] as object, hash: QUICK } });
    const plan = { config: parsed, database, changes: null as unknown as Changes, revocations: this.revocations, clock, folder: '/' };
    const tokens: AccessTokens = {
      issue: ({ id }, session) => Promise.resolve({ token: `${id}/${session}`, expiresAt: clock.now() + parsed.access.lifetime }),
      authenticator: { authenticate: () => null, challenge: 'Bearer' },
      keySet: () => ({ keys: [] }),
      keySetLifetime: 0,
    };
    this.store = accountStore(plan);
    this.sessions = createSessions(plan, { accounts: this.store, tokens });
    this.accounts = createAccounts(plan, { store: this.store, sessions: this.sessions });
    this.#ends = [
      events.messageDue.subscribe((message) => this.messages.push(message)),
      events.messageFailed.subscribe((failure) => this.failures.push(failure)),
      events.audited.subscribe((notice) => this.audit.push(notice)),
    ];
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end();
    this.accounts.dispose();
  }

  /** Makes an account, ready to sign in. */
  async account(name: string, more: object = {}): Promise<Account> {
    return this.accounts.create({ email: `${name}@example.org`, username: name, password: PASSWORD, roles: ['teacher'], permissions: [], active: true, verified: true, attributes: {}, ...more }, { caller: ADA, actor: 'jwt:root' });
  }

  login(name: string, password = PASSWORD, caller = ADA): ReturnType<Accounts['login']> {
    return this.accounts.login({ login: name.includes('@') ? name : `${name}@example.org`, password }, caller);
  }

  /** The token of the newest message of a kind, once it is there. */
  async token(kind: MessageDue['kind']): Promise<string> {
    await this.accounts.settled();
    return this.messages.findLast((message) => message.kind === kind)?.token?.reveal() ?? 'none';
  }

  signedIn({ account, session }: { readonly account: Account; readonly session: string }): SignedIn {
    return {
      account: account.id, session,
      principal: { id: account.id, email: account.email, roles: account.roles, permissions: [], scopes: [], authenticator: 'identity', claims: {}, expiresAt: Number.POSITIVE_INFINITY },
    };
  }
}

export const ADA: Caller = { client: '192.0.2.7', agent: 'Browser/1', requestId: 'r-1' };
export const EVE: Caller = { client: '203.0.113.66', agent: 'Guess/1', requestId: 'r-2' };
export const ROOT = { caller: ADA, actor: 'jwt:root' } as const;

/** What came of a call: the code of its problem, or `done`. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  const problem = await problemOf(call);
  return problem === null ? 'done' : problem.type.code;
}

/** The problem of a call; `null` when there is none. */
export async function problemOf(call: Promise<unknown>): Promise<Problem | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
