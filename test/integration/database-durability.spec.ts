import { setTimeout as sleep } from 'node:timers/promises';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';
import { Teller } from '../support/teller.js';

/** Registers accounts in the same database. */
const writer = (test: TestDatabase, name: string, { count, lanes }: { readonly count: number; readonly lanes: number }): Teller => new Teller('database-writer.ts', test, name, String(count), String(lanes));

async function accountsOf(test: TestDatabase): Promise<ReadonlySet<string>> {
  const rows = await test.database.run((db) => db.selectFrom('accounts').innerJoin('sessions', 'sessions.account_id', 'accounts.id').select('accounts.id').execute());
  return new Set(rows.map(({ id }) => id));
}

onEachDatabase('whoever was told that it is done', (open) => {
  it('finds it there, though the process was killed in the middle of others', async () => {
    await using test = await open();
    let told = 0;
    for (let round = 0; round < 4; round++) {
      const running = writer(test, `r${round}`, { count: 1_000_000, lanes: 8 });
      while (running.done.length < 20 * (round + 1)) {
        expect(running.errors).toBe('');
        await sleep(5);
      }
      await running.kill();
      const there = await accountsOf(test);
      expect(running.done.filter((id) => !there.has(id))).toEqual([]);
      told += running.done.length;
      // What was begun is there whole, or not at all.
      const [accounts] = await test.database.run((db) => db.selectFrom('accounts').select(({ fn }) => fn.countAll<number>().as('count')).execute());
      expect(accounts?.count).toBe(there.size);
    }
    expect((await accountsOf(test)).size).toBeGreaterThanOrEqual(told);
  }, 240_000);

  it('is not in the way of another process that writes', async () => {
    // A turn comes to everybody; on a busy machine it may take a while.
    await using test = await open({ timeout: '1m' });
    const writers = ['a', 'b', 'c'].map((name) => writer(test, name, { count: 100, lanes: 4 }));
    await Promise.all(writers.map(({ ended }) => ended));
    for (const { done, errors } of writers) expect([errors, done.length, done.includes('refused')]).toEqual(['', 100, false]);
    expect((await accountsOf(test)).size).toBe(300);
  }, 240_000);
});
