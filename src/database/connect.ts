import path from 'node:path';
import type { Clock } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { parsePostgresUrl } from '../config/schema/postgres-url.js';
import { LiveDatabase, type OwnDatabase } from './database.js';
import { EmbeddedEngine } from './embedded.js';
import type { Engine } from './engine.js';
import { ensureCurrent, migrate } from './migrate.js';
import { PostgresEngine } from './postgres.js';

/** What the file says of its database, and where the file is. */
export type DatabaseFile = Pick<GatewayConfig, 'database' | 'file'>;

/** Where a database is. */
export interface DatabasePlace {
  /** For people; without a password. */
  readonly text: string;
  /** Absolute path of the embedded one; `null` for PostgreSQL. */
  readonly file: string | null;
}

/** Where the database is that the file names. */
export function placeOf(config: DatabaseFile): DatabasePlace {
  const { file, schema, url } = config.database;
  if (url === undefined) {
    const there = resolved(config, file);
    return { text: `The embedded database ${there}`, file: there };
  }
  const { database, host, port } = parsePostgresUrl(url.reveal());
  return { text: `PostgreSQL at ${host}:${port}, database ${database}, schema ${schema}`, file: null };
}

function resolved({ file: main }: DatabaseFile, file: string): string {
  return path.resolve(path.dirname(main), file);
}

/** The engine that the file names, not yet opened. */
export function engineOf(config: DatabaseFile): Engine {
  const { connectTimeout, file, pool, schema, timeout, url } = config.database;
  const folder = path.dirname(config.file);
  if (url === undefined) return new EmbeddedEngine({ file: resolved(config, file), timeout, connectTimeout });
  return new PostgresEngine({ url: url.reveal(), folder, pool, schema, timeout, connectTimeout });
}

/**
 * Begins to connect to the database that the file names. What it needs is loaded only now.
 * @param told of each change why it cannot be asked, or `null`.
 */
export function connect(config: DatabaseFile, clock: Clock, told: (away: string | null) => void): OwnDatabase {
  const engine = engineOf(config);
  const by = config.database.migrate ?? (engine.kind === 'postgres' ? 'manual' : 'auto');
  const ready = by === 'manual' ? ensureCurrent : async (): Promise<void> => void (await migrate(engine, clock));
  return new LiveDatabase({ engine, timeout: config.database.timeout, ready, told });
}
