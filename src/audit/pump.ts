import type { Clock } from '#libs/kernel';
import type { Database } from '../database/index.js';
import { addNew, type Link } from './chain.js';
import type { Source } from './segments.js';

/** Milliseconds in which entries gather: one transaction is made for all of them. */
const GATHER = 200;
/** Milliseconds after which a database that did not take them is tried again. */
const RETRY = 1_000;

export interface PumpParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Where entries wait now, in the order in which they are to be asked. */
  readonly sources: () => readonly Source[];
  /** Hears each time that some are in the database, and where the chain ends then. */
  readonly written: (end: Link) => void;
  /** Hears what is wrong, other than that the database is away. */
  readonly failed: (error: unknown) => void;
}

/** Brings what waits into the database, a batch at a time, as soon as it can be asked. */
export class Pump {
  #timer: NodeJS.Timeout | null = null;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #ended = false;

  constructor(private readonly parts: PumpParts) {}

  /** There is something. */
  wake(delay: number = GATHER): void {
    if (!this.#ended) this.#timer ??= setTimeout(() => void this.flush(), delay).unref();
  }

  /** Over once what is there now is in the database, or cannot be brought there now. Never rejects. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#next ??= this.#current.then(() => {
      this.#next = null;
      this.#current = this.#turn();
      return this.#current;
    });
    return this.#next;
  }

  async #turn(): Promise<void> {
    try {
      for (const source of this.parts.sources()) await this.#empty(source);
    } catch (error) {
      if (this.parts.database.away === null) this.parts.failed(error);
      this.wake(RETRY);
    }
  }

  async #empty(source: Source): Promise<void> {
    const { database, written } = this.parts;
    for (let batch = await source.next(); batch !== null; batch = await source.next()) {
      const { entries } = batch;
      if (entries.length > 0) written(await database.transaction((trx) => addNew(trx, database.kind, entries)));
      batch.done();
    }
  }

  /** Nothing is begun any more by itself. */
  end(): void {
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
