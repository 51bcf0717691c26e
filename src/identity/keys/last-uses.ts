import type { Clock } from '#libs/kernel';
import type { Database } from '../../database/index.js';
import type { Slot } from './key-table.js';

/** Milliseconds between a use and its being written down. */
const EVERY = 30_000;
/** Keys of one statement. */
const PAGE = 500;

/**
 * When keys were used last. A request only puts its key on a list; what is on it is written down every half minute, all of
 * it with that moment. So it is right to half a minute, and what a killed process had on its list is lost.
 */
export class LastUses {
  #used: Slot[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly clock: Pick<Clock, 'now'>) {}

  note(key: Slot): void {
    key.noted = true;
    this.#used.push(key);
    this.#timer ??= setTimeout(() => void this.flush(), EVERY).unref();
  }

  /** Writes down what there is. Never rejects: what cannot be written is tried again with the next. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const used = this.#used;
    this.#used = [];
    const now = this.clock.now();
    for (const key of used) key.noted = false;
    for (let from = 0; from < used.length; from += PAGE) {
      const page = used.slice(from, from + PAGE);
      await this.#write(page.map(({ id }) => id), now).catch(() => this.#again(page));
    }
  }

  /** Another process may have written a later one. */
  async #write(ids: readonly string[], now: number): Promise<void> {
    await this.database.run((db) => db.updateTable('api_keys').set({ last_used_at: now }).where('id', 'in', ids)
      .where((is) => is.or([is('last_used_at', 'is', null), is('last_used_at', '<', now)])).execute());
  }

  #again(keys: readonly Slot[]): void {
    for (const key of keys) if (!key.noted) this.note(key);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
