import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Problem } from '#libs/kernel';
import { until } from '#libs/testing';
import { engineOf, type Database } from '../../src/database/index.js';
import { describePostgres, openEmbedded, openOn, startPostgres, type TestDatabase } from '../support/databases.js';
import type { PostgresServer } from '../support/postgres.js';
import { timed } from '../support/redis-connection.js';

// Machines that do much else take their time.
jest.setTimeout(60_000);

const ask = (database: Database): Promise<unknown> => database.run((db) => db.selectFrom('accounts').select('id').execute());
const note = (database: Database, subject: string): Promise<unknown> =>
  database.transaction((trx) => trx.insertInto('revocations').values({ kind: 'token', subject, before: 1, expires_at: 2 }).execute());
const noted = async (database: Database): Promise<readonly string[]> => (await database.run((db) => db.selectFrom('revocations').select('subject').orderBy('subject').execute())).map(({ subject }) => subject);

/** How it was refused: code, status and `Retry-After`, and how many milliseconds that took. */
async function refusal(work: () => Promise<unknown>): Promise<{ readonly time: number; readonly said: unknown }> {
  const { result, time } = await timed(() => work().then(() => null, (error: unknown) => error));
  return { time, said: result instanceof Problem ? [result.type.code, result.status, result.extras.headers?.['Retry-After']] : result };
}

const AWAY = ['database-away', 503, '1'];
/** For calls whose time is to run out; enough of it for those between. */
const QUICK = { timeout: '2s', connectTimeout: '2s' };

/** Whether it is refused long before its time is over; one try may meet a machine that stands still. */
async function refusedAtOnce(work: () => Promise<unknown>): Promise<boolean> {
  for (let i = 0; i < 5; i++) {
    const { said, time } = await refusal(work);
    expect(said).toEqual(AWAY);
    if (time < 50) return true;
  }
  return false;
}

describePostgres('PostgreSQL that comes and goes', () => {
  let server: PostgresServer;
  let test: TestDatabase;
  beforeAll(async () => { server = await startPostgres(); });
  beforeEach(async () => {
    // A machine that does much else may take its time for the tables.
    test = await openOn(server)();
  });
  afterEach(async () => {
    server.thaw();
    await test[Symbol.asyncDispose]();
    await server.restart();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is away when it is killed, and back when it is started again', async () => {
    const database = await test.another();
    await note(database, 'before');
    await server.kill();
    await until(async () => (await refusal(() => ask(database))).said !== null && database.away !== null);
    expect(await refusedAtOnce(() => note(database, 'meanwhile'))).toBe(true);
    expect(database.away).toMatch(/ECONNREFUSED|terminated|ECONNRESET/);
    await server.restart();
    await until(() => database.away === null);
    await note(database, 'after');
    expect(await noted(database)).toEqual(['after', 'before']);
  });

  it('is away when it is frozen, calls in time, and back when it goes on', async () => {
    const database = await test.another(QUICK);
    server.freeze();
    const first = await Promise.all([refusal(() => ask(database)), refusal(() => note(database, 'frozen')), ...Array.from({ length: 20 }, () => refusal(() => ask(database)))]);
    for (const { said, time } of first) {
      expect(said).toEqual(AWAY);
      expect(time).toBeLessThan(10_000);
    }
    await until(() => database.away !== null);
    expect(await refusedAtOnce(() => ask(database))).toBe(true);
    server.thaw();
    await until(() => database.away === null);
    await note(database, 'after');
    expect(await noted(database)).not.toContain('frozen');
  });

  it('a statement that takes too long is given up, there too, and the database is not away for it', async () => {
    const database = await test.another(QUICK);
    const { sql } = await import('kysely');
    const { said } = await refusal(() => database.run((db) => sql`select pg_sleep(30)`.execute(db)));
    expect(said).toEqual(AWAY);
    await until(async () => (await server.call("select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'")).length === 0);
    expect(database.away).toBeNull();
    await ask(database);
  });

  it('a transaction that takes too long is undone, and whoever goes on in it is refused', async () => {
    const database = await test.another(QUICK);
    let late: Promise<unknown> = Promise.resolve();
    const { said } = await refusal(() => database.transaction(async (trx) => {
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'one', before: 1, expires_at: 2 }).execute();
      late = sleep(3_000).then(() => trx.insertInto('revocations').values({ kind: 'token', subject: 'two', before: 1, expires_at: 2 }).execute()).then(() => 'done', (error: Error) => error);
      await late;
    }));
    expect([said, await late]).toEqual([AWAY, expect.any(Error)]);
    expect(await noted(database)).toEqual([]);
  });

  it('a transaction whose failed statement was caught is not said to be done', async () => {
    const database = await test.another();
    await note(database, 'there');
    const work = database.transaction(async (trx) => {
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'new', before: 1, expires_at: 2 }).execute();
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'there', before: 1, expires_at: 2 }).execute().catch(() => undefined);
    });
    await expect(work).rejects.toThrow();
    expect(await noted(database)).toEqual(['there']);
  });

  it('that is killed in the middle of a transaction takes nothing with it', async () => {
    const database = await test.another();
    const { said } = await refusal(() => database.transaction(async (trx) => {
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'half', before: 1, expires_at: 2 }).execute();
      await server.kill();
      await sleep(100);
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'other half', before: 1, expires_at: 2 }).execute();
    }));
    expect(said).toEqual(AWAY);
    await server.restart();
    await until(() => database.away === null);
    expect(await noted(database)).toEqual([]);
  });

  it('a connection that an operator ends is replaced', async () => {
    const database = await test.another();
    await Promise.all(Array.from({ length: 5 }, () => ask(database)));
    await server.call("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'passerelle'");
    await until(async () => (await refusal(() => ask(database))).said === null && database.away === null);
  });

  it('says why it cannot be had', async () => {
    const wrong = await test.another({ url: server.url.replace('sesame', 'barley') });
    expect(wrong.away).toContain('password authentication failed');
    const none = await test.another({ url: 'postgresql://nobody@127.0.0.1:1/none' });
    expect(none.away).toContain('ECONNREFUSED');
  });
});

describe('an embedded database that cannot be had', () => {
  it('is away while its folder cannot be made, and back when it can', async () => {
    await using test = await openEmbedded();
    const folder = `${dirname(test.file().file)}/other`;
    await writeFile(folder, 'in the way');
    const database = await test.another({ file: './other/passerelle.db' });
    expect(database.away).toMatch(/EEXIST|ENOTDIR/);
    expect((await refusal(() => ask(database))).said).toEqual(AWAY);
    await rm(folder);
    await until(() => database.away === null);
    await ask(database);
  });

  it('is away when its file is none of a database', async () => {
    await using test = await openEmbedded();
    const folder = dirname(test.file().file);
    await writeFile(`${folder}/text.db`, 'this is no database, but it is long enough to look like one, had it only another beginning. '.repeat(20));
    expect((await test.another({ file: './text.db' })).away).toContain('not a database');
  });

  it('makes its folder, and its files for their owner only', async () => {
    await using test = await openEmbedded();
    const folder = `${dirname(test.file().file)}/data`;
    await note(test.database, 'x');
    for (const name of ['passerelle.db', 'passerelle.db-wal', 'passerelle.db-shm']) expect((await stat(`${folder}/${name}`)).mode & 0o777).toBe(0o600);
  });

  it('whoever waits too long for another process is refused, and the database is not away for it', async () => {
    await using test = await openEmbedded();
    const database = await test.another({ timeout: '2s' });
    const other = new DatabaseSync(`${dirname(test.file().file)}/data/passerelle.db`);
    other.exec('begin immediate');
    const { said, time } = await refusal(() => note(database, 'waits'));
    expect([said, time < 10_000]).toEqual([AWAY, true]);
    expect(await noted(database)).toEqual([]);
    expect(database.away).toBeNull();
    other.exec('rollback');
    other.close();
    await note(database, 'after');
    expect(await noted(database)).toEqual(['after']);
  });

  it('a transaction that takes too long is undone, and those after it go on', async () => {
    await using test = await openEmbedded();
    const database = await test.another({ timeout: '2s' });
    let late: Promise<unknown> = Promise.resolve();
    const { said } = await refusal(() => database.transaction(async (trx) => {
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'one', before: 1, expires_at: 2 }).execute();
      late = sleep(3_000).then(() => trx.insertInto('revocations').values({ kind: 'token', subject: 'two', before: 1, expires_at: 2 }).execute()).then(() => 'done', (error: Error) => error);
      await late;
    }));
    await note(database, 'three');
    expect([said, await late]).toEqual([AWAY, expect.any(Error)]);
    expect(await noted(database)).toEqual(['three']);
  });

  it('a transaction with a statement that takes too long is undone, when that comes to its end', async () => {
    await using test = await openEmbedded();
    const database = await test.another({ timeout: '300ms' });
    const { sql } = await import('kysely');
    const { said } = await refusal(() => database.transaction(async (trx) => {
      await trx.insertInto('revocations').values({ kind: 'token', subject: 'one', before: 1, expires_at: 2 }).execute();
      await sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000000) select count(*) as count from n`.execute(trx);
    }));
    expect(said).toEqual(AWAY);
    await until(async () => (await refusal(() => note(database, 'two'))).said === null);
    expect(await noted(test.database)).toEqual(['two']);
  });

  it('a long statement holds up nobody but those who ask the database', async () => {
    await using test = await openEmbedded();
    const database = await test.another({ timeout: '300ms' });
    const { sql } = await import('kysely');
    const long = refusal(() => database.run((db) => sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < 4000000) select count(*) as count from n`.execute(db)));
    let over = false;
    void long.then(() => { over = true; });
    await sleep(10);
    expect(over).toBe(false);
    expect((await long).said).toEqual(AWAY);
    await until(async () => (await refusal(() => ask(database))).said === null);
  });

  it('is closed once for all', async () => {
    await using test = await openEmbedded();
    const { database } = test;
    await database.close();
    expect([database.away, (await refusal(() => ask(database))).said]).toEqual(['it is closed', AWAY]);
    await expect(engineOf(test.file()).acquire()).rejects.toThrow('it is not open');
  });
});

