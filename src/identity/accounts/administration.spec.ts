import { onEachDatabase, type TestDatabase } from '../../../test/support/databases.js';
import { AccountRig, ADA, outcomeOf, PASSWORD, ROOT } from './accounts.fixture.js';

const HASH = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

onEachDatabase('administrators', (open) => {
  let test: TestDatabase;
  let names = 0;
  beforeAll(async () => { test = await open(); });
  afterAll(() => test[Symbol.asyncDispose]());
  const somebody = (): string => `max${++names}`;

  it.each<[string, object, string, number]>([
    ['a password', {}, 'done', 0],
    ['no password, who gets a mail to choose one', { password: undefined }, 'done', 1],
    ['a hash of another program', { password: undefined, passwordHash: HASH }, 'done', 0],
    ['a hash nobody knows', { password: undefined, passwordHash: 'md5' }, 'unprocessable', 0],
    ['a hash nobody should pay for', { password: undefined, passwordHash: HASH.replace('$10$', '$31$') }, 'unprocessable', 0],
    ['both', { passwordHash: HASH }, 'unprocessable', 0],
    ['a weak password', { password: 'password123' }, 'unprocessable', 0],
  ])('make an account with %s', async (_, more, outcome, mails) => {
    using rig = new AccountRig(test.database);
    expect(await outcomeOf(rig.account(somebody(), more))).toBe(outcome);
    await rig.accounts.settled();
    expect(rig.messages.map(({ kind }) => kind)).toEqual(Array<string>(mails).fill('reset'));
    expect(JSON.stringify(rig.audit)).not.toMatch(/\$2b|correct/);
  });

  it.each<[string, { roles?: string[]; permissions?: string[] }, number]>([
    ['one more role', { roles: ['teacher', 'admin'] }, 1],
    ['the same in another order', { roles: ['teacher'] }, 1],
    ['one role less', { roles: [] }, 0],
    ['another one', { roles: ['student'] }, 0],
    ['a permission', { permissions: ['grades:write'] }, 1],
  ])('give %s', async (_, rights, sessions) => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    const account = await rig.account(name);
    await rig.login(name);
    expect(await rig.accounts.setRights(account.id, rights, ROOT)).toEqual({ ...account, ...rights });
    expect(await rig.store.find(account.id)).toEqual({ ...account, ...rights });
    expect(await rig.sessions.list(account.id)).toHaveLength(sessions);
    expect(rig.revocations.sessions).toHaveLength(1 - sessions);
    expect(rig.audit.find(({ action }) => action === 'account.roles')).toMatchObject({ actor: 'jwt:root', subject: `account:${account.id}`, client: ADA.client, details: { before: ['teacher'] } });
  });

  it('close an account, and open it again', async () => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    const { id } = await rig.account(name);
    const { refreshToken, session } = await rig.login(name);
    await rig.accounts.setActive(id, false, ROOT);
    expect(rig.revocations.sessions).toEqual([session]);
    expect(await outcomeOf(rig.sessions.refresh(refreshToken, ADA))).toBe('invalid-credential');
    expect(await outcomeOf(rig.accounts.me(id))).toBe('invalid-credential');
    expect(await outcomeOf(rig.login(name))).toBe('account-inactive');
    await rig.accounts.setActive(id, true, ROOT);
    expect(await outcomeOf(rig.login(name))).toBe('done');
  });

  it('remove an account with all that is its own', async () => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    const { id } = await rig.account(name);
    const { session } = await rig.login(name);
    await rig.accounts.requestReset(`${name}@example.org`, ADA);
    await rig.accounts.settled();
    await rig.accounts.remove(id, ROOT);
    expect(rig.revocations.sessions).toEqual([session]);
    expect(await rig.store.find(id)).toBeNull();
    expect(await outcomeOf(rig.login(name))).toBe('invalid-credential');
    expect(await outcomeOf(rig.account(name))).toBe('done');
  });

  it('are told where there is no such account', async () => {
    using rig = new AccountRig(test.database);
    const calls = [rig.accounts.setRights('x', { roles: [] }, ROOT), rig.accounts.setActive('x', false, ROOT), rig.accounts.remove('x', ROOT)];
    expect(await Promise.all(calls.map(outcomeOf))).toEqual(Array<string>(3).fill('unknown-account'));
  });

  it('see accounts page by page, though others come meanwhile', async () => {
    await using empty = await open();
    using rig = new AccountRig(empty.database);
    for (const name of ['p1', 'p2', 'p3', 'p4', 'p5']) {
      if (name !== 'p3') rig.clock.pass(1);
      await rig.account(name, { password: undefined, passwordHash: HASH });
    }
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await rig.store.list({ limit: 2, after });
      seen.push(...page.accounts.map(({ login }) => login.slice(0, 2)));
      after = page.next ?? undefined;
      if (seen.length === 2) await rig.account('p6', { password: undefined, passwordHash: HASH });
    } while (after !== undefined);
    expect(seen.toSorted()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    expect(await outcomeOf(rig.store.list({ limit: 2, after: 'nonsense' }))).toBe('unprocessable');
  });

  describe('find', () => {
    let own: TestDatabase;
    beforeAll(async () => {
      own = await open();
      using rig = new AccountRig(own.database);
      const quick = { password: undefined, passwordHash: HASH };
      await rig.account('s1', { ...quick, name: 'Ada LOVELACE' });
      await rig.account('s2', { ...quick, active: false, roles: ['a"b'] });
      await rig.account('s3', { ...quick, name: '100 % sure' });
    });
    afterAll(() => own[Symbol.asyncDispose]());

    it.each<[object, readonly string[]]>([
      [{}, ['s1', 's2', 's3']],
      [{ search: 'S2@' }, ['s2']],
      [{ search: 'lovelace' }, ['s1']],
      [{ search: '%' }, ['s3']],
      [{ search: '_' }, []],
      [{ search: '!' }, []],
      [{ search: "'" }, []],
      [{ role: 'teacher' }, ['s1', 's3']],
      [{ role: 'teach' }, []],
      [{ role: 'a"b' }, ['s2']],
      [{ active: false }, ['s2']],
      [{ active: true, role: 'teacher', search: '100' }, ['s3']],
    ])('%j', async (query, expected) => {
      using rig = new AccountRig(own.database);
      const { accounts, next, total } = await rig.store.list({ limit: 50, ...query });
      expect(accounts.map(({ login }) => login.slice(0, 2)).toSorted()).toEqual(expected);
      expect([next, total]).toEqual([null, expected.length]);
    });
  });

  it('leave the rest to the owner', async () => {
    using rig = new AccountRig(test.database);
    const { id } = await rig.account(somebody(), { name: 'Max', attributes: { city: 'Paris', age: 7 } });
    expect(await rig.accounts.updateMe(id, { name: 'Maxi', attributes: { city: 'Lyon' } }, ADA)).toMatchObject({ name: 'Maxi', attributes: { city: 'Lyon', age: 7 } });
    expect(await rig.accounts.me(id)).toMatchObject({ name: 'Maxi', attributes: { city: 'Lyon', age: 7 }, roles: ['teacher'] });
    expect(await outcomeOf(rig.accounts.login({ login: 'x', password: PASSWORD }, ADA))).toBe('invalid-credential');
  });
});
