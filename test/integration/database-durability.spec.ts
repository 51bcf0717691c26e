import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';

const support = path.resolve(import.meta.dirname, '../support');

/** A process that registers accounts in the same database; what it was told so far. */
class Writer {
  readonly done: string[] = [];
  errors = '';
  readonly #child;
  readonly ended: Promise<unknown>;

  constructor(test: TestDatabase, name: string, { count, lanes }: { readonly count: number; readonly lanes: number }) {
    const settings = JSON.stringify({ ...test.settings, migrate: 'auto' });
    const argv = ['--conditions=source', '--import', path.join(support, 'sources.mjs'), path.join(support, 'database-writer.ts'), test.file().file, settings, name, String(count), String(lanes)];
    this.#child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.done.push(...lines);
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => { this.errors += text; });
    this.ended = once(this.#child, 'close');
  }

  kill(): Promise<unknown> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }
}

async function accountsOf(test: TestDatabase): Promise<ReadonlySet<string>> {
  const rows = await test.database.run((db) => db.selectFrom('accounts').innerJoin('sessions', 'sessions.account_id', 'accounts.id').select('accounts.id').execute());
  return new Set(rows.map(({ id }) => id));
}

onEachDatabase('whoever was told that it is done', (open) => {
  it('finds it there, though the process was killed in the middle of others', async () => {
    await using test = await open();
    let told = 0;
    for (let round = 0; round < 4; round++) {
      const writer = new Writer(test, `r${round}`, { count: 1_000_000, lanes: 8 });
      while (writer.done.length < 20 * (round + 1)) {
        expect(writer.errors).toBe('');
        await sleep(5);
      }
      await writer.kill();
      const there = await accountsOf(test);
      expect(writer.done.filter((id) => !there.has(id))).toEqual([]);
      told += writer.done.length;
      // What was begun is there whole, or not at all.
      const [accounts] = await test.database.run((db) => db.selectFrom('accounts').select(({ fn }) => fn.countAll<number>().as('count')).execute());
      expect(accounts?.count).toBe(there.size);
    }
    expect((await accountsOf(test)).size).toBeGreaterThanOrEqual(told);
  }, 60_000);

  it('is not in the way of another process that writes', async () => {
    await using test = await open();
    const writers = ['a', 'b', 'c'].map((name) => new Writer(test, name, { count: 100, lanes: 4 }));
    await Promise.all(writers.map(({ ended }) => ended));
    for (const { done, errors } of writers) expect([errors, done.length, done.includes('refused')]).toEqual(['', 100, false]);
    expect((await accountsOf(test)).size).toBe(300);
  }, 60_000);
});
