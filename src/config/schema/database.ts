import { z } from 'zod';
import { Secret } from '#libs/kernel';
import { parsePostgresUrl } from './postgres-url.js';
import { duration } from './values.js';

/** With no time at all nothing would ever be answered in it. */
const some = (least: number) => duration().refine((milliseconds) => milliseconds >= least, { error: `expected at least ${least}ms` });

/** May carry a password: it never prints. Empty text, as of a variable that is not set, is none. */
const url = z.string().transform((text) => (text === '' ? undefined : new Secret(text))).superRefine((secret, context) => {
  if (secret === undefined) return;
  try {
    parsePostgresUrl(secret.reveal());
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}).meta({ secret: true });

const schemaName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'expected a name in small letters, digits and "_"' });

/** `database:` of the file. */
export const databaseSchema = z.strictObject({
  url: url.optional().describe('PostgreSQL: `postgresql://user:password@host:port/database`. `?sslmode=verify-full` asks for TLS and for a certificate of that host, `verify-ca` for one of any host, `require` for TLS with whomever; `&sslrootcert=` (authorities), `&sslcert=` and `&sslkey=` name PEM files, relative to the file; `?host=/folder` is a Unix socket. Empty text is none, so that `${DATABASE_URL:-}` may stand here. Default: none, which is the embedded database. Danger: without TLS whoever is on the way reads and changes everything, and with `require` whoever answers is believed. Danger: several gateways need it; each would have accounts of its own without.'),
  file: z.string().min(1).default('./data/passerelle.db').describe('File of the embedded database (SQLite), where there is no `url`; relative to the file. It is made, folder included, when something needs a database. Default: ./data/passerelle.db. Danger: not on a network file system, whose locks cannot be relied on.'),
  schema: schemaName.default('passerelle').describe('Schema that the tables are in, in PostgreSQL, so that they are in nobody’s way; migrating makes it. Default: passerelle. Danger: it is set once for each connection, so no pooler in between may hand connections on after each transaction.'),
  pool: z.int().min(2).max(1000).default(10).describe('Connections to PostgreSQL at most, of each process. Default: 10. Danger: all processes of all gateways together may not need more than PostgreSQL’s `max_connections`.'),
  timeout: some(50).prefault('2s').describe('How long a call of the database may take, whatever it is made of; who waits longer is answered 503 (database-away). Default: 2s.'),
  connectTimeout: some(50).prefault('2s').describe('How long connecting to PostgreSQL may take, TLS and password included; or opening the file. Default: 2s.'),
  migrate: z.enum(['auto', 'manual']).optional().describe('Who makes and changes the tables: `auto` does when the gateway starts, `manual` leaves it to `passerelle migrate`, and a database that is behind counts as away until then. Default: auto for the embedded one, manual for PostgreSQL.'),
  sync: some(50).prefault('500ms').describe('How often a process looks for what others changed, such as a key that was revoked, where nothing tells it sooner. Default: 500ms.'),
});

export type DatabaseConfig = z.output<typeof databaseSchema>;
