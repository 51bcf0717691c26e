import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { systemClock } from '#libs/kernel';
import { until } from '#libs/testing';
import { ChangeFeed, ChangeFeeds, type Change, type Database } from '../../src/database/index.js';
import { describePostgres, onEachDatabase, openOn, startPostgres, type TestDatabase } from '../support/databases.js';
import type { PostgresServer } from '../support/postgres.js';

// Machines that do much else take their time.
jest.setTimeout(60_000);

/** A process, as far as changes are concerned. */
class Process implements Disposable {
  readonly heard: string[] = [];
  readonly feed: ChangeFeed;
  loads = 0;

  constructor(readonly database: Database, sync = 30, tellOthers: () => Promise<void> = async () => {}) {
    this.feed = new ChangeFeed({ database, clock: systemClock, sync, tellOthers });
  }

  /** Hears of keys, and waits until it does. */
  static async following(database: Database, sync?: number): Promise<Process> {
    const process = new Process(database, sync);
    process.feed.subscribe('key', process.hear, process.load);
    await until(() => process.loads > 0);
    return process;
  }

  readonly hear = ({ body, subject }: Change): void => { this.heard.push(`${subject} ${JSON.stringify(body)}`); };
  readonly load = (): Promise<void> => {
    this.loads++;
    return Promise.resolve();
  };

  async change(subject: string, body: unknown = 1, kind = 'key'): Promise<void> {
    await this.database.transaction((trx) => this.feed.record(trx, { kind, subject, body }));
  }

  [Symbol.dispose](): void {
    this.feed.close();
  }
}

onEachDatabase('changes', (open) => {
  it('are heard once and in order, here at once, elsewhere soon', async () => {
    await using test = await open();
    using one = await Process.following(test.database, 60_000);
    using two = await Process.following(await test.another());
    await one.change('a', { revoked: true });
    await one.change('x', null, 'another kind');
    await one.feed.announce();
    expect(one.heard).toEqual(['a {"revoked":true}']);
    await two.change('b');
    await one.change('c');
    await one.feed.announce();
    expect(one.heard).toEqual(['a {"revoked":true}', 'b 1', 'c 1']);
    await until(() => two.heard.length === 3);
    await sleep(100);
    expect(two.heard).toEqual(one.heard);
  });

  it('that were undone are not heard, and those from before neither', async () => {
    await using test = await open();
    using one = new Process(test.database);
    await one.change('before');
    using two = await Process.following(await test.another());
    await expect(test.database.transaction(async (trx) => {
      await one.feed.record(trx, { kind: 'key', subject: 'undone', body: 1 });
      throw new Error('no');
    })).rejects.toThrow('no');
    await one.change('after');
    await until(() => two.heard.length > 0);
    await sleep(100);
    expect(two.heard).toEqual(['after 1']);
  });

  it('of many at once all arrive, each once', async () => {
    await using test = await open();
    const others = await Promise.all([test.another(), test.another()]);
    using reader = await Process.following(test.database, 5);
    const names = Array.from({ length: 150 }, (_, n) => `s${n}`);
    await Promise.all(names.map((name, n) => new Process(others[n % 2] as Database).change(name)));
    await until(() => reader.heard.length >= names.length);
    await sleep(100);
    expect([...reader.heard].sort()).toEqual(names.map((name) => `${name} 1`).sort());
  });

  it('wait for what is loaded first, and follow it', async () => {
    await using test = await open();
    using writer = new Process(test.database);
    using reader = new Process(await test.another());
    const loading = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const seen: string[] = [];
    const end = reader.feed.subscribe('key', ({ subject }) => seen.push(subject), async () => {
      begun.resolve();
      await loading.promise;
      seen.push('loaded');
    });
    await begun.promise;
    await writer.change('a');
    await reader.feed.announce();
    expect(seen).toEqual([]);
    loading.resolve();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['loaded', 'a']);
    end();
    await writer.change('b');
    await reader.feed.announce();
    expect(seen).toHaveLength(2);
  });

  it('whoever fails to load, or to listen, loads again', async () => {
    await using test = await open();
    using one = new Process(test.database, 10);
    let loads = 0;
    const heard: string[] = [];
    one.feed.subscribe('key', ({ subject }) => {
      if (subject === 'poison') throw new Error('no');
      heard.push(subject);
    }, () => (++loads < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()));
    await until(() => loads === 3);
    await one.change('poison');
    await until(() => loads === 4);
    await one.change('good');
    await until(() => heard.length > 0);
    expect([loads, heard]).toEqual([4, ['good']]);
  });

  it('are deleted after a day', async () => {
    await using test = await open();
    using one = new Process(test.database);
    await one.change('old');
    await one.change('new');
    await test.database.run((db) => db.updateTable('changes').set({ at: Date.now() - 25 * 3_600_000 }).where('subject', '=', 'old').execute());
    one.feed.subscribe('key', one.hear);
    await until(async () => (await test.database.run((db) => db.selectFrom('changes').select('subject').execute())).length === 1);
    expect(await test.database.run((db) => db.selectFrom('changes').select('subject').execute())).toEqual([{ subject: 'new' }]);
  });

  it('nobody looks while nobody listens', async () => {
    await using test = await open();
    let asked = 0;
    const counting: Database = { kind: test.database.kind, away: null, run: (work) => { asked++; return test.database.run(work); }, transaction: (work) => test.database.transaction(work) };
    using one = new Process(counting, 5);
    await one.feed.announce();
    await sleep(50);
    expect(asked).toBe(0);
    const end = one.feed.subscribe('key', one.hear);
    await until(() => asked > 5);
    end();
    // The look that was under way may take its time.
    await sleep(500);
    const then = asked;
    await sleep(50);
    expect(asked).toBe(then);
  });

  it('workers tell each other, and gateways with one Redis too', async () => {
    await using test = await open();
    const looks: (() => Promise<null>)[] = [];
    const channel = new Set<() => void>();
    const bus = { commands: { publish: () => {
      for (const listener of channel) listener();
      return Promise.resolve();
    } }, subscribe: (_channel: string, listener: () => void) => { channel.add(listener); return () => channel.delete(listener); } };
    const feedsOf = (worker: number | null): ChangeFeeds => new ChangeFeeds({ worker, answer: (_topic, handler) => looks.push(handler), ask: () => Promise.all(looks.slice(0, 2).map((look) => look())) });
    const [first, second, elsewhere] = [feedsOf(1), feedsOf(2), feedsOf(null)];
    const heard: Record<string, string[]> = {};
    const built = await Promise.all(([['first', first], ['second', second], ['elsewhere', elsewhere]] as const).map(async ([name, feeds]) => {
      const made = await feeds.prepare(await test.another(), bus, { clock: systemClock, sync: 60_000 });
      made.adopt();
      const ready = Promise.withResolvers<void>();
      made.changes?.subscribe('key', ({ subject }) => (heard[name] ??= []).push(subject), () => Promise.resolve(ready.resolve()));
      await ready.promise;
      return made.changes;
    }));
    await test.database.transaction((trx) => (built[0] as NonNullable<typeof built[0]>).record(trx, { kind: 'key', subject: 'k', body: null }));
    await built[0]?.announce();
    expect([heard['first'], heard['second']]).toEqual([['k'], ['k']]);
    await until(() => heard['elsewhere'] !== undefined);
    for (const feeds of [first, second, elsewhere]) feeds.onApplicationShutdown();
    expect(channel.size).toBe(0);
  });
});

describePostgres('changes of transactions at the same time', () => {
  let server: PostgresServer;
  let test: TestDatabase;
  beforeAll(async () => { server = await startPostgres(); });
  beforeEach(async () => { test = await openOn(server)(); });
  afterEach(() => test[Symbol.asyncDispose]());
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([['after', false], ['before', true]])('the one with the lower number ends last, and it began %s somebody listens', async (_when, early) => {
    using writer = new Process(test.database);
    const ended = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const slow = (): Promise<void> => test.database.transaction(async (trx) => {
      await writer.feed.record(trx, { kind: 'key', subject: 'low', body: 1 });
      written.resolve();
      await ended.promise;
    });
    const begun = early ? slow() : null;
    if (early) {
      await written.promise;
      await writer.change('known');
    }
    using reader = await Process.following(await test.another(), 10);
    const work = begun ?? slow();
    await written.promise;
    await writer.change('high');
    await until(() => reader.heard.length === 1);
    await sleep(100);
    expect(reader.heard).toEqual(['high 1']);
    ended.resolve();
    await work;
    await until(() => reader.heard.length === 2);
    await sleep(100);
    expect(reader.heard).toEqual(['high 1', 'low 1']);
  });

  it('are heard when the database comes back, and nobody loads for it', async () => {
    using reader = await Process.following(await test.another(), 20);
    using writer = new Process(test.database);
    await writer.change('before');
    await until(() => reader.heard.length === 1);
    await server.kill();
    await sleep(200);
    await server.restart();
    await until(() => test.database.away === null && reader.database.away === null);
    await until(() => writer.change('after').then(() => true, () => false));
    await until(() => reader.heard.length === 2);
    // A transaction that was said to have failed in the very moment of its end may be done all the same.
    expect([[...new Set(reader.heard)], reader.loads]).toEqual([['before 1', 'after 1'], 1]);
  });
});
