import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MemoryLimitStore, StoreByLimit, type Take } from '#libs/rate-limit';
import { FakeClock, limitStoreContract } from '#libs/testing';
import { QuotaStore } from './quota-store.js';

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'passerelle-quotas-'));
  folders.push(path);
  return path;
}
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

limitStoreContract('a file of quotas beside memory', () => {
  const clock = new FakeClock();
  const quotas = new QuotaStore(folder(), clock);
  return { store: new StoreByLimit({ quotas, others: new MemoryLimitStore({ clock }) }), now: () => clock.now(), pass: (ms) => clock.advance(ms), close: () => quotas.close() };
});

describe('QuotaStore', () => {
  const ends = Date.UTC(2026, 0, 2);
  const take = (key: string, count = 5): Take => ({ key, cost: 1, binding: true, limit: { use: 'quota', count, ends } });

  it('is one counter for all who have the file open, and for those who open it later', () => {
    const [path, clock] = [folder(), new FakeClock()];
    const [one, other] = [new QuotaStore(path, clock), new QuotaStore(path, clock)];
    const given = Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).take([take('a')])[0]?.allowed);
    expect(given.filter(Boolean)).toHaveLength(5);
    one.close();
    other.close();
    const later = new QuotaStore(path, clock);
    expect(later.take([take('a'), take('b')]).map(({ allowed, remaining }) => [allowed, remaining])).toEqual([[false, 0], [true, 5]]);
    later.close();
  });

  it('has what a process took that was killed in the same moment', () => {
    const path = folder();
    const clock = new FakeClock();
    new QuotaStore(path, clock).close();
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(join(path, 'limits.db'))});
      database.prepare("INSERT INTO quotas VALUES ('a', 4, ${ends})").run();
      process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['-e', script], { stdio: 'ignore' })).toThrow();
    const store = new QuotaStore(path, clock);
    expect([store.take([take('a')])[0]?.allowed, store.take([take('a')])[0]?.allowed]).toEqual([true, false]);
    store.close();
  });

  it('forgets quotas that are over, a while later', () => {
    const clock = new FakeClock(ends - 1_000);
    const store = new QuotaStore(folder(), clock);
    store.take([take('a')]);
    clock.advance(2_000);
    store.take([take('b')]);
    expect(store.size).toBe(2);
    clock.advance(2 * 3_600_000);
    store.take([{ ...take('c'), limit: { use: 'quota', count: 1, ends: ends + 86_400_000 } }]);
    expect(store.size).toBe(1);
    store.close();
  });

  it.each<[string, (path: string) => string]>([
    ['a folder that cannot be', (path) => {
      writeFileSync(join(path, 'file'), '');
      return join(path, 'file', 'data');
    }],
    ['a file that is no database', (path) => {
      writeFileSync(join(path, 'limits.db'), 'x'.repeat(5_000));
      return path;
    }],
  ])('says in words that it cannot keep them: %s', (_name, prepare) => {
    const path = prepare(folder());
    expect(() => new QuotaStore(path, new FakeClock())).toThrow(`limits.data: the quotas cannot be kept in ${join(path, 'limits.db')}: `);
  });

  it('does not wait again and again for a file that is locked', () => {
    const [path, clock] = [folder(), new FakeClock()];
    const store = new QuotaStore(path, clock);
    store.take([take('a')]);
    const other = new DatabaseSync(join(path, 'limits.db'));
    other.exec('BEGIN IMMEDIATE');
    const started = performance.now();
    // Each would wait for 200 ms.
    for (let i = 0; i < 60; i++) store.give([take('a')]);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(() => store.take([take('a')])).toThrow(/locked/);
    other.exec('ROLLBACK');
    other.close();
    clock.advance(1_000);
    expect(store.take([take('a')])[0]).toMatchObject({ allowed: true, remaining: 3 });
    store.close();
  });

  it('throws when it cannot write any more, and goes on when it can', () => {
    const [path, clock] = [folder(), new FakeClock()];
    const store = new QuotaStore(path, clock);
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const blocker = new DatabaseSync(join(path, 'limits.db'));
    blocker.exec('BEGIN IMMEDIATE');
    expect(() => store.take([take('a')])).toThrow('locked');
    expect(() => store.take([take('a'), take('b')])).toThrow('locked');
    store.give([take('a')]);
    blocker.exec('ROLLBACK');
    expect(() => store.take([take('a')])).toThrow('locked');
    clock.advance(1_000);
    expect(store.take([take('a'), take('b')]).every(({ allowed }) => allowed)).toBe(true);
    blocker.close();
    store.close();
  });
});
