import { isDuplicate, isMissingReference } from '../../src/database/index.js';
import { onEachDatabase } from '../support/databases.js';

const account = (id: string, login: string) => ({
  id, login, email: null, name: null, password: null, roles: '[]', permissions: '[]', active: 1 as const, verified_at: null,
  created_at: 1_732_000_000_000, updated_at: 1, password_changed_at: 1, attributes: '{}',
});

onEachDatabase('the database', (open) => {
  it('keeps what it is given, as it was given', async () => {
    await using test = await open();
    const { database } = test;
    await database.run((db) => db.insertInto('accounts').values(account('a', 'ada')).execute());
    expect(await database.run((db) => db.selectFrom('accounts').selectAll().execute())).toEqual([account('a', 'ada')]);
    expect(await database.run((db) => db.selectFrom('accounts').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst())).toEqual({ count: 1 });
    const { numUpdatedRows } = await database.run((db) => db.updateTable('accounts').set({ name: 'Ada' }).executeTakeFirst());
    expect(numUpdatedRows).toBe(1n);
  });

  it('says what is there twice, and what is missing', async () => {
    await using test = await open();
    const { database } = test;
    const refused = (work: Parameters<typeof database.run>[0]): Promise<unknown> => database.run(work).then(() => null, (error: unknown) => error);
    await database.run((db) => db.insertInto('accounts').values(account('a', 'ada')).execute());
    const key = await refused((db) => db.insertInto('accounts').values(account('a', 'bob')).execute());
    const login = await refused((db) => db.insertInto('accounts').values(account('b', 'ada')).execute());
    const missing = await refused((db) => db.insertInto('refresh_tokens').values({ hash: 'h', session_id: 'none', created_at: 1, expires_at: 2, used_at: null, seed: null }).execute());
    expect([isDuplicate(key), isDuplicate(key, 'id'), isDuplicate(key, 'login'), isMissingReference(key)]).toEqual([true, true, false, false]);
    expect([isDuplicate(login), isDuplicate(login, 'id'), isDuplicate(login, 'login')]).toEqual([true, false, true]);
    expect([isDuplicate(missing), isMissingReference(missing)]).toEqual([false, true]);
    expect([isDuplicate(null), isMissingReference(new Error('23505'))]).toEqual([false, false]);
  });
});
