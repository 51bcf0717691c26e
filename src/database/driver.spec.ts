import type { Transaction } from 'kysely';
import { kyselyOver } from './driver.js';
import { Outage, type Engine, type Link, type Outcome } from './engine.js';
import type { Tables } from './tables.js';

/** An engine that notes what it is told, and answers as it is told to. */
class Noting implements Engine {
  readonly kind = 'sqlite';
  readonly told: string[] = [];

  constructor(private readonly answer: (sql: string) => Promise<Partial<Outcome>> = () => Promise.resolve({})) {}

  open = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
  acquire = (): Promise<Link> => Promise.resolve({
    query: async (sql) => {
      this.told.push(sql.split(' ')[0] as string);
      return { rows: [], affected: null, command: '', ...(await this.answer(sql)) };
    },
    release: (cut) => { this.told.push(cut ? 'cut' : 'released'); },
  });
}

const read = (trx: Transaction<Tables>): Promise<unknown> => trx.selectFrom('accounts').select('id').execute();
const failing = (at: string, error: Error) => (sql: string): Promise<Partial<Outcome>> => (sql.startsWith(at) ? Promise.reject(error) : Promise.resolve({}));

it.each([
  ['is done', undefined, ['begin', 'select', 'commit', 'released']],
  ['is undone when a statement fails', failing('select', new Error('wrong')), ['begin', 'select', 'rollback', 'released']],
  ['is cut when the engine does not answer', failing('select', new Outage('slow', 'late')), ['begin', 'select', 'cut']],
  ['is cut when it cannot even begin', failing('begin', new Outage('lost', 'gone')), ['begin', 'cut']],
  ['is cut when it cannot be undone', (sql: string) => (sql === 'begin immediate' ? Promise.resolve({}) : Promise.reject(new Error('wrong'))), ['begin', 'select', 'rollback', 'cut']],
  ['is not done when the engine says it is undone', (sql: string) => Promise.resolve({ command: sql === 'commit' ? 'ROLLBACK' : '' }), ['begin', 'select', 'commit', 'rollback', 'released']],
] as const)('a transaction %s', async (_what, answer, told) => {
  const engine = new Noting(answer);
  const db = await kyselyOver(engine);
  const outcome = await db.transaction().execute(read).then(() => 'done', () => 'undone');
  expect([engine.told, outcome]).toEqual([told, answer === undefined ? 'done' : 'undone']);
});

it('whoever goes on while it is being undone is refused, and does not write outside of it', async () => {
  const undoing = Promise.withResolvers<Partial<Outcome>>();
  const asked = Promise.withResolvers<void>();
  const engine = new Noting((sql) => {
    if (sql !== 'rollback') return Promise.resolve({});
    asked.resolve();
    return undoing.promise;
  });
  const db = await kyselyOver(engine);
  let kept: Transaction<Tables> | undefined;
  const work = db.transaction().execute((trx) => {
    kept = trx;
    return Promise.reject(new Error('no'));
  });
  work.catch(() => undefined);
  await asked.promise;
  await expect(read(kept as Transaction<Tables>)).rejects.toThrow('This transaction is over');
  undoing.resolve({});
  await expect(work).rejects.toThrow('no');
  expect(engine.told).toEqual(['begin', 'rollback', 'released']);
});

it('a transaction that is given up while it waits for an answer is not waited for', async () => {
  const engine = new Noting((sql) => (sql.startsWith('select') ? new Promise(() => undefined) : Promise.resolve({})));
  const db = await kyselyOver(engine);
  await expect(db.transaction().execute((trx) => Promise.race([read(trx), Promise.reject(new Error('late'))]))).rejects.toThrow('late');
  expect(engine.told).toEqual(['begin', 'select', 'cut']);
});
