import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timeId } from '../auth/time-id.js';
import { entryOf } from './entry.js';
import { takeLeftovers } from './leftovers.js';
import type { Source } from './segments.js';
import { Spool } from './spool.js';
import { notice } from './trail.fixture.js';

let folder: string;
let made: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'passerelle-spool-'));
  made = path.join(folder, 'audit');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): Promise<Spool> => Spool.open(made, () => timeId(Date.now()));
const line = (requestId: string, size = 0): string => JSON.stringify(entryOf(notice({ requestId, details: { filler: 'x'.repeat(Math.min(size, 500)) } }), Date.now()));

/** All there is, as the database would take it. */
async function all(source: Source): Promise<string[]> {
  const ids: string[] = [];
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    ids.push(...batch.entries.map(({ requestId }) => requestId ?? ''));
    batch.done();
  }
  return ids;
}

it('gives what was written, in its order, once, and then takes no room', async () => {
  const spool = await open();
  for (const id of ['a', 'b', 'c']) spool.append(line(id));
  expect(spool.bytes).toBe(3 * (line('a').length + 1));
  const first = await spool.next();
  // What comes meanwhile is not lost.
  spool.append(line('d'));
  first?.done();
  expect(await all(spool)).toEqual(['d']);
  expect(spool.bytes).toBe(0);
  spool.append(line('e'));
  expect(await all(spool)).toEqual(['e']);
  expect(readdirSync(made).filter((name) => name.endsWith('.jsonl')).map((name) => statSync(path.join(made, name)).size)).toEqual([0]);
  spool.close();
  expect(readdirSync(made)).toEqual([]);
});

it('what the database did not take comes again', async () => {
  const spool = await open();
  spool.append(line('a'));
  await spool.next();
  expect((await spool.next())?.entries).toMatchObject([{ requestId: 'a' }]);
  spool.close();
});

it('is made of files that go one by one', async () => {
  const spool = await open();
  const ids = Array.from({ length: 4_000 }, (_none, i) => String(i));
  for (const id of ids) spool.append(line(id, 500));
  expect(readdirSync(made).length).toBeGreaterThan(3);
  expect(await all(spool)).toEqual(ids);
  expect(readdirSync(made)).toHaveLength(2);
  spool.close();
});

it('nobody takes over what somebody has; once they are gone, one does', async () => {
  const spool = await open();
  spool.append(line('a'));
  expect(await takeLeftovers(made, new Set())).toEqual([]);
  spool.close();
  const [leftover, ...more] = await takeLeftovers(made, new Set());
  expect([more, await takeLeftovers(made, new Set())]).toEqual([[], []]);
  if (leftover === undefined) throw new Error('There is nothing');
  expect(await all(leftover)).toEqual(['a']);
  leftover.remove();
  expect(readdirSync(made)).toEqual([]);
});

it('a line that was cut off by the end of its process is passed over, and so is what is none', async () => {
  const spool = await open();
  spool.append(line('a'));
  const [name] = readdirSync(made).filter((each) => each.endsWith('.jsonl'));
  spool.close();
  appendFileSync(path.join(made, name as string), `not json\n${line('b')}\n{"id":"cut o`);
  const [leftover] = await takeLeftovers(made, new Set());
  if (leftover === undefined) throw new Error('There is nothing');
  expect(await all(leftover)).toEqual(['a', 'b']);
  leftover.remove();
  expect(readdirSync(made)).toEqual([]);
});

it('is for its owner only', async () => {
  const spool = await open();
  expect([made, ...readdirSync(made).filter((name) => name.endsWith('.jsonl')).map((name) => path.join(made, name))].map((name) => statSync(name).mode & 0o077)).toEqual([0, 0]);
  spool.close();
});

it('says so when its folder cannot be made', async () => {
  appendFileSync(path.join(folder, 'file'), '');
  await expect(Spool.open(path.join(folder, 'file', 'audit'), () => timeId(1))).rejects.toThrow(/ENOTDIR/);
});
