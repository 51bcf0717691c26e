import { hash as bcrypt } from 'bcryptjs';
import { until } from '#libs/testing';
import { onEachDatabase, type TestDatabase } from '../../../test/support/databases.js';
import { AccountRig, ADA, EVE, OTHER, outcomeOf, PASSWORD, problemOf, ROOT } from './accounts.fixture.js';

const SILENT = { register: { existing: 'silent', verify: 'required' } };

onEachDatabase('signing in', (open) => {
  let test: TestDatabase;
  let names = 0;
  beforeAll(async () => { test = await open(); });
  afterAll(() => test[Symbol.asyncDispose]());
  const somebody = (): string => `ada${++names}`;

  it('brings tokens, however the login is typed', async () => {
    using rig = new AccountRig(test.database, { loginBy: ['username', 'email'] });
    const name = somebody();
    const account = await rig.account(name);
    for (const login of [name, name.toUpperCase(), ` ${name}@Example.org `]) {
      expect((await rig.accounts.login({ login, password: PASSWORD }, ADA)).account).toEqual(account);
    }
    expect(rig.audit.filter(({ action, outcome }) => action === 'login' && outcome === 'done')).toHaveLength(3);
  });

  it('tells nobody whether there is such an account, or why it does not go', async () => {
    using rig = new AccountRig(test.database);
    const [known, without, unknown] = [somebody(), somebody(), somebody()];
    await rig.account(known);
    await rig.account(without, { password: undefined });
    const told = await Promise.all([known, without, unknown].map((name) => problemOf(rig.login(name, OTHER))));
    expect(told[0]?.type.code).toBe('invalid-credential');
    for (const problem of told) {
      expect({ ...problem?.extras, detail: problem?.detail, status: problem?.status }).toEqual({ ...told[0]?.extras, detail: told[0]?.detail, status: 401 });
    }
  });

  it.each([['known', true], ['unknown', false]])('slows guessing down: %s', async (_, exists) => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    if (exists) await rig.account(name);
    const waits: (string | undefined)[] = [];
    for (let i = 0; i < 9; i++) {
      const problem = await problemOf(rig.login(name, OTHER, EVE));
      waits.push(problem?.extras.headers?.['Retry-After']);
      if (problem?.type.code === 'account-locked') rig.clock.pass(Number(problem.extras.headers?.['Retry-After']) * 1_000);
    }
    expect(waits).toEqual([undefined, undefined, undefined, undefined, undefined, '1', undefined, '2', undefined]);
  });

  it('lets nobody in while it waits, not even with the right password; the longest wait is that of the file', async () => {
    using rig = new AccountRig(test.database, { lockout: { after: 1, first: '1s', most: '3s' } });
    const name = somebody();
    await rig.account(name);
    const waits: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      expect(await outcomeOf(rig.login(name, OTHER))).toBe('invalid-credential');
      const problem = await problemOf(rig.login(name));
      waits.push(problem?.extras.headers?.['Retry-After']);
      expect(problem?.type.code).toBe('account-locked');
      rig.clock.pass(3_000);
    }
    expect(waits).toEqual(['1', '2', '3', '3']);
    expect(await outcomeOf(rig.login(name))).toBe('done');
    expect(await outcomeOf(rig.login(name, OTHER, EVE))).toBe('invalid-credential');
    expect((await problemOf(rig.login(name, PASSWORD, EVE)))?.extras.headers?.['Retry-After']).toBe('1');
  });

  it('lets no more guesses through than are due, however many come at once, from however many instances', async () => {
    const name = somebody();
    using first = new AccountRig(test.database, { lockout: { after: 3, first: '1m' } });
    using second = new AccountRig(await test.another(), { lockout: { after: 3, first: '1m' } }, first.clock);
    await first.account(name);
    const guesses = Array.from({ length: 40 }, (__, i) => outcomeOf((i % 2 === 0 ? first : second).login(name, `wrong guess ${i}`, EVE)));
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter((outcome) => outcome === 'invalid-credential')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'account-locked')).toHaveLength(37);
  });

  it('counts guesses at all names of an account together', async () => {
    using rig = new AccountRig(test.database, { loginBy: ['email', 'username'], lockout: { after: 2, first: '1m' } });
    const name = somebody();
    await rig.account(name);
    await outcomeOf(rig.accounts.login({ login: name, password: OTHER }, EVE));
    await outcomeOf(rig.login(name, OTHER, EVE));
    expect(await outcomeOf(rig.accounts.login({ login: name, password: OTHER }, EVE))).toBe('account-locked');
    expect(await outcomeOf(rig.login(name, OTHER, EVE))).toBe('account-locked');
  });

  it('does not let somebody elsewhere keep the owner out of a place where he is signed in', async () => {
    using rig = new AccountRig(test.database, { lockout: { after: 2, first: '1m' } });
    const name = somebody();
    await rig.account(name);
    await rig.login(name);
    for (let i = 0; i < 4; i++) await outcomeOf(rig.login(name, OTHER, EVE));
    expect(await outcomeOf(rig.login(name, PASSWORD, EVE))).toBe('account-locked');
    expect(await outcomeOf(rig.login(name))).toBe('done');
    for (let i = 0; i < 2; i++) expect(await outcomeOf(rig.login(name, OTHER))).toBe('invalid-credential');
    expect(await outcomeOf(rig.login(name))).toBe('account-locked');
  });

  it('forgets guesses of long ago, and takes their rows away', async () => {
    using rig = new AccountRig(test.database, { lockout: { after: 2, first: '1s' } });
    const name = somebody();
    await outcomeOf(rig.login(name, OTHER));
    rig.clock.pass(86_400_001);
    for (let i = 0; i < 2; i++) expect(await outcomeOf(rig.login(name, OTHER))).toBe('invalid-credential');
    expect(await outcomeOf(rig.login(name, OTHER))).toBe('account-locked');
    rig.clock.pass(86_400_001);
    await outcomeOf(rig.login(somebody(), OTHER));
    const count = (): Promise<number> => rig.database.run(async (db) => (await db.selectFrom('login_failures').select('account_key').execute()).length);
    await until(async () => await count() <= 1);
    expect(await count()).toBe(1);
  });

  it.each<[string, object, object, string, string]>([
    ['closed', {}, { active: false }, 'account-inactive', 'invalid-credential'],
    ['not verified', { register: { verify: 'required' } }, { verified: false }, 'account-unverified', 'invalid-credential'],
    ['not verified, where that is not asked', {}, { verified: false }, 'done', 'invalid-credential'],
    ['not verified, in silence', SILENT, { verified: false }, 'invalid-credential', 'invalid-credential'],
  ])('an account that is %s', async (_, config, more, right, wrong) => {
    using rig = new AccountRig(test.database, { lockout: 'off', ...config });
    const name = somebody();
    await rig.account(name, more);
    expect(await outcomeOf(rig.login(name))).toBe(right);
    expect(await outcomeOf(rig.login(name, OTHER))).toBe(wrong);
  });

  it('takes over hashes of bcrypt, and makes them its own at the first login', async () => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    const { id } = await rig.account(name, { password: undefined, passwordHash: (await bcrypt(PASSWORD, 4)).replace(/^\$2b/, '$2y') });
    const stored = async (): Promise<string | null | undefined> => (await rig.store.credentialById(id))?.password;
    expect(await outcomeOf(rig.login(name, OTHER))).toBe('invalid-credential');
    expect(await stored()).toMatch(/^\$2y\$/);
    expect(await outcomeOf(rig.login(name))).toBe('done');
    expect(await stored()).toMatch(/^\$argon2id\$/);
    expect(await outcomeOf(rig.login(name))).toBe('done');
    expect(await Promise.all(Array.from({ length: 4 }, () => outcomeOf(rig.login(name))))).toEqual(['done', 'done', 'done', 'done']);
  });

  it('lets the first logins of an account in that come at once, though each hashes anew', async () => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    await rig.account(name, { password: undefined, passwordHash: await bcrypt(PASSWORD, 4) });
    expect(await Promise.all([outcomeOf(rig.login(name)), outcomeOf(rig.login(name)), outcomeOf(rig.login(name))])).toEqual(['done', 'done', 'done']);
  });

  it('opens no session for a password that became another one meanwhile', async () => {
    using rig = new AccountRig(test.database);
    const name = somebody();
    const { id } = await rig.account(name);
    const openSession = rig.sessions.open.bind(rig.sessions);
    rig.sessions.open = async (...parameters) => {
      const former = (await rig.store.credentialById(id))?.password ?? null;
      rig.clock.pass(1);
      expect(await rig.store.setPassword(id, 'another', former)).toBe(true);
      await rig.sessions.endAll(id, 'password-change', ADA);
      return openSession(...parameters);
    };
    expect(await outcomeOf(rig.login(name))).toBe('invalid-credential');
    expect(await rig.sessions.list(id)).toEqual([]);
  });

  it('tells the audit of it, but nothing of what was typed', async () => {
    using rig = new AccountRig(test.database, { lockout: { after: 1 } });
    const name = somebody();
    const { id } = await rig.account(name);
    await outcomeOf(rig.login('my-secret-typed-as-login', OTHER, EVE));
    await outcomeOf(rig.login(name, OTHER, EVE));
    await outcomeOf(rig.login(name, OTHER, EVE));
    await rig.accounts.setActive(id, false, ROOT);
    const refusals = rig.audit.filter(({ outcome }) => outcome === 'refused').map(({ action, actor, client, details, subject }) => [action, actor, subject, client, details['why']]);
    expect(refusals).toEqual([
      ['login', null, null, EVE.client, 'password'],
      ['login', null, `account:${id}`, EVE.client, 'password'],
      ['login', null, `account:${id}`, EVE.client, 'locked'],
    ]);
    expect(JSON.stringify(rig.audit)).not.toMatch(/my-secret|staple|correct horse/);
  });
});
