import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from '../../database/migrations/index.js';
import { configured, ran } from '../io.fixture.js';

// The database has time, since a machine may stand still.
const FILE = 'version: 1\ndatabase: { timeout: 20s, connectTimeout: 20s }\n';
const names = migrations.map(({ name }) => name);
const databaseOf = (file: string): string => path.join(path.dirname(file), 'data', 'passerelle.db');

it('makes the tables of the embedded database, and then finds nothing to do', async () => {
  using sample = configured(FILE);
  const first = await ran(['migrate', sample.file]);
  expect(first).toMatchObject({ code: 0, err: '', out: `✓ The embedded database ${databaseOf(sample.file)}: ${names.length} migrations applied (${names.join(', ')})\n` });
  expect(statSync(databaseOf(sample.file)).mode & 0o777).toBe(0o600);
  const again = await ran(['migrate', '-c', sample.file]);
  expect(again).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/: nothing to do, its tables are what they must be\n$/) });
  expect((await ran(['migrate', sample.file, '--json'])).json()).toEqual({ ok: true, database: `The embedded database ${databaseOf(sample.file)}`, applied: [] });
});

it('says what is applied, and changes nothing for it', async () => {
  using sample = configured(FILE);
  const before = await ran(['migrate', sample.file, '--status']);
  expect([before.code, before.out]).toEqual([1, expect.stringMatching(/^The embedded database .*passerelle\.db\n {2}001-accounts +not applied yet\n/)]);
  expect(existsSync(path.dirname(databaseOf(sample.file)))).toBe(false);
  await ran(['migrate', sample.file]);
  const after = await ran(['migrate', sample.file, '--status']);
  expect([after.code, after.out]).toEqual([0, expect.stringMatching(/ {2}001-accounts +applied\n/)]);
  expect((await ran(['migrate', sample.file, '--status', '--json'])).json()).toMatchObject({ ok: true, applied: names, pending: [], unknown: [] });
});

it('refuses a database of a newer build', async () => {
  using sample = configured(FILE);
  await ran(['migrate', sample.file]);
  const database = new DatabaseSync(databaseOf(sample.file));
  database.exec("insert into schema_migrations values ('999-of-tomorrow', 1)");
  database.close();
  expect(await ran(['migrate', sample.file])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/newer build, which did 999-of-tomorrow: run that build here too, or a newer one\n$/) });
  expect(await ran(['migrate', sample.file, '--status'])).toMatchObject({ code: 1, out: expect.stringMatching(/999-of-tomorrow +applied by a newer build, which this one does not know/) });
});

it.each([
  ['a database that nobody answers for', 'database: { url: "postgresql://me:hush-hush@127.0.0.1:1/db", connectTimeout: 10s }', /^PostgreSQL at 127\.0\.0\.1:1, database db, schema passerelle cannot be migrated: .*ECONNREFUSED/],
  ['a folder that cannot be made', 'database: { file: ./gateway.yaml/passerelle.db }', /cannot be migrated: (?:EEXIST|ENOTDIR)/],
  ['a wrong configuration', 'database: { url: "mysql://me@host/db" }', /database\.url: .*expected postgresql:\/\//],
])('says what is wrong with %s', async (_what, yaml, message) => {
  using sample = configured(`version: 1\n${yaml}\n`);
  const { code, err, out } = await ran(['migrate', sample.file]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/hush-hush|\n {4}at /);
});

it('takes an empty url as none', async () => {
  using sample = configured('version: 1\ndatabase: { url: "${DATABASE_URL:-}", file: ./other.db }\n');
  expect((await ran(['migrate', sample.file])).code).toBe(0);
  expect(existsSync(path.join(path.dirname(sample.file), 'other.db'))).toBe(true);
  writeFileSync(sample.file, 'version: 1\ndatabase: { url: "${DATABASE_URL:-}" }\n');
  expect((await ran(['migrate', sample.file], { DATABASE_URL: 'postgresql://me@127.0.0.1:1' })).err).toContain('PostgreSQL at 127.0.0.1:1, database me');
});
