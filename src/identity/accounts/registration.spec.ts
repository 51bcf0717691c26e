import { onEachDatabase, type TestDatabase } from '../../../test/support/databases.js';
import { AccountRig, ADA, EVE, OTHER, outcomeOf, PASSWORD, problemOf } from './accounts.fixture.js';
import type { Form } from './index.js';

const SILENT = { register: { existing: 'silent', verify: 'required' } };

onEachDatabase('registering', (open) => {
  let test: TestDatabase;
  let names = 0;
  beforeAll(async () => { test = await open(); });
  afterAll(() => test[Symbol.asyncDispose]());
  const form = (more: Partial<Form> = {}): Form => ({ email: `bob${++names}@example.org`, password: PASSWORD, attributes: {}, ...more });

  it('makes an account, and signs in', async () => {
    using rig = new AccountRig(test.database, { register: { roles: ['candidat', 'recruteur'], role: 'candidat' } });
    const wanted = form({ name: 'Bob', role: 'recruteur', attributes: { city: 'Paris', tags: ['a', { b: 1 }] } });
    const { account, grant } = await rig.accounts.register({ ...wanted, email: wanted.email?.toUpperCase() }, ADA);
    expect(account).toEqual({
      id: expect.any(String), login: wanted.email, email: wanted.email, name: 'Bob', roles: ['recruteur'], permissions: [], active: true, verifiedAt: null, createdAt: rig.clock.now(), attributes: { city: 'Paris', tags: ['a', { b: 1 }] },
    });
    expect(grant).toMatchObject({ account, accessToken: expect.stringContaining(account?.id ?? '-') as string });
    expect(await rig.store.find(account?.id ?? '')).toEqual(account);
    expect(await outcomeOf(rig.login(wanted.email ?? ''))).toBe('done');
  });

  it.each<[string, object, Partial<Form>, string, readonly string[]]>([
    ['none, without a role for it', {}, {}, 'done', []],
    ['none', { role: 'candidat' }, {}, 'done', ['candidat']],
    ['the one that all get', { role: 'candidat' }, { role: 'candidat' }, 'done', ['candidat']],
    ['one of those', { role: 'candidat', roles: ['recruteur'] }, { role: 'recruteur' }, 'done', ['recruteur']],
    ['admin', { role: 'candidat', roles: ['recruteur'] }, { role: 'admin' }, 'forbidden', []],
    ['any, where nobody may', {}, { role: 'admin' }, 'forbidden', []],
  ])('with a role: %s', async (_, register, more, outcome, roles) => {
    using rig = new AccountRig(test.database, { register });
    const wanted = form(more);
    expect(await outcomeOf(rig.accounts.register(wanted, ADA))).toBe(outcome);
    expect((await rig.store.findByLogin(wanted.email ?? ''))?.roles ?? []).toEqual(roles);
  });

  it.each<[string, Readonly<Record<string, unknown>>, Partial<Form>, string]>([
    ['where nobody can', { register: { open: 'off' } }, {}, 'registration-closed'],
    ['with a weak password', {}, { password: 'password123' }, 'unprocessable'],
    ['without an address', {}, { email: undefined }, 'unprocessable'],
    ['with an address that is none', {}, { email: 'bob' }, 'unprocessable'],
  ])('%s it is refused', async (_, config, more, outcome) => {
    using rig = new AccountRig(test.database, config);
    expect(await outcomeOf(rig.accounts.register(form(more), ADA))).toBe(outcome);
  });

  it('says which field is wrong by the name the platform has for it', async () => {
    using rig = new AccountRig(test.database, { fields: { password: 'mot_de_passe' } });
    const problem = await problemOf(rig.accounts.register(form({ password: 'short' }), ADA));
    expect(problem?.extras.members).toEqual({ errors: [{ path: 'mot_de_passe', message: 'it needs at least 10 characters' }] });
  });

  it('makes an account once, however many want it at the same time', async () => {
    using rig = new AccountRig(test.database);
    const wanted = form();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcomeOf(rig.accounts.register(wanted, ADA))));
    expect(outcomes.toSorted()).toEqual([...Array<string>(7).fill('account-exists'), 'done']);
  });

  it('takes no address that belongs to an account with a name', async () => {
    using rig = new AccountRig(test.database, { loginBy: ['username', 'email'] });
    const wanted = form({ username: `bob-${++names}` });
    expect(await outcomeOf(rig.accounts.register(wanted, ADA))).toBe('done');
    expect(await outcomeOf(rig.accounts.register({ ...wanted, username: undefined }, ADA))).toBe('account-exists');
    expect(await outcomeOf(rig.accounts.register({ ...wanted, email: 'else@example.org' }, ADA))).toBe('account-exists');
  });

  it('waits for the proof of the address', async () => {
    using rig = new AccountRig(test.database, { register: { verify: 'required' }, verify: { link: 'https://app.example.org/v?t={token}' } });
    const wanted = form();
    const { account, grant } = await rig.accounts.register(wanted, ADA);
    expect(account?.verifiedAt).toBeNull();
    expect(grant).toBeNull();
    expect(await outcomeOf(rig.login(wanted.email ?? ''))).toBe('account-unverified');
    const token = await rig.token('verify');
    expect(rig.messages[0]?.link?.reveal()).toBe(`https://app.example.org/v?t=${token}`);
    expect(await outcomeOf(rig.accounts.verify(token, ADA))).toBe('done');
    expect(await outcomeOf(rig.login(wanted.email ?? ''))).toBe('done');
    expect(await outcomeOf(rig.accounts.verify(token, ADA))).toBe('spent-token');
    expect(JSON.stringify([rig.messages, rig.audit])).not.toContain(token);
  });

  it('keeps secret who has an account, and tells the owner, once', async () => {
    using rig = new AccountRig(test.database, SILENT);
    const wanted = form();
    const first = await rig.accounts.register(wanted, ADA);
    await rig.accounts.settled();
    expect(await rig.accounts.register({ ...wanted, password: OTHER }, EVE)).toEqual(first);
    expect(await rig.accounts.register({ ...wanted, password: OTHER }, EVE)).toEqual({ account: null, grant: null });
    expect(rig.messages.map(({ kind, token }) => [kind, token === null])).toEqual([['verify', false], ['existing', true]]);
    expect(await outcomeOf(rig.login(wanted.email ?? '', PASSWORD))).toBe('invalid-credential');
    expect(await outcomeOf(rig.login(wanted.email ?? '', OTHER))).toBe('invalid-credential');
    await rig.accounts.verify(await rig.token('verify'), ADA);
    expect(await outcomeOf(rig.login(wanted.email ?? '', PASSWORD))).toBe('done');
    expect(await outcomeOf(rig.login(wanted.email ?? '', OTHER))).toBe('invalid-credential');
  });

  it('gives an address that somebody else registered to whoever reads its mail', async () => {
    using rig = new AccountRig(test.database, { register: { verify: 'required' } });
    const wanted = form();
    await rig.accounts.register(wanted, EVE);
    expect(await outcomeOf(rig.accounts.register({ ...wanted, password: OTHER }, ADA))).toBe('account-exists');
    await rig.accounts.requestReset(wanted.email ?? '', ADA);
    await rig.accounts.reset(await rig.token('reset'), { password: OTHER, field: 'password' }, ADA);
    expect(await outcomeOf(rig.login(wanted.email ?? '', PASSWORD, EVE))).toBe('invalid-credential');
    expect(await outcomeOf(rig.login(wanted.email ?? '', OTHER))).toBe('done');
  });
});
