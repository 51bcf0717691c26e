import type { Clock } from '#libs/kernel';
import type { Engine, Link } from './engine.js';
import { migrations } from './migrations/index.js';
import { dialectOf } from './migrations/migration.js';

/** Whoever migrates a PostgreSQL database holds this advisory lock of it; the number means nothing. */
const LOCK = 7_206_945_113;

/** Milliseconds for a statement of a migration, and for others to be done with theirs. */
const PATIENCE = 60_000;

/** Names of migrations. */
export interface MigrationState {
  readonly applied: readonly string[];
  /** Those that are still to be applied, in their order. */
  readonly pending: readonly string[];
  /** Those that the database has had and this build does not know. */
  readonly unknown: readonly string[];
}

/** The database is not what this build needs; the message says what to do. */
export class Unmigrated extends Error {
  override readonly name = 'Unmigrated';
}

/** Which migrations a database has had, and which it lacks. @param engine `null` for a database that is not made yet. */
export async function stateOf(engine: Engine | null): Promise<MigrationState> {
  return engine === null ? stateAfter([]) : holding(engine, (link) => readState(engine, link));
}

/** @throws Unmigrated when it lacks some, or has had some that this build does not know. */
export async function ensureCurrent(engine: Engine): Promise<void> {
  const state = await stateOf(engine);
  refuseNewer(state);
  if (state.pending.length > 0) throw new Unmigrated(`its tables are ${state.applied.length === 0 ? 'not made yet' : 'behind this build'}: run "passerelle migrate", or set \`database.migrate\` to auto`);
}

/**
 * Applies what is missing, all or nothing. Several processes may try at once: one does it, the others find it done.
 * @returns the names of what was applied.
 * @throws Unmigrated for a database that is newer than this build.
 */
export async function migrate(engine: Engine, clock: Pick<Clock, 'now'>): Promise<readonly string[]> {
  return holding(engine, async (link) => {
    refuseNewer(await readState(engine, link));
    await run(link, engine.kind === 'sqlite' ? 'begin immediate' : 'begin');
    try {
      if (engine.kind === 'postgres') await prepare(link);
      const { pending, ...state } = await readState(engine, link);
      refuseNewer({ pending, ...state });
      await apply(engine, link, { pending, at: clock.now() });
      await run(link, 'commit');
      return pending;
    } catch (error) {
      await run(link, 'rollback').catch(() => undefined);
      throw error;
    }
  });
}

/** The one who is first may need longer than a statement may take; the schema is ours, so that no table of others is in the way. */
async function prepare(link: Link): Promise<void> {
  await run(link, 'set local statement_timeout = 0');
  await run(link, 'select pg_advisory_xact_lock($1)', [LOCK]);
  const { rows } = await run(link, "select current_setting('search_path') as path, current_schema() as current");
  const { current, path } = rows[0] as { readonly current: string | null; readonly path: string };
  if (current === null) await run(link, `create schema if not exists ${path}`);
}

async function apply({ kind }: Engine, link: Link, { at, pending }: { readonly pending: readonly string[]; readonly at: number }): Promise<void> {
  const dialect = dialectOf(kind);
  if (pending.length > 0) await run(link, `create table if not exists schema_migrations (name text not null primary key, applied_at ${dialect.time} not null)${dialect.strict}`);
  for (const { name, up } of migrations.filter((migration) => pending.includes(migration.name))) {
    for (const statement of up(dialect)) await run(link, statement);
    await run(link, `insert into schema_migrations (name, applied_at) values (${kind === 'sqlite' ? '?, ?' : '$1, $2'})`, [name, at]);
  }
}

async function readState({ kind }: Engine, link: Link): Promise<MigrationState> {
  const { rows: [found] } = await run(link, kind === 'sqlite'
    ? "select name as table_name from sqlite_schema where type = 'table' and name = 'schema_migrations'"
    : "select to_regclass('schema_migrations')::text as table_name");
  const there = (found as { readonly table_name: string | null } | undefined)?.table_name ?? null;
  const { rows } = there === null ? { rows: [] } : await run(link, 'select name from schema_migrations order by name');
  return stateAfter(rows.map((row) => (row as { readonly name: string }).name));
}

function stateAfter(applied: readonly string[]): MigrationState {
  const known = migrations.map(({ name }) => name);
  return { applied, pending: known.filter((name) => !applied.includes(name)), unknown: applied.filter((name) => !known.includes(name)) };
}

function refuseNewer({ unknown }: MigrationState): void {
  if (unknown.length > 0) throw new Unmigrated(`its tables were made by a newer build, which did ${unknown.join(', ')}: run that build here too, or a newer one`);
}

function run(link: Link, sql: string, parameters: readonly unknown[] = []): ReturnType<Link['query']> {
  return link.query(sql, parameters);
}

async function holding<T>(engine: Engine, work: (link: Link) => Promise<T>): Promise<T> {
  const link = await engine.acquire(PATIENCE);
  let cut = true;
  try {
    const result = await work(link);
    cut = false;
    return result;
  } finally {
    link.release(cut);
  }
}
