import { Problem, systemClock } from '#libs/kernel';
import { DirectTrail } from '../audit/direct.js';
import type { GatewayConfig } from '../config/index.js';
import { ChangeFeed, connect, placeOf, type Changes, type Database, type OwnDatabase } from '../database/index.js';
import { Failure } from './failure.js';

/**
 * The database that the file names, for a command that changes something in it. Gateways that run hear of changes within
 * `database.sync`; what the audit is told meanwhile is recorded, where the file has one.
 */
export class FileDatabase {
  readonly changes: Changes;
  readonly #feed: ChangeFeed;
  readonly #trail: DirectTrail | null;

  private constructor(private readonly own: OwnDatabase, readonly place: string, { audit, database: { sync } }: GatewayConfig) {
    this.#feed = new ChangeFeed({ database: own, clock: systemClock, sync, tellOthers: () => Promise.resolve() });
    this.changes = this.#feed;
    this.#trail = audit === undefined ? null : new DirectTrail(own, audit, systemClock);
  }

  /** @throws Failure by rejection when the database cannot be asked. */
  static async open(config: GatewayConfig): Promise<FileDatabase> {
    const { text } = placeOf(config);
    const database = connect(config, systemClock, () => undefined);
    await database.settled;
    const { away } = database;
    if (away === null) return new FileDatabase(database, text, config);
    await database.close();
    throw new Failure(`${text} cannot be asked: ${away}`);
  }

  get database(): Database {
    return this.own;
  }

  /** @throws Failure by rejection when the audit could not be written. */
  async close(): Promise<void> {
    this.#feed.close();
    try {
      await inWords(async () => this.#trail?.close());
    } finally {
      await this.own.close();
    }
  }
}

/** Problems as failures, which are told without a stack. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Problem ? new Failure(error.detail, { cause: error }) : error;
  }
}
