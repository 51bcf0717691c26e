import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '#libs/kernel';
import { FakeClock, until } from '#libs/testing';
import { takeEnd } from '../../src/audit/chain.js';
import { exported, list, momentOf, type AuditQuery } from '../../src/audit/query.js';
import { Retention } from '../../src/audit/retention.js';
import type { Trail } from '../../src/audit/trail.js';
import { notice, TrailRig } from '../../src/audit/trail.fixture.js';
import { parseHead, verify } from '../../src/audit/verify.js';
import type { Database } from '../../src/database/index.js';
import { describePostgres, onEachDatabase, openOn, startPostgres, type TestDatabase } from '../support/databases.js';
import { Teller } from '../support/teller.js';

/** Processes start from their sources: on a busy machine that takes a while. */
const PATIENCE = 60_000;
const LIMIT = 240_000;
const DAY = 86_400_000;

function record(trail: Trail, count: number, name = 'r'): string[] {
  const ids = Array.from({ length: count }, (_none, i) => `${name}-${i}`);
  for (const requestId of ids) trail.record(notice({ requestId }));
  return ids;
}

async function requestsOf(database: Database): Promise<string[]> {
  const rows = await database.run((db) => db.selectFrom('audit').select('request_id').orderBy('seq').execute());
  return rows.flatMap(({ request_id: id }) => id ?? []);
}

/** The same database, in which something happens after each call. */
function over(current: () => Database, after: () => Promise<void> | void = () => undefined): Database {
  return {
    get kind() { return current().kind; },
    get away() { return current().away; },
    run: async (work) => {
      const result = await current().run(work);
      await after();
      return result;
    },
    transaction: async (work) => {
      const result = await current().transaction(work);
      await after();
      return result;
    },
  };
}

/** Records until it is killed. */
const auditor = (test: TestDatabase, folder: string, name: string, count = Number.POSITIVE_INFINITY): Teller => new Teller('auditor.ts', test, folder, name, String(count));

onEachDatabase('A9: the audit trail', (open) => {
  let test: TestDatabase;
  let rig: TrailRig;
  beforeEach(async () => {
    test = await open();
    rig = new TrailRig();
  }, LIMIT);
  afterEach(async () => {
    await rig[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it('is a chain without gaps, and nothing stays behind', async () => {
    const { spool, trail } = await rig.open(test.database);
    const ids = record(trail, 450);
    await trail.flush();
    expect(await requestsOf(test.database)).toEqual(ids);
    expect(spool.bytes).toBe(0);
    const verdict = await verify(test.database);
    expect(verdict).toMatchObject({ ok: true, entries: 450, deletedUntil: 0, breaks: [], noted: null });
    expect(rig.lines).toContainEqual({ head: expect.stringMatching(/^\d+:[\da-f]{64}$/), message: 'the audit trail reaches to here' });
    await trail.close();
    expect(readdirSync(rig.folder)).toEqual([]);
  });

  it('is one chain, though several processes add to it at once', async () => {
    const trails = await Promise.all(['a', 'b', 'c'].map(async (name) => {
      const { trail } = await rig.open(await test.another());
      return { name, trail };
    }));
    const all: string[] = [];
    for (let round = 0; round < 8; round++) {
      for (const { name, trail } of trails) all.push(...record(trail, 25, `${name}${round}`));
      await Promise.all(trails.map(({ trail }) => trail.flush()));
    }
    expect((await requestsOf(test.database)).toSorted()).toEqual(all.toSorted());
    expect(await verify(test.database)).toMatchObject({ ok: true, entries: 600 });
  }, LIMIT);

  it('has each entry once, though nobody knows what became of the transaction', async () => {
    let failures = 2;
    const database = over(() => test.database, () => {
      if (failures-- > 0) throw new Error('the answer was lost');
    });
    const { spool, trail } = await rig.open(database);
    const ids = record(trail, 30);
    for (let turn = 0; turn < 3; turn++) await trail.flush();
    expect(await requestsOf(test.database)).toEqual(ids);
    expect(await verify(test.database)).toMatchObject({ ok: true, entries: 30 });
    expect(spool.bytes).toBe(0);
  });

  it('takes whatever text there is', async () => {
    const { trail } = await rig.open(test.database);
    trail.record(notice({ actor: `users:\0\u{D800}'";--`, subject: '…\u{1F600}', details: { text: '\u{1}\u{FFFF}\0' } }));
    trail.record(notice({ requestId: 'after' }));
    await trail.flush();
    expect(await requestsOf(test.database)).toEqual(['r-1', 'after']);
    expect(await verify(test.database)).toMatchObject({ ok: true, entries: 2 });
  });

  describe('when somebody has been at it', () => {
    const change = (set: Record<string, unknown>, seq: number) => (database: Database): Promise<unknown> => database.run((db) => db.updateTable('audit').set(set).where('seq', '=', seq).execute());
    it.each<[string, (database: Database) => Promise<unknown>, object[]]>([
      ['who did it', change({ actor: 'account:2' }, 5), [{ seq: 5, what: 'the entry was changed' }]],
      ['what was said of it', change({ details: '{}' }, 5), [{ seq: 5, what: 'the entry was changed' }]],
      ['when it was', change({ at: 1 }, 12), [{ seq: 12, what: 'the entry was changed' }]],
      ['its hash', change({ hash: 'f'.repeat(64) }, 5), [{ seq: 5, what: 'the entry was changed' }, { seq: 6, what: 'the entry does not follow the one before it' }]],
      ['one deleted', (database) => database.run((db) => db.deleteFrom('audit').where('seq', '=', 5).execute()), [{ seq: 5, what: 'the entry is missing' }]],
      ['the first deleted', (database) => database.run((db) => db.deleteFrom('audit').where('seq', '<', 4).execute()), [{ seq: 1, what: 'the entries up to 3 are missing' }]],
      ['two in another order', async (database) => {
        for (const [from, to] of [[5, 99], [6, 5], [99, 6]] as const) await change({ seq: to }, from)(database);
      }, [{ seq: 5, what: 'the entry does not follow the one before it' }, { seq: 5, what: 'the entry was changed' }, { seq: 6, what: 'the entry does not follow the one before it' }, { seq: 6, what: 'the entry was changed' }, { seq: 7, what: 'the entry does not follow the one before it' }]],
    ])('it shows: %s', async (_what, tamper, breaks) => {
      const { trail } = await rig.open(test.database);
      for (let i = 0; i < 12; i++) trail.record(notice({ requestId: `r-${i}`, details: { i } }));
      await trail.flush();
      await tamper(test.database);
      expect(await verify(test.database)).toMatchObject({ ok: false, breaks });
    });

    it('a new chain, or the end cut off, shows by a head that was noted', async () => {
      const { trail } = await rig.open(test.database);
      record(trail, 10);
      await trail.flush();
      const { head } = await verify(test.database);
      const noted = parseHead(head);
      record(trail, 10, 'later');
      await trail.flush();
      expect(await verify(test.database, noted)).toMatchObject({ ok: true, noted: 'found' });
      expect(await verify(test.database, parseHead(head.split(':')[1] as string))).toMatchObject({ ok: true, noted: 'found' });
      await test.database.run((db) => db.deleteFrom('audit').where('seq', '>=', 10).execute());
      expect(await verify(test.database)).toMatchObject({ ok: true });
      expect(await verify(test.database, noted)).toMatchObject({ ok: false, noted: 'missing', breaks: [] });
      expect(parseHead('12:abc')).toBeNull();
    });
  });

  it('is deleted from its start when it is old, and the rest still holds', async () => {
    const clock = new FakeClock();
    const { trail } = await rig.open(test.database, { clock });
    const retention = new Retention(test.database, clock, 10 * DAY);
    const days = async (count: number): Promise<void> => {
      for (let day = 0; day < count; day++) {
        record(trail, 100, `d${day}`);
        await trail.flush();
        clock.advance(DAY);
      }
    };
    await days(15);
    const old = parseHead((await test.database.run((db) => db.selectFrom('audit').select(['seq', 'hash']).where('seq', '=', 7).execute())).map(({ hash, seq }) => `${seq}:${hash}`)[0] as string);
    // Day 15 begins; days 0 to 4 are older than ten days.
    expect(await retention.run()).toBe(500);
    expect(await retention.run()).toBe(0);
    expect(await verify(test.database, old)).toMatchObject({ ok: true, entries: 1_001, deletedUntil: 500, noted: 'deleted' });
    const [note] = (await list(test.database, { action: 'audit.trim' }, { after: null, limit: 10 })).entries;
    expect(note).toMatchObject({ seq: 1_501, details: { from: 1, until: 500, hash: expect.any(String) } });
    await days(3);
    // The tenth day back is not over ten days old yet.
    expect(await retention.run()).toBe(300);
    expect(await verify(test.database)).toMatchObject({ ok: true, deletedUntil: 800 });
    // What is to stay is missing: its deletion is nothing that the chain knows of.
    await test.database.run((db) => db.deleteFrom('audit').where('seq', '=', 801).execute());
    expect(await verify(test.database)).toMatchObject({ ok: false, breaks: [{ seq: 801, what: 'the entry is missing' }] });
  }, LIMIT);

  it('is deleted once, whoever else does it, and a deletion that was broken off is finished', async () => {
    const clock = new FakeClock();
    const { trail } = await rig.open(test.database, { clock });
    record(trail, 1_500);
    await trail.flush();
    clock.advance(5 * DAY);
    record(trail, 10, 'new');
    await trail.flush();
    const others = await Promise.all([test.another(), test.another()]);
    const deleted = await Promise.all(others.map((database) => new Retention(database, clock, DAY).run()));
    expect(deleted.reduce((sum, each) => sum + each, 0)).toBe(1_500);
    expect(await verify(test.database)).toMatchObject({ ok: true, entries: 11, deletedUntil: 1_500 });
    // Nothing but its own note would be deleted: there is no end to that.
    clock.advance(30 * DAY);
    expect(await new Retention(test.database, clock, DAY).run()).toBe(10);
    clock.advance(30 * DAY);
    expect(await new Retention(test.database, clock, DAY).run()).toBe(0);
    expect(await verify(test.database)).toMatchObject({ ok: true });
  }, LIMIT);

  it('is verified while it is deleted', async () => {
    const clock = new FakeClock();
    const { trail } = await rig.open(test.database, { clock });
    record(trail, 1_200);
    await trail.flush();
    clock.advance(5 * DAY);
    record(trail, 10, 'new');
    await trail.flush();
    let asked = 0;
    // After the first page of a thousand, what is left of the old ones is gone.
    const changing = over(() => test.database, async () => {
      if (++asked === 2) await new Retention(test.database, clock, DAY).run();
    });
    expect(await verify(changing)).toMatchObject({ ok: true, deletedUntil: 1_200 });
  }, LIMIT);

  describe('asked', () => {
    const all = [
      notice({ requestId: 'a', action: 'login', actor: 'account:1' }),
      notice({ requestId: 'b', action: 'login', outcome: 'refused', actor: null, client: '192.0.2.2' }),
      notice({ requestId: 'c', action: 'login_x', actor: 'account:2' }),
      notice({ requestId: 'd', action: 'key.create', actor: 'account:1', subject: 'key:k1' }),
      notice({ requestId: 'e', action: 'key.revoke', actor: 'users:1', subject: 'key:k1' }),
    ];
    it.each<[string, AuditQuery, string]>([
      ['all', {}, 'abcde'], ['an action', { action: 'login' }, 'ab'], ['actions', { action: 'login*' }, 'abc'], ['actions', { action: 'key.*' }, 'de'],
      ['any', { action: '*' }, 'abcde'], ['a wildcard of SQL is none', { action: 'log%*' }, ''], ['an actor', { actor: 'account:1' }, 'ad'],
      ['a subject', { subject: 'key:k1' }, 'de'], ['an outcome', { outcome: 'refused' }, 'b'], ['a client', { client: '192.0.2.2' }, 'b'],
      ['a time', { since: 2_000, until: 4_000 }, 'bc'], ['several', { actor: 'account:1', action: 'key*' }, 'd'], ['nothing', { actor: "' or 1=1 --" }, ''],
    ])('for %s: %j', async (_what, query, expected) => {
      const clock = new FakeClock();
      const begun = clock.now();
      const { trail } = await rig.open(test.database, { clock });
      for (const each of all) {
        clock.advance(1_000);
        trail.record(each);
      }
      await trail.flush();
      const asked = { ...query, ...(query.since !== undefined && { since: begun + query.since }), ...(query.until !== undefined && { until: begun + query.until }) };
      const oldestFirst: string[] = [];
      for await (const page of exported(test.database, asked)) oldestFirst.push(...page.map(({ requestId }) => requestId ?? ''));
      expect(oldestFirst.join('')).toBe(expected);
      const newestFirst: string[] = [];
      for (let after: number | null = null, more = true; more;) {
        const page = await list(test.database, asked, { after, limit: 2 });
        newestFirst.push(...page.entries.map(({ requestId }) => requestId ?? ''));
        more = page.next !== null;
        after = Number(page.next);
      }
      expect(newestFirst.toReversed().join('')).toBe(expected);
    });

    it.each<[string, number | null]>([['24h', 913_600_000], ['1970-01-02', 86_400_000], ['1970-01-01T00:00:01Z', 1_000], ['yesterday', null], ['2030-13-01', null], ['12', null]])('a moment is %s', (text, expected) => {
      expect(momentOf(text, 1_000_000_000)).toBe(expected);
    });
  });

  it('has everything that was told before the process was killed, exactly once', async () => {
    const told: string[] = [];
    for (let round = 0; round < 3; round++) {
      const running = auditor(test, rig.folder, `k${round}`);
      await until(() => running.done.length > 400 || running.errors !== '', PATIENCE);
      await running.kill();
      expect(running.errors).toBe('');
      told.push(...running.done);
    }
    const { trail } = await rig.open(test.database);
    trail.begin();
    await until(async () => {
      await trail.flush();
      return readdirSync(rig.folder).filter((name) => name.endsWith('.lock')).length === 1;
    });
    const there = await requestsOf(test.database);
    expect(new Set(there).size).toBe(there.length);
    const known = new Set(there);
    expect(told.filter((id) => !known.has(id))).toEqual([]);
    expect(await verify(test.database)).toMatchObject({ ok: true, entries: there.length });
  }, LIMIT);

  it('two instances that are killed and two that live write one chain', async () => {
    const auditors = ['a', 'b', 'c', 'd'].map((name, i) => auditor(test, rig.folder, name, i < 2 ? 300 : undefined));
    await Promise.all(auditors.slice(2).map(async (running) => {
      await until(() => running.done.length > 200 || running.errors !== '', PATIENCE);
      await running.kill();
    }));
    await Promise.all(auditors.map(({ ended }) => ended));
    const { trail } = await rig.open(test.database);
    trail.begin();
    await trail.flush();
    const known = new Set(await requestsOf(test.database));
    expect(auditors.map(({ done, errors }) => [errors, done.filter((id) => !known.has(id))])).toEqual(auditors.map(() => ['', []]));
    expect(await verify(test.database)).toMatchObject({ ok: true });
  }, LIMIT);

  it('hears what is published, and nothing after its end', async () => {
    const { trail } = await rig.open(test.database, { config: { events: { exclude: 'session.*' }, log: 'on' } });
    trail.begin();
    events.audited.publish(notice({ requestId: 'heard' }));
    events.audited.publish(notice({ requestId: 'unwanted', action: 'session.open' }));
    await trail.close();
    events.audited.publish(notice({ requestId: 'late' }));
    expect(await requestsOf(test.database)).toEqual(['heard']);
    expect(rig.lines).toContainEqual({ message: 'audit', audit: expect.objectContaining({ requestId: 'heard' }) });
  });

  it('a spool that is full keeps out refusals only, and says how many', async () => {
    await using nobody = await open();
    await nobody.database.close();
    let database: Database = nobody.database;
    const { spool, trail } = await rig.open(over(() => database), { config: { spool: '1MiB' } });
    const filler = { text: 'x'.repeat(500) };
    for (let i = 0; i < 1_500; i++) trail.record(notice({ outcome: 'refused', requestId: `refused-${i}`, details: filler }));
    const full = spool.bytes;
    expect(full).toBeGreaterThan(0.74 * 1_048_576);
    expect(full).toBeLessThan(0.76 * 1_048_576);
    const done = record(trail, 800, 'done');
    expect(spool.bytes).toBeGreaterThan(full);
    database = test.database;
    await trail.flush();
    await trail.flush();
    const there = await requestsOf(test.database);
    expect(there.filter((id) => id.startsWith('done'))).toEqual(done);
    const kept = there.filter((id) => id.startsWith('refused')).length;
    expect((await list(test.database, { action: 'audit.lost' }, { after: null, limit: 5 })).entries).toMatchObject([{ details: { count: 1_500 - kept } }]);
    expect(await verify(test.database)).toMatchObject({ ok: true });
  }, LIMIT);

  it('waits for whoever adds to the chain at the time', async () => {
    const other = await test.another();
    const { trail } = await rig.open(test.database);
    record(trail, 1);
    const taken = Promise.withResolvers<void>();
    let flushed = false;
    const hold = other.transaction(async (trx) => {
      await takeEnd(trx, other.kind);
      taken.resolve();
      await sleep(300);
      return flushed;
    });
    await taken.promise;
    await trail.flush();
    flushed = true;
    expect(await hold).toBe(false);
    expect(await requestsOf(test.database)).toEqual(['r-0']);
  });
});

describePostgres('A9: the audit trail, when PostgreSQL is killed under it', () => {
  it('loses nothing, and catches up by itself', async () => {
    await using server = await startPostgres({ durable: true });
    await using test = await openOn(server)();
    await using rig = new TrailRig();
    const { spool, trail } = await rig.open(test.database);
    const ids: string[] = [];
    for (let round = 0; round < 30; round++) {
      ids.push(...record(trail, 10, `p${round}`));
      if (round === 8) await server.kill();
      if (round === 20) await server.restart();
      await sleep(20);
    }
    await until(() => spool.bytes === 0, 30_000);
    expect(await requestsOf(test.database)).toEqual(ids);
    expect(await verify(test.database)).toMatchObject({ ok: true, entries: ids.length });
  }, LIMIT);
});
