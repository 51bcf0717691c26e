import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { events, systemClock } from '#libs/kernel';
import { until } from '#libs/testing';
import { databaseSchema } from '../config/schema/database.js';
import type { DatabaseFile } from './connect.js';
import { DatabaseDirectory } from './database-directory.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'passerelle-directory-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const file = (settings: object = {}): DatabaseFile => ({ file: path.join(folder, 'gateway.yaml'), database: databaseSchema.parse({ connectTimeout: '10s', ...settings }) });

it('opens nothing where nothing needs it', async () => {
  const directory = new DatabaseDirectory();
  const built = await directory.prepare(file(), false, systemClock);
  await built.settled;
  built.adopt();
  expect([built.database, directory.current, existsSync(path.join(folder, 'data'))]).toEqual([null, null, false]);
  await directory.onApplicationShutdown();
});

it('keeps the database while its settings stay, and ends it with the gateway', async () => {
  const directory = new DatabaseDirectory();
  const first = await directory.prepare(file(), true, systemClock);
  await first.settled;
  expect([first.database?.away, directory.current]).toEqual([null, null]);
  first.adopt();
  const same = await directory.prepare(file(), true, systemClock);
  same.discard();
  expect([same.database === first.database, directory.current === first.database, first.database?.away]).toEqual([true, true, null]);

  const other = await directory.prepare(file({ file: './data/other.db' }), true, systemClock);
  await other.settled;
  expect([other.database === first.database, directory.current === first.database]).toEqual([false, true]);
  other.adopt();
  expect([directory.current === other.database, first.database?.away]).toEqual([true, null]);

  const none = await directory.prepare(file(), false, systemClock);
  none.adopt();
  expect(directory.current).toBeNull();
  await directory.onApplicationShutdown();
  expect([first.database?.away, other.database?.away]).toEqual(['it is closed', 'it is closed']);
});

it('what came to nothing is closed, unless it is in force', async () => {
  const directory = new DatabaseDirectory();
  const lost = await directory.prepare(file(), true, systemClock);
  await lost.settled;
  lost.discard();
  expect(lost.database?.away).toBe('it is closed');
  await directory.onApplicationShutdown();
});

it('tells of the database in force only, once per change', async () => {
  const heard: (string | null)[] = [];
  const end = events.databaseChanged.subscribe(({ away }) => heard.push(away));
  const directory = new DatabaseDirectory();
  try {
    writeFileSync(path.join(folder, 'data'), 'in the way');
    const discarded = await directory.prepare(file(), true, systemClock);
    await discarded.settled;
    discarded.discard();
    expect(heard).toEqual([]);
    (await directory.prepare(file(), true, systemClock)).adopt();
    await until(() => heard.length === 1);
    rmSync(path.join(folder, 'data'));
    await until(() => heard.length === 2);
    expect(heard).toEqual([expect.stringMatching(/EEXIST|ENOTDIR/), null]);
  } finally {
    await directory.onApplicationShutdown();
    end();
  }
  expect(heard).toHaveLength(2);
});
