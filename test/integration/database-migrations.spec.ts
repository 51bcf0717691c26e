import { jest } from '@jest/globals';
import { systemClock } from '#libs/kernel';
import { until } from '#libs/testing';
import { engineOf, migrate, stateOf, type DatabaseFile } from '../../src/database/index.js';
import { migrations } from '../../src/database/migrations/index.js';
import { onEachDatabase } from '../support/databases.js';

// Machines that do much else take their time.
jest.setTimeout(60_000);

type Engine = ReturnType<typeof engineOf>;

const names = migrations.map(({ name }) => name);

/** Some work with an engine of its own. */
async function engaged<T>(config: DatabaseFile, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = engineOf(config);
  try {
    await engine.open();
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** Runs statements as they are. */
const told = (config: DatabaseFile, ...statements: readonly string[]): Promise<void> => engaged(config, async (engine) => {
  const link = await engine.acquire();
  for (const statement of statements) await link.query(statement, []);
  link.release(false);
});

it('their names are in order, and no two are the same', () => {
  expect(names).toEqual([...new Set(names)].sort());
});

onEachDatabase('migrations', (open, kind) => {
  /** A place beside, without any tables. */
  const elsewhere = (n: number): object => (kind === 'sqlite' ? { file: `./data/empty-${n}.db` } : { schema: `empty_${n}` });

  it('make everything, once', async () => {
    await using test = await open();
    expect(await engaged(test.file(), stateOf)).toEqual({ applied: names, pending: [], unknown: [] });
    expect(await engaged(test.file(), (engine) => migrate(engine, systemClock))).toEqual([]);
    const rows = await test.database.run((db) => db.selectFrom('schema_migrations').select('name').orderBy('name').execute());
    expect(rows.map(({ name }) => name)).toEqual(names);
  });

  it('many at once do it once, and all find it done', async () => {
    await using test = await open();
    const handles = await Promise.all(Array.from({ length: 6 }, () => test.another(elsewhere(1))));
    expect(test.told.filter((away) => away !== null)).toEqual([]);
    const [handle] = handles as [typeof handles[number]];
    expect(await handle.run((db) => db.selectFrom('schema_migrations').select('name').orderBy('name').execute())).toEqual(names.map((name) => ({ name })));
  });

  it('left to somebody else, are waited for', async () => {
    await using test = await open();
    const config = test.file({ ...elsewhere(2), migrate: 'manual' });
    const database = await test.another({ ...elsewhere(2), migrate: 'manual' });
    expect(database.away).toContain('its tables are not made yet: run "passerelle migrate"');
    expect(await engaged(config, stateOf)).toEqual({ applied: [], pending: names, unknown: [] });
    expect(await engaged(config, (engine) => migrate(engine, systemClock))).toEqual(names);
    await until(() => database.away === null);
    expect(await database.run((db) => db.selectFrom('accounts').selectAll().execute())).toEqual([]);
  });

  it('that lack the last one are told apart from none', async () => {
    await using test = await open();
    await told(test.file(), `delete from schema_migrations where name = '${names.at(-1)}'`);
    expect((await test.another({ migrate: 'manual' })).away).toContain('its tables are behind this build');
  });

  it('of a newer build are refused, whoever migrates', async () => {
    await using test = await open();
    await test.database.run((db) => db.insertInto('schema_migrations').values({ name: '999-of-tomorrow', applied_at: 1 }).execute());
    for (const by of ['auto', 'manual']) expect((await test.another({ migrate: by })).away).toMatch(/newer build, which did 999-of-tomorrow/);
    await expect(engaged(test.file(), (engine) => migrate(engine, systemClock))).rejects.toThrow('run that build here too, or a newer one');
  });

  it('that fail leave nothing behind', async () => {
    await using test = await open();
    const config = test.file(elsewhere(3));
    await told(config, ...(kind === 'postgres' ? [`create schema ${config.database.schema}`] : []), 'create table audit (other integer)');
    await expect(engaged(config, (engine) => migrate(engine, systemClock))).rejects.toThrow(/audit.*already exists/);
    expect(await engaged(config, stateOf)).toEqual({ applied: [], pending: names, unknown: [] });
    expect((await test.another(elsewhere(3))).away).toMatch(/already exists/);
  });

  it('keep to types', async () => {
    await using test = await open();
    const wrong = { kind: 'token', subject: 's', before: 'soon', expires_at: 1 } as never;
    await expect(test.database.run((db) => db.insertInto('revocations').values(wrong).execute())).rejects.toThrow();
    await expect(test.database.run((db) => db.insertInto('revocations').values({ kind: 'tokin' as 'token', subject: 's', before: 1, expires_at: 1 }).execute())).rejects.toThrow(/check/i);
  });
});
