import { onEachDatabase, type TestDatabase } from '../../../test/support/databases.js';
import { AccountRig, ADA, EVE, OTHER, outcomeOf, PASSWORD, problemOf, ROOT } from './accounts.fixture.js';

const to = (password: string): { password: string; field: string } => ({ password, field: 'password' });

onEachDatabase('another password', (open) => {
  let test: TestDatabase;
  let names = 0;
  beforeAll(async () => { test = await open(); });
  afterAll(() => test[Symbol.asyncDispose]());
  const somebody = (): string => `eva${++names}@example.org`;

  it('by the one before, which ends all other sessions', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    const account = await rig.account(email, { email, username: undefined });
    const [here, there] = [await rig.login(email), await rig.login(email)];
    await rig.accounts.changePassword(rig.signedIn(here), { current: PASSWORD, next: OTHER }, ADA);
    expect((await rig.sessions.list(account.id)).map(({ id }) => id)).toEqual([here.session]);
    expect(rig.revocations.sessions).toEqual([there.session]);
    expect(await outcomeOf(rig.login(email))).toBe('invalid-credential');
    expect(await outcomeOf(rig.login(email, OTHER))).toBe('done');
  });

  it('is not for whoever guesses the one before', async () => {
    using rig = new AccountRig(test.database, { lockout: { after: 2, first: '1m' }, fields: { currentPassword: 'ancien' } });
    const email = somebody();
    await rig.account(email, { email, username: undefined });
    const grant = await rig.login(email);
    const change = (current: string, next = OTHER): Promise<void> => rig.accounts.changePassword(rig.signedIn(grant), { current, next }, EVE);
    expect(await outcomeOf(change(PASSWORD, 'short'))).toBe('unprocessable');
    expect((await problemOf(change('wrong guess')))?.extras.members).toEqual({ errors: [{ path: 'ancien', message: 'it is not the password' }] });
    expect(await outcomeOf(change('wrong guess'))).toBe('unprocessable');
    expect(await outcomeOf(change(PASSWORD))).toBe('account-locked');
  });

  it('by mail, which ends all sessions and every wait', async () => {
    using rig = new AccountRig(test.database, { lockout: { after: 1, first: '15m' } });
    const email = somebody();
    const account = await rig.account(email, { email, username: undefined });
    await rig.login(email);
    await outcomeOf(rig.login(email, OTHER, EVE));
    await rig.accounts.requestReset(email.toUpperCase(), ADA);
    const token = await rig.token('reset');
    expect(await outcomeOf(rig.accounts.reset(token, to('short'), ADA))).toBe('unprocessable');
    expect(await outcomeOf(rig.accounts.reset(token, to(OTHER), ADA))).toBe('done');
    expect(await rig.sessions.list(account.id)).toEqual([]);
    expect(await outcomeOf(rig.accounts.reset(token, to(PASSWORD), ADA))).toBe('spent-token');
    expect(await outcomeOf(rig.login(email, OTHER, EVE))).toBe('done');
    expect(rig.audit.map(({ action }) => action)).toContain('password.reset');
  });

  it('uses a token once, however many bring it at the same time', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    await rig.account(email, { email, username: undefined });
    await rig.accounts.requestReset(email, ADA);
    const token = await rig.token('reset');
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => outcomeOf(rig.accounts.reset(token, to(OTHER), ADA))));
    expect(outcomes.toSorted()).toEqual(['done', ...Array<string>(5).fill('spent-token')]);
  });

  it.each<[string, (rig: AccountRig, token: string, id: string) => Promise<string>]>([
    ['too old', (rig, token) => { rig.clock.pass(3_600_001); return Promise.resolve(token); }],
    ['for something else', async (rig, __, id) => {
      await rig.database.run((db) => db.updateTable('accounts').set({ verified_at: null }).where('id', '=', id).execute());
      await rig.accounts.requestVerification((await rig.store.find(id))?.login ?? '');
      return rig.token('verify');
    }],
    ['made up', () => Promise.resolve('A'.repeat(43))],
    ['one of several, another of which was used', async (rig, token, id) => {
      rig.clock.pass(60_001);
      await rig.accounts.requestReset((await rig.store.find(id))?.login ?? '', ADA);
      const newer = await rig.token('reset');
      expect(newer).not.toBe(token);
      await rig.accounts.reset(newer, to(OTHER), ADA);
      return token;
    }],
    ['of an account that was closed', async (rig, token, id) => { await rig.accounts.setActive(id, false, ROOT); return token; }],
    ['from before the password was changed', async (rig, token, id) => {
      const grant = await rig.login((await rig.store.find(id))?.login ?? '');
      await rig.accounts.changePassword(rig.signedIn(grant), { current: PASSWORD, next: `${PASSWORD}!` }, ADA);
      return token;
    }],
  ])('takes no token that is %s', async (_, spoil) => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    const { id } = await rig.account(email, { email, username: undefined });
    await rig.accounts.requestReset(email, ADA);
    const token = await spoil(rig, await rig.token('reset'), id);
    expect(await outcomeOf(rig.accounts.reset(token, to(OTHER), ADA))).toBe('spent-token');
  });

  it.each<[string, object | null, number]>([
    ['an account', {}, 1], ['nobody', null, 0], ['a closed account', { active: false }, 0], ['an account without an address', { email: undefined, username: 'NAME' }, 0],
  ])('writes to %s', async (_, more, mails) => {
    using rig = new AccountRig(test.database, { loginBy: ['email', 'username'] });
    const email = somebody();
    const username = email.replace(/@.*/, '');
    if (more !== null) await rig.account(email, { email, username: undefined, ...more, ...('username' in more && { username }) });
    expect(await outcomeOf(rig.accounts.requestReset(email, ADA))).toBe('done');
    expect(await outcomeOf(rig.accounts.requestReset(username, ADA))).toBe('done');
    await rig.accounts.settled();
    expect(rig.messages).toHaveLength(mails);
  });

  it('writes once a minute, however often somebody asks', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    await rig.account(email, { email, username: undefined });
    await Promise.all(Array.from({ length: 10 }, () => rig.accounts.requestReset(email, EVE)));
    await rig.accounts.settled();
    expect(rig.messages).toHaveLength(1);
    rig.clock.pass(60_001);
    await rig.accounts.requestReset(email, EVE);
    await rig.accounts.settled();
    expect(rig.messages).toHaveLength(2);
  });

  it('is not kept from its owner by somebody who asks again and again, nor is his letter box flooded', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    await rig.account(email, { email, username: undefined });
    await rig.accounts.requestReset(email, ADA);
    const own = await rig.token('reset');
    for (let i = 0; i < 20; i++) {
      rig.clock.pass(60_001);
      await rig.accounts.requestReset(email, EVE);
      await rig.accounts.settled();
    }
    expect(rig.messages).toHaveLength(5);
    expect(await outcomeOf(rig.accounts.reset(own, to(OTHER), ADA))).toBe('done');
  });

  it('is not changed by who knows the former, when it becomes another one at the same moment', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    const { id } = await rig.account(email, { email, username: undefined });
    const grant = await rig.login(email);
    const credentialById = rig.store.credentialById.bind(rig.store);
    let looks = 0;
    rig.store.credentialById = async (account) => {
      if (++looks === 2) {
        rig.clock.pass(1);
        expect(await rig.store.setPassword(id, 'of the owner', (await credentialById(id))?.password ?? null)).toBe(true);
      }
      return credentialById(account);
    };
    expect(await outcomeOf(rig.accounts.changePassword(rig.signedIn(grant), { current: PASSWORD, next: OTHER }, EVE))).toBe('invalid-credential');
    expect((await credentialById(id))?.password).toBe('of the owner');
  });

  it('keeps tokens hashed', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    await rig.account(email, { email, username: undefined });
    await rig.accounts.requestReset(email, ADA);
    const token = await rig.token('reset');
    expect(token).toMatch(/^[\w-]{43}$/);
    const rows = await rig.database.run((db) => db.selectFrom('one_time_tokens').selectAll().execute());
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify([rig.messages, rig.audit])).not.toContain(token);
  });

  it('proves an address once', async () => {
    using rig = new AccountRig(test.database);
    const email = somebody();
    const { id } = await rig.account(email, { email, username: undefined, verified: false });
    await rig.accounts.requestVerification(email);
    await rig.accounts.verify(await rig.token('verify'), ADA);
    expect((await rig.store.find(id))?.verifiedAt).toBe(rig.clock.now());
    rig.clock.pass(60_001);
    await rig.accounts.requestVerification(email);
    await rig.accounts.settled();
    expect(rig.messages).toHaveLength(1);
  });
});
