import { rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { configured, ran } from '../io.fixture.js';

// The database has time, since a machine may stand still.
const FILE = 'version: 1\ndatabase: { timeout: 20s, connectTimeout: 20s }\naudit: {}\nauthenticate: { keys: { use: api-key } }\n';
const databaseOf = (file: string): string => path.join(path.dirname(file), 'data', 'passerelle.db');

/** A file whose trail has two entries: the command line makes a key, and revokes it. */
async function recorded() {
  const sample = configured(FILE);
  await ran(['keys', 'create', '-c', sample.file, '--name', 'billing', '--json']);
  const { id } = (await ran(['keys', 'list', '-c', sample.file, '--json'])).json<{ keys: [{ id: string }] }>().keys[0];
  await ran(['keys', 'revoke', id, '-c', sample.file]);
  return { ...sample, id, [Symbol.dispose]: () => sample[Symbol.dispose]() };
}

it('what the command line does with keys is in the trail, and can be exported', async () => {
  using sample = await recorded();
  const { code, out } = await ran(['audit', 'export', sample.file]);
  const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect([code, lines]).toMatchObject([0, [
    { seq: 1, action: 'key.create', outcome: 'done', actor: 'command-line', subject: `key:${sample.id}`, details: { name: 'billing' } },
    { seq: 2, action: 'key.revoke', actor: 'command-line' },
  ]]);
  expect((await ran(['audit', 'export', '-c', sample.file, '--action', 'key.r*'])).out.trimEnd().split('\n')).toHaveLength(1);
  expect((await ran(['audit', 'export', sample.file, '--until', '1h'])).out).toBe('');
});

it('an unbroken chain is told, with its head', async () => {
  using sample = await recorded();
  const { code, out } = await ran(['audit', 'verify', sample.file]);
  expect([code, out]).toEqual([0, expect.stringMatching(/^✓ The embedded database .*passerelle\.db: 2 audit entries\n {2}head 2:[\da-f]{64}\n$/)]);
  const { head } = (await ran(['audit', 'verify', sample.file, '--json'])).json<{ head: string }>();
  expect((await ran(['audit', 'verify', sample.file, '--head', head])).out).toContain('the noted head is part of the chain\n');
});

it('a broken one fails, and says where', async () => {
  using sample = await recorded();
  const { head } = (await ran(['audit', 'verify', sample.file, '--json'])).json<{ head: string }>();
  const database = new DatabaseSync(databaseOf(sample.file));
  database.exec("update audit set actor = 'account:1' where seq = 1");
  expect(await ran(['audit', 'verify', sample.file])).toMatchObject({ code: 1, out: expect.stringMatching(/^✗ .*\n {2}1: the entry was changed\n/) });
  database.exec('delete from audit');
  database.close();
  expect(await ran(['audit', 'verify', sample.file])).toMatchObject({ code: 0, out: expect.stringContaining(': 0 audit entries\n') });
  expect(await ran(['audit', 'verify', sample.file, '--head', head])).toMatchObject({ code: 1, out: expect.stringContaining('not part of the chain') });
});

it.each<[string, readonly string[], number, RegExp]>([
  ['there is no database', ['verify'], 1, /is not there: nothing was recorded yet/],
  ['the head is none', ['verify', '--head', 'abc'], 2, /seq:hash/],
  ['the moment is none', ['export', '--since', 'yesterday'], 2, /--since takes a moment/],
  ['there is no such action', ['erase'], 2, /Allowed choices are verify, export/],
])('says what is wrong: %s', async (_what, argv, code, message) => {
  using sample = configured(FILE);
  const said = await ran(['audit', ...argv, '-c', sample.file]);
  expect(said).toMatchObject({ code, out: '' });
  expect(said.err).toMatch(message);
});

it('makes no database, and changes none', async () => {
  using sample = configured(FILE);
  await ran(['audit', 'verify', sample.file]);
  expect(() => new DatabaseSync(databaseOf(sample.file))).toThrow(/unable to open/);
  await ran(['migrate', sample.file]);
  const database = new DatabaseSync(databaseOf(sample.file));
  database.exec("delete from schema_migrations where name = '004-records'");
  database.close();
  expect(await ran(['audit', 'verify', sample.file])).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be asked: .*migrat/) });
  rmSync(databaseOf(sample.file));
});
