import path from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock } from '#libs/kernel';
import { fingerprint } from '../config/index.js';
import type { DatabaseFile } from './connect.js';
import type { Database, OwnDatabase } from './database.js';

/** Milliseconds that requests of the configuration before have for what they still want of their database. */
const GRACE = 10_000;

/** The database of a configuration that is not yet in force. */
export interface BuiltDatabase {
  /** `null` where nothing needs one. */
  readonly database: Database | null;
  /** Over once it is known whether it can be asked. Never rejects. */
  readonly settled: Promise<void>;
  /** Puts it in force; the one before ends a little later. */
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

interface Held {
  readonly settings: string;
  readonly database: OwnDatabase;
}

/** Keeps the database open across reloads that leave its settings as they are. */
@Injectable()
export class DatabaseDirectory implements OnApplicationShutdown {
  #held: Held | null = null;
  #told: string | null = null;
  readonly #ending = new Map<OwnDatabase, NodeJS.Timeout>();

  /** The database in force. */
  get current(): Database | null {
    return this.#held?.database ?? null;
  }

  /**
   * Begins to open it, unless it is open so already. Nothing takes effect before `adopt`, but for the tables, which are
   * made where they are missing and `database.migrate` is auto.
   * @param needed whether anything of the configuration needs a database; where nothing does, nothing is loaded.
   */
  async prepare(config: DatabaseFile, needed: boolean, clock: Clock): Promise<BuiltDatabase> {
    const held = needed ? await this.#hold(config, clock) : null;
    return {
      database: held?.database ?? null,
      settled: held?.database.settled ?? Promise.resolve(),
      adopt: () => this.#adopt(held),
      discard: () => {
        if (held !== null && held !== this.#held) void held.database.close();
      },
    };
  }

  async #hold(config: DatabaseFile, clock: Clock): Promise<Held> {
    const settings = fingerprint([config.database, path.dirname(config.file)]);
    if (this.#held?.settings === settings) return this.#held;
    const { connect } = await import('./connect.js');
    const held: Held = { settings, database: connect(config, clock, (away) => { if (this.#held === held) this.#tell(away); }) };
    return held;
  }

  #adopt(held: Held | null): void {
    const former = this.#held;
    if (former === held) return;
    this.#held = held;
    if (former !== null) this.#retire(former.database);
    void held?.database.settled.then(() => { if (this.#held === held) this.#tell(held.database.away); });
    if (held === null) this.#tell(null);
  }

  #tell(away: string | null): void {
    if ((this.#told === null) === (away === null)) return;
    this.#told = away;
    events.databaseChanged.publish({ away });
  }

  #retire(database: OwnDatabase): void {
    const timer = setTimeout(() => {
      this.#ending.delete(database);
      void database.close();
    }, GRACE).unref();
    this.#ending.set(database, timer);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#ending.values()) clearTimeout(timer);
    const databases = [...this.#ending.keys(), ...(this.#held === null ? [] : [this.#held.database])];
    this.#ending.clear();
    this.#held = null;
    await Promise.all(databases.map((database) => database.close()));
  }
}
