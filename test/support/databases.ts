import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#libs/kernel';
import { databaseSchema } from '../../src/config/schema/database.js';
import { connect, type DatabaseFile, type DatabaseKind, type OwnDatabase } from '../../src/database/index.js';
import { findPostgres, PostgresServer } from './postgres.js';

const binaries = await findPostgres();

/** A database nobody else has, and its end. */
export class TestDatabase implements AsyncDisposable {
  readonly #handles: OwnDatabase[] = [];
  /** Each change of why it cannot be asked, of all handles. */
  readonly told: (string | null)[] = [];

  /** @param settings what `database:` of a file would say to have it, as JSON could. */
  constructor(readonly settings: Readonly<Record<string, unknown>>, private readonly folder: string) {}

  /** As the configuration has it. @param more settings beside or in place of its own. */
  file(more: object = {}): DatabaseFile {
    return { file: join(this.folder, 'gateway.yaml'), database: databaseSchema.parse({ migrate: 'auto', ...this.settings, ...more }) };
  }

  /** The first handle to it. */
  get database(): OwnDatabase {
    return this.#handles[0] as OwnDatabase;
  }

  /** Another handle to the same database, as another process or instance would have; waits until it can be asked. */
  async another(more: object = {}): Promise<OwnDatabase> {
    const database = connect(this.file(more), systemClock, (away) => this.told.push(away));
    this.#handles.push(database);
    await database.settled;
    return database;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#handles.map((database) => database.close()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Opens a database nobody else has, with its tables. @param more settings of `database:`. */
export type OpenDatabase = (more?: object) => Promise<TestDatabase>;

let schemas = 0;

async function opened(settings: Readonly<Record<string, unknown>>, more: object | undefined): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-database-'));
  // Tests run on machines that do much else.
  const test = new TestDatabase({ timeout: '10s', connectTimeout: '10s', ...settings, ...more }, folder);
  const { away } = await test.another();
  if (away === null) return test;
  await test[Symbol.asyncDispose]();
  throw new Error(`The database is away: ${away}`);
}

/** The embedded one, in a folder of its own. */
export const openEmbedded: OpenDatabase = (more) => opened({}, more);

/** A schema of its own on a server. */
export function openOn(server: PostgresServer): OpenDatabase {
  return (more) => opened({ url: server.url, schema: `test_${++schemas}` }, more);
}

/** Where PostgreSQL is there; else it is skipped, loudly. */
export const describePostgres = binaries === null ? describe.skip : describe;

/** Runs the same tests on the embedded database and on a real PostgreSQL. */
export function onEachDatabase(name: string, body: (open: OpenDatabase, kind: DatabaseKind) => void): void {
  describe(`${name}, embedded`, () => body(openEmbedded, 'sqlite'));
  describePostgres(`${name}, PostgreSQL`, () => {
    let server: PostgresServer;
    beforeAll(async () => { server = await startPostgres(); }, 120_000);
    afterAll(() => server[Symbol.asyncDispose]());
    body((more) => openOn(server)(more), 'postgres');
  });
}

/** A server of its own. */
export function startPostgres(options?: Parameters<typeof PostgresServer.start>[1]): Promise<PostgresServer> {
  return PostgresServer.start(binaries as string, options);
}
