import type { Kysely } from 'kysely';
import type { Clock } from '#libs/kernel';
import type { Database, Tables } from '../../database/index.js';

/** Milliseconds between two times. */
const PAUSE = 600_000;
/** Rows taken away at once, so that nobody waits long behind it. */
export const BATCH = 500;

/** Tidies up now and then, when somebody comes by: nothing runs by itself, so nothing has to be ended. */
export class Sweep {
  #last: number;

  constructor(private readonly clock: Clock, private readonly work: () => Promise<void>) {
    this.#last = clock.elapsed();
  }

  /** Comes back at once. What goes wrong is left for the next time. */
  due(): void {
    const now = this.clock.elapsed();
    if (now - this.#last < PAUSE) return;
    this.#last = now;
    this.work().catch(() => undefined);
  }
}

/** Takes rows away, a batch at a time, until there are fewer. */
export async function emptied(database: Database, take: (db: Kysely<Tables>) => Promise<{ readonly numDeletedRows: bigint }>): Promise<void> {
  for (;;) {
    const { numDeletedRows } = await database.run(take);
    if (numDeletedRows < BigInt(BATCH)) return;
  }
}
