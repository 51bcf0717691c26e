import { createHash } from 'node:crypto';
import { Problem, problems, type Clock } from '#libs/kernel';
import type { IdentityConfig } from '../../config/index.js';
import type { Database } from '../../database/index.js';
import { BATCH, emptied } from './sweep.js';

/** Milliseconds without a wrong password after which it begins anew. */
const FORGET = 86_400_000;

type Settings = Exclude<IdentityConfig['lockout'], 'off'>;

/** Who guesses, as far as it matters. */
export interface Guess {
  /** What is guessed at: the account's login where there is one, else what was typed in its canonical form. */
  readonly login: string;
  /** A place that the account is used from: it has a count of its own there. `null` for the count of everybody else. */
  readonly place: string | null;
}

/**
 * Slows guessing down, whether there is such an account or not. Every guess is counted before it is looked at, in one
 * statement that also says whether it is due: however many come at once, no more than those that are due get through.
 */
export class Lockout {
  readonly #settings: Settings | null;

  constructor(private readonly parts: { readonly database: Database; readonly clock: Clock }, config: IdentityConfig['lockout']) {
    this.#settings = config === 'off' ? null : config;
  }

  /**
   * Counts a guess.
   * @returns milliseconds until the next one is due; 0 when this one may be looked at.
   */
  async count(guess: Guess): Promise<number> {
    if (this.#settings === null) return 0;
    const settings = this.#settings;
    const now = this.parts.clock.now();
    const { sql } = await import('kysely');
    const failures = sql<number>`case when login_failures.last_at < ${now - FORGET} then 1 else login_failures.failures + 1 end`;
    const steps = stepsOf(settings).map(({ delay, from }) => sql`when (${failures}) >= ${from} then cast(${now + delay} as bigint)`);
    const key = keyOf(guess);
    return this.parts.database.run(async (db) => {
      const counted = await db.insertInto('login_failures').values({ account_key: key, failures: 1, last_at: now, locked_until: settings.after <= 1 ? now + settings.first : 0 })
        .onConflict((conflict) => conflict.column('account_key')
          .doUpdateSet({ failures, last_at: now, locked_until: sql<number>`case ${sql.join(steps, sql` `)} else 0 end` })
          .where('login_failures.locked_until', '<=', now))
        .returning('failures').executeTakeFirst();
      if (counted !== undefined) return 0;
      const locked = await db.selectFrom('login_failures').select('locked_until').where('account_key', '=', key).executeTakeFirst();
      return Math.max(1, (locked?.locked_until ?? now) - now);
    });
  }

  /** The password was right: what was counted is forgotten. */
  async clear(guess: Guess): Promise<void> {
    if (this.#settings === null) return;
    await this.parts.database.run((db) => db.deleteFrom('login_failures').where('account_key', '=', keyOf(guess)).execute());
  }

  /** Forgets what is long ago, so that guesses at random logins do not fill the table. */
  async sweep(): Promise<void> {
    const before = this.parts.clock.now() - FORGET;
    await emptied(this.parts.database, (db) => db.deleteFrom('login_failures')
      .where('account_key', 'in', db.selectFrom('login_failures').select('account_key').where('last_at', '<', before).limit(BATCH)).executeTakeFirst());
  }
}

/** @param wait milliseconds. */
export function lockedProblem(wait: number): Problem {
  return new Problem(problems.accountLocked, 'Too many wrong passwords were tried for this login; wait a little before the next one.', { headers: { 'Retry-After': String(Math.max(1, Math.ceil(wait / 1_000))) } });
}

/** Delays from a number of failures on, the longest first: each twice as long as the one before, up to the most. */
function stepsOf({ after, first, most }: Settings): readonly { readonly from: number; readonly delay: number }[] {
  const steps = [{ from: after, delay: first }];
  for (let delay = first; delay < most;) {
    delay = Math.min(delay * 2, most);
    steps.unshift({ from: (steps[0]?.from ?? after) + 1, delay });
  }
  return steps;
}

/** What people type as a login may be their password: only its hash is kept. */
function keyOf({ login, place }: Guess): string {
  return createHash('sha256').update(place === null ? login : `${login}\n${place}`).digest('base64url');
}
