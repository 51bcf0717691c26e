import type { Pool, PoolClient } from 'pg';
import { Outage, within, type Engine, type Link, type Outcome } from './engine.js';
import { createPool, type PostgresSettings } from './postgres-pool.js';

/**
 * What PostgreSQL says when it is no fault of the statement: connections that fail, too few of anything, a statement or
 * a lock that took too long, a deadlock, a standby, somebody who ends connections. Classes, and codes.
 * See https://www.postgresql.org/docs/current/errcodes-appendix.html.
 */
const OUTAGES = /^(?:08...|53...|57...|58...|XX...|55P03|40P01|40001|25006|25P03|28...|3D000)$/;

/** PostgreSQL, through a pool of connections. */
export class PostgresEngine implements Engine {
  readonly kind = 'postgres';
  #pool: Pool | null = null;
  #closed = false;

  constructor(private readonly settings: PostgresSettings) {}

  async open(): Promise<void> {
    if (this.#closed) throw new Outage('lost', 'it is closed');
    this.#pool ??= await createPool(this.settings);
    const link = await this.acquire(this.settings.connectTimeout);
    let cut = true;
    try {
      await link.query('select 1', []);
      cut = false;
    } finally {
      link.release(cut);
    }
  }

  async acquire(patience = this.settings.timeout): Promise<Link> {
    if (this.#pool === null) throw new Outage('lost', 'it is not connected');
    const client = await this.#client(this.#pool, patience);
    return {
      query: (sql, parameters) => within(patience, ask(client, sql, parameters), 'a statement'),
      // A connection in the middle of something is closed; PostgreSQL undoes what it was about.
      release: (cut) => client.release(cut),
    };
  }

  async #client(pool: Pool, patience: number): Promise<PoolClient> {
    const coming = pool.connect();
    try {
      return await within(patience, coming, 'waiting for a connection');
    } catch (error) {
      if (!(error instanceof Outage)) throw outageOf(error, 'lost');
      // It may come all the same, when nobody waits for it any more.
      coming.then((client) => client.release(), () => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.end().catch(() => undefined);
  }
}

async function ask(client: PoolClient, text: string, parameters: readonly unknown[]): Promise<Outcome> {
  try {
    const { command, rowCount, rows } = await client.query(text, [...parameters]);
    return { rows: rows as unknown[], affected: rowCount, command };
  } catch (error) {
    const { code } = error as { readonly code?: string };
    // What has no code of PostgreSQL's came from the connection.
    if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) throw outageOf(error, 'lost');
    throw OUTAGES.test(code) ? outageOf(error, 'slow') : error;
  }
}

function outageOf(error: unknown, manner: Outage['manner']): Outage {
  const { code, message } = error as Error & { readonly code?: string };
  // A name with several addresses fails with an error of many parts that says nothing itself.
  return new Outage(manner, message || String(code), error);
}
