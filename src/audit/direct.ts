import { events, type Clock } from '#libs/kernel';
import type { AuditConfig } from '../config/index.js';
import type { Database } from '../database/index.js';
import { addNew } from './chain.js';
import { entryOf, type Entry } from './entry.js';
import { compilePatterns } from './patterns.js';

/** What a command is told while it works on the database by itself, on its way straight into the trail. */
export class DirectTrail {
  readonly #entries: Entry[] = [];
  readonly #unsubscribe: () => void;

  constructor(private readonly database: Database, settings: Pick<AuditConfig, 'events'>, clock: Clock) {
    const wants = compilePatterns(settings.events);
    this.#unsubscribe = events.audited.subscribe((notice) => {
      if (wants(notice.action)) this.#entries.push(entryOf(notice, clock.now()));
    });
  }

  /** Writes what it heard. @throws Problem database-away by rejection. */
  async close(): Promise<void> {
    this.#unsubscribe();
    if (this.#entries.length > 0) await this.database.transaction((trx) => addNew(trx, this.database.kind, this.#entries));
  }
}
