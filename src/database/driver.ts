import type { CompiledQuery, DatabaseConnection, Driver, Kysely, QueryResult } from 'kysely';
import type { DatabaseKind, Engine, Link, Outcome } from './engine.js';
import type { Tables } from './tables.js';

/** A link as Kysely wants it. Whoever still holds it after its end finds it closed. */
class Held implements DatabaseConnection {
  #over = false;
  #cut = false;
  #asking = 0;

  constructor(private readonly link: Link) {}

  async executeQuery<R>({ parameters, sql }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#over) throw new Error('This transaction is over');
    const { affected, rows } = await this.#ask(sql, parameters);
    return { rows: rows as R[], ...(affected !== null && { numAffectedRows: BigInt(affected) }) };
  }

  /** Rooms read page by page. */
  streamQuery(): never {
    throw new Error('This database does not stream');
  }

  async begin(kind: DatabaseKind): Promise<void> {
    // SQLite would else notice only at the first write that another process was faster, and give up there.
    await this.#ask(kind === 'sqlite' ? 'begin immediate' : 'begin', []);
  }

  async commit(): Promise<void> {
    this.#over = true;
    const { command } = await this.#ask('commit', []);
    // PostgreSQL says so when a statement had failed, though somebody caught the error.
    if (command === 'ROLLBACK') throw new Error('The transaction was undone, for a statement in it had failed');
  }

  /** Whoever is still asking is not waited for. */
  async rollback(): Promise<void> {
    this.#over = true;
    if (this.#cut || this.#asking > 0) {
      this.#cut = true;
      return;
    }
    await this.#ask('rollback', []).catch(() => { this.#cut = true; });
  }

  release(): void {
    this.#over = true;
    this.link.release(this.#cut);
  }

  async #ask(sql: string, parameters: readonly unknown[]): Promise<Outcome> {
    this.#asking++;
    try {
      return await this.link.query(sql, parameters);
    } catch (error) {
      if (error instanceof Error && error.name === 'Outage') this.#cut = true;
      throw error;
    } finally {
      this.#asking--;
    }
  }
}

class EngineDriver implements Driver {
  constructor(private readonly engine: Engine) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Held> {
    return new Held(await this.engine.acquire());
  }

  beginTransaction(held: DatabaseConnection): Promise<void> {
    return (held as Held).begin(this.engine.kind);
  }

  commitTransaction(held: DatabaseConnection): Promise<void> {
    return (held as Held).commit();
  }

  rollbackTransaction(held: DatabaseConnection): Promise<void> {
    return (held as Held).rollback();
  }

  // oxlint-disable-next-line require-await -- The contract is Kysely's.
  async releaseConnection(held: DatabaseConnection): Promise<void> {
    (held as Held).release();
  }

  async destroy(): Promise<void> {}
}

/** Kysely over an engine; the package is loaded only now. The engine's end is its owner's business. */
export async function kyselyOver(engine: Engine): Promise<Kysely<Tables>> {
  const kysely = await import('kysely');
  const sqlite = engine.kind === 'sqlite';
  // The engine has a queue of its own. Kysely's never goes on when somebody in it gives up.
  class Adapter extends kysely.SqliteAdapter {
    override get supportsMultipleConnections(): boolean {
      return true;
    }
  }
  return new kysely.Kysely<Tables>({
    dialect: {
      createDriver: () => new EngineDriver(engine),
      createAdapter: () => (sqlite ? new Adapter() : new kysely.PostgresAdapter()),
      createQueryCompiler: () => (sqlite ? new kysely.SqliteQueryCompiler() : new kysely.PostgresQueryCompiler()),
      createIntrospector: (db) => (sqlite ? new kysely.SqliteIntrospector(db) : new kysely.PostgresIntrospector(db)),
    },
  });
}
