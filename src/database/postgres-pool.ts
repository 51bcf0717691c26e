import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import type { ClientBase, Pool } from 'pg';
import { parsePostgresUrl, type PostgresUrl } from '../config/schema/postgres-url.js';

export interface PostgresSettings {
  /** `postgresql://`; see the reference. */
  readonly url: string;
  /** Where paths in the url begin. */
  readonly folder: string;
  /** Connections at most. */
  readonly pool: number;
  /** A name of small letters, digits and `_`. */
  readonly schema: string;
  /** Milliseconds for one statement. */
  readonly timeout: number;
  /** Milliseconds for connecting. */
  readonly connectTimeout: number;
}

/** Milliseconds after which a connection that nobody needs is closed. */
const IDLE = 30_000;
/** PostgreSQL's number of the type `bigint`. */
const BIGINT = 20;

/** The package is loaded only now. @throws Error when a file that the url names cannot be read. */
export async function createPool(settings: PostgresSettings): Promise<Pool> {
  const { default: pg } = await import('pg');
  const url = parsePostgresUrl(settings.url);
  const types = { getTypeParser: ((oid: number, format: 'text') => (oid === BIGINT ? wholeNumber : pg.types.getTypeParser(oid, format))) as typeof pg.types.getTypeParser };
  const { database, host, password, port, user } = url;
  const pool = new pg.Pool({
    host, port, user, database, types, ssl: tlsOf(url, settings.folder),
    // Without one, the package would look for one in the environment and in the home folder.
    password: () => password ?? '',
    application_name: 'passerelle', keepAlive: true,
    max: settings.pool, idleTimeoutMillis: IDLE, connectionTimeoutMillis: settings.connectTimeout, allowExitOnIdle: true,
    // oxlint-disable-next-line typescript/no-misused-promises -- The pool waits for it, though its types do not say so.
    onConnect: (client) => prepare(client, settings),
  });
  // An idle connection that breaks is taken out by the pool; the next call tells whether there is another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Whoever is gone in the middle of something must not hold others up. */
async function prepare(client: ClientBase, { schema, timeout }: PostgresSettings): Promise<void> {
  await client.query(`set search_path to "${schema}"; set statement_timeout to ${timeout}; set idle_in_transaction_session_timeout to ${timeout}`);
}

/** @throws Error for a number that JavaScript cannot keep; none of ours comes near. */
function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`${text} is too large a number`);
  return number;
}

function tlsOf({ host, sslCert, sslKey, sslMode, sslRootCert }: PostgresUrl, folder: string): ConnectionOptions | false {
  if (sslMode === 'disable') return false;
  const read = (file: string | null): string | undefined => (file === null ? undefined : readFileSync(path.resolve(folder, file), 'utf8'));
  const files = { ca: read(sslRootCert), cert: read(sslCert), key: read(sslKey) };
  return {
    ...Object.fromEntries(Object.entries(files).filter(([, pem]) => pem !== undefined)),
    host,
    rejectUnauthorized: sslMode !== 'require',
    ...(sslMode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
}
