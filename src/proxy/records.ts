import { Injectable } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { AuditDirectory } from '../audit/index.js';
import { needsKeys } from '../auth/api-key/options.js';
import type { GatewayConfig } from '../config/index.js';
import { ChangeFeeds } from '../database/change-feeds.js';
import { DatabaseDirectory } from '../database/database-directory.js';
import { Credentials } from '../identity/index.js';
import type { RedisConnection } from '../redis/index.js';

/** What a configuration's extensions get by its class, before Nest is asked. */
export type Provided = ReadonlyMap<unknown, unknown>;

export interface RecordsInput {
  readonly config: GatewayConfig;
  readonly redis: RedisConnection | null;
  readonly clock: Clock;
}

/** The records of one configuration, not yet in force. */
export interface RecordsAhead {
  readonly provided: Provided;
  adopt(): void;
  /** It came to nothing. */
  discard(): void;
}

/** What is written down of callers and of what they did, and read again by other processes: the database and all in it. */
@Injectable()
export class Records {
  constructor(
    private readonly databases: DatabaseDirectory,
    private readonly feeds: ChangeFeeds,
    private readonly audits: AuditDirectory,
    private readonly credentials: Credentials,
  ) {}

  /**
   * Opens what the file needs, and waits until it is known whether it can be asked.
   * @throws Error by rejection, in words for the user, when something cannot be as the file says.
   */
  async prepare({ clock, config, redis }: RecordsInput): Promise<RecordsAhead> {
    const built: Omit<RecordsAhead, 'provided'>[] = [];
    const discard = (): void => {
      for (const each of built.toReversed()) each.discard();
    };
    try {
      const opened = await this.databases.prepare(config, needsDatabase(config), clock);
      built.push(opened);
      await opened.settled;
      const { database } = opened;
      const feed = await this.feeds.prepare(database, redis, { clock, sync: config.database.sync });
      built.push(feed);
      built.push(await this.audits.prepare({ config, database, clock }));
      const credentials = await this.credentials.prepare({ config, database, changes: feed.changes, redis, clock });
      built.push(credentials);
      return { provided: credentials.provided, adopt: () => built.forEach((each) => each.adopt()), discard };
    } catch (error) {
      discard();
      throw error;
    }
  }
}

/** Whether anything of the file is kept in the database. */
function needsDatabase({ audit, authenticate, identity }: GatewayConfig): boolean {
  return audit !== undefined || identity !== undefined || needsKeys(authenticate);
}
