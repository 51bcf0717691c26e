import { setTimeout as sleep } from 'node:timers/promises';
import { events, type AuditNotice } from '#libs/kernel';
import { until } from '#libs/testing';
import { hashOf } from '../../src/identity/sessions/refresh-token.js';
import { ADA, EVE, outcomeOf, SessionRig, TestClock } from '../../src/identity/sessions/sessions.fixture.js';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REFUSED = 'invalid-credential';

/** A rig on a database of its own, with one account. */
async function rigOn(test: TestDatabase, config: object = {}) {
  const clock = new TestClock();
  const rig = new SessionRig(test.database, { config, clock });
  const account = await rig.account('ada');
  const open = () => rig.sessions.open(account, ADA);
  const refresh = (token: string, caller = ADA) => rig.sessions.refresh(token, caller);
  return { rig, sessions: rig.sessions, revocations: rig.revocations, clock, account, open, refresh };
}

function audit(): { readonly seen: AuditNotice[] } & Disposable {
  const seen: AuditNotice[] = [];
  const end = events.audited.subscribe((notice) => seen.push(notice));
  return { seen, [Symbol.dispose]: end };
}

onEachDatabase('sessions', (open) => {
  let test: TestDatabase;
  beforeEach(async () => { test = await open(); });
  afterEach(() => test[Symbol.asyncDispose]());

  it('open with tokens, of which only the hash is kept', async () => {
    using heard = audit();
    const { sessions, ...rig } = await rigOn(test);
    const grant = await rig.open();
    expect(grant).toMatchObject({ expiresIn: 900, refreshExpiresIn: 7 * 86_400, account: { id: 'ada' } });
    expect(grant.accessToken).toContain(`ada/${grant.session}/teacher/`);
    const rows = await test.database.run((db) => db.selectFrom('refresh_tokens').selectAll().execute());
    expect(rows).toMatchObject([{ hash: hashOf(grant.refreshToken), session_id: grant.session, used_at: null, seed: null }]);
    const everything = JSON.stringify([rows, await test.database.run((db) => db.selectFrom('sessions').selectAll().execute()), heard.seen]);
    expect(everything).not.toContain(grant.refreshToken.slice(4));
    expect(await sessions.list('ada')).toMatchObject([{ id: grant.session, accountId: 'ada', client: ADA.client, agent: 'Browser/1' }]);
    expect(heard.seen).toMatchObject([{ action: 'session.open', outcome: 'done', actor: 'account:ada', subject: `session:${grant.session}`, client: ADA.client, requestId: 'r-1' }]);
  });

  it('refresh with roles of the moment, each token once, within one session', async () => {
    const { refresh, rig, sessions, clock, ...rest } = await rigOn(test);
    const first = await rest.open();
    await rig.change('ada', { roles: '["admin"]' });
    clock.pass(14 * MINUTE);
    const second = await refresh(first.refreshToken);
    expect(second.session).toBe(first.session);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.account.roles).toEqual(['admin']);
    expect(second.accessToken).toContain('/admin/');
    const third = await refresh(second.refreshToken);
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(await sessions.list('ada')).toMatchObject([{ id: first.session, lastUsedAt: clock.now() }]);
  });

  describe('the replay table', () => {
    it.each([
      // Who comes again, when, whether the successor was used meanwhile, and what the file says.
      ['the same client, at once', ADA, 0, 'no', {}, 'same'],
      ['the same client, at the end of the grace', ADA, 10 * SECOND, 'no', {}, 'same'],
      ['the same client, after the grace', ADA, 10 * SECOND + 1, 'no', {}, 'ends'],
      ['another address within the grace', EVE, 0, 'no', {}, 'ends'],
      ['another browser within the grace', { ...ADA, agent: 'curl/8' }, 0, 'no', {}, 'ends'],
      ['the same client, once the successor was used', ADA, 0, 'yes', {}, 'ends'],
      ['days later', EVE, 3 * DAY, 'no', {}, 'ends'],
      ['a longer grace', ADA, MINUTE, 'no', { refresh: { grace: '2m' } }, 'same'],
      ['no grace', ADA, 0, 'no', { refresh: { grace: 'off' } }, 'ends'],
    ] as const)('%s', async (_case, who, after, used, config, outcome) => {
      using heard = audit();
      const { clock, refresh, revocations, sessions, ...rest } = await rigOn(test, config);
      const first = await rest.open();
      const second = await refresh(first.refreshToken);
      const last = used === 'yes' ? await refresh(second.refreshToken) : second;
      clock.pass(after);
      if (outcome === 'same') {
        const again = await refresh(first.refreshToken, who);
        expect(again).toMatchObject({ refreshToken: second.refreshToken, session: first.session });
        expect(again.accessToken).not.toBe(second.accessToken);
        expect(revocations.all).toEqual([]);
        expect(await outcomeOf(refresh(second.refreshToken))).toBe('done');
        return;
      }
      expect(await outcomeOf(refresh(first.refreshToken, who))).toBe(REFUSED);
      expect(revocations.all).toEqual([{ kind: 'session', subject: first.session, before: 0, expiresAt: clock.now() + 15 * MINUTE + MINUTE, owner: 'account:ada' }]);
      expect(heard.seen.at(-1)).toMatchObject({ action: 'token.reuse', outcome: 'refused', actor: null, subject: `session:${first.session}`, client: who.client, details: { account: 'ada' } });
      expect(await outcomeOf(refresh(last.refreshToken))).toBe(REFUSED);
      expect(await sessions.list('ada')).toEqual([]);
      expect(await sessions.find(first.session)).toBeNull();
    });

    it('a copy that is used first is found out when the owner comes', async () => {
      const { clock, refresh, revocations, ...rest } = await rigOn(test);
      const first = await rest.open();
      const stolen = await refresh(first.refreshToken, EVE);
      clock.pass(5 * MINUTE);
      expect(await outcomeOf(refresh(first.refreshToken))).toBe(REFUSED);
      expect(revocations.sessions).toEqual([first.session]);
      expect(await outcomeOf(refresh(stolen.refreshToken, EVE))).toBe(REFUSED);
    });

    it('the grace brings a thief the very token of the owner, so that the next use of it tells', async () => {
      const { clock, refresh, revocations, ...rest } = await rigOn(test);
      const first = await rest.open();
      const own = await refresh(first.refreshToken);
      const copy = await refresh(first.refreshToken);
      expect(copy.refreshToken).toBe(own.refreshToken);
      const thief = await refresh(copy.refreshToken);
      clock.pass(MINUTE);
      expect(await outcomeOf(refresh(own.refreshToken))).toBe(REFUSED);
      expect(await outcomeOf(refresh(thief.refreshToken))).toBe(REFUSED);
      expect(revocations.sessions).toEqual([first.session]);
    });
  });

  it('answer the same, whatever is wrong with the token', async () => {
    const { clock, refresh, rig, sessions, ...rest } = await rigOn(test);
    const [ended, idle] = [await rest.open(), await rest.open()];
    await sessions.end(ended.session, 'logout', ADA);
    const told = async (token: string): Promise<unknown> => refresh(token).then(() => 'done', (error: unknown) => {
      const { detail, extras, type } = error as { detail: string; extras: unknown; type: { code: string } };
      return { detail, extras, code: type.code };
    });
    const unknown = await told(`prt_${'A'.repeat(43)}`);
    expect(unknown).toMatchObject({ code: REFUSED, extras: { headers: { 'WWW-Authenticate': 'Bearer' } } });
    expect(await told('')).toEqual(unknown);
    expect(await told("prt_' or 1=1 --")).toEqual(unknown);
    expect(await told(ended.refreshToken)).toEqual(unknown);
    const inactive = await rest.open();
    await rig.change('ada', { active: 0 });
    expect(await told(inactive.refreshToken)).toEqual(unknown);
    clock.pass(8 * DAY);
    await rig.change('ada', { active: 1 });
    expect(await told(idle.refreshToken)).toEqual(unknown);
    expect(await told(inactive.refreshToken)).toEqual(unknown);
  });

  it.each([
    ['idle', {}, [6 * DAY, 6 * DAY, 6 * DAY, 6 * DAY], true],
    ['idle too long', {}, [6 * DAY, 7 * DAY], false],
    ['over in all', {}, [6 * DAY, 6 * DAY, 6 * DAY, 6 * DAY, 6 * DAY], false],
    ['no limit but the whole', { refresh: { idle: 'off' } }, [29 * DAY], true],
    ['no limit but the whole, over', { refresh: { idle: 'off' } }, [29 * DAY, DAY], false],
  ] as const)('last as long as the file says: %s', async (_case, config, waits, good) => {
    const { clock, refresh, ...rest } = await rigOn(test, config);
    let { refreshToken } = await rest.open();
    const outcomes: boolean[] = [];
    for (const wait of waits) {
      clock.pass(wait);
      const renewed = await refresh(refreshToken).catch(() => null);
      outcomes.push(renewed !== null);
      refreshToken = renewed?.refreshToken ?? refreshToken;
    }
    expect(outcomes).toEqual(waits.map((_wait, i) => good || i < waits.length - 1));
  });

  it('tell when they end: the sooner of idle and all', async () => {
    const { clock, refresh, ...rest } = await rigOn(test, { refresh: { lifetime: '10d', idle: '7d' } });
    const first = await rest.open();
    expect(first.refreshExpiresIn).toBe(7 * 86_400);
    clock.pass(5 * DAY);
    expect((await refresh(first.refreshToken)).refreshExpiresIn).toBe(5 * 86_400);
  });

  it.each([['sliding', '7d', [5 * DAY, 5 * DAY, 5 * DAY], 'done'], ['fixed', 'off', [5 * DAY, 5 * DAY], 'done'], ['fixed, over', 'off', [5 * DAY, 15 * DAY], REFUSED]] as const)(
    'may give the same token again and again: %s', async (_case, idle, waits, last) => {
      const { clock, refresh, revocations, ...rest } = await rigOn(test, { refresh: { use: 'reuse', idle, lifetime: '20d' } });
      const first = await rest.open();
      let outcome = '';
      for (const wait of waits) {
        clock.pass(wait);
        outcome = await outcomeOf(refresh(first.refreshToken, EVE).then(({ refreshToken }) => expect(refreshToken).toBe(first.refreshToken)));
      }
      expect(outcome).toBe(last);
      expect(revocations.all).toEqual([]);
    });

  it('end with their account', async () => {
    using heard = audit();
    const { refresh, revocations, rig, sessions, ...rest } = await rigOn(test);
    const grant = await rest.open();
    await rig.change('ada', { active: 0 });
    expect(await outcomeOf(refresh(grant.refreshToken))).toBe(REFUSED);
    expect(revocations.sessions).toEqual([grant.session]);
    expect(heard.seen.at(-1)).toMatchObject({ action: 'session.end', details: { why: 'inactive' } });
    expect(await sessions.list('ada')).toEqual([]);
    expect(await outcomeOf(rest.open())).toBe(REFUSED);
  });

  it('lose nothing when an access token cannot be signed', async () => {
    const { refresh, rig, ...rest } = await rigOn(test);
    const { refreshToken } = await rest.open();
    rig.signs = false;
    expect(await outcomeOf(refresh(refreshToken))).toContain('there is no key');
    rig.signs = true;
    expect((await refresh(refreshToken)).refreshToken).not.toBe(refreshToken);
  });

  it('are ended once, and by all of an account but one', async () => {
    using heard = audit();
    const { refresh, revocations, sessions, ...rest } = await rigOn(test);
    const grants = [await rest.open(), await rest.open(), await rest.open()] as const;
    await sessions.end(grants[0].session, 'logout', ADA);
    await sessions.end(grants[0].session, 'logout', ADA);
    await sessions.end('no such session', 'logout', ADA);
    expect(heard.seen.filter(({ action }) => action === 'session.end')).toMatchObject([{ actor: 'account:ada', subject: `session:${grants[0].session}`, details: { why: 'logout', account: 'ada' } }]);
    expect(await outcomeOf(refresh(grants[0].refreshToken))).toBe(REFUSED);
    expect(await sessions.endAll('ada', 'password', { ...EVE, actor: 'users:9' }, grants[2].session)).toBe(1);
    expect(heard.seen.at(-1)).toMatchObject({ action: 'session.end-all', actor: 'users:9', subject: 'account:ada', details: { why: 'password', sessions: 1 } });
    expect(revocations.sessions).toContain(grants[1].session);
    expect(revocations.sessions).not.toContain(grants[2].session);
    expect((await sessions.list('ada')).map(({ id }) => id)).toEqual([grants[2].session]);
    expect(await sessions.endAll('ada', 'password', EVE)).toBe(1);
    expect(await sessions.endAll('nobody', 'password', EVE)).toBe(0);
  });

  it('whose end could not be told everywhere are ended all the way the next time', async () => {
    const { revocations, sessions, ...rest } = await rigOn(test);
    const [one, other] = [await rest.open(), await rest.open()];
    revocations.away = true;
    expect(await outcomeOf(sessions.end(one.session, 'logout', ADA))).toBe('database-away');
    expect(await outcomeOf(sessions.endAll('ada', 'admin', ADA))).toBe('database-away');
    revocations.away = false;
    await sessions.end(one.session, 'logout', ADA);
    expect(revocations.sessions).toEqual([one.session]);
    await sessions.endAll('ada', 'admin', ADA);
    expect(new Set(revocations.sessions)).toEqual(new Set([one.session, other.session]));
  });

  it.each([['session', ['session']], ['access', ['token']]] as const)('end at a logout as far as the file says: %s', async (revokes, kinds) => {
    const { refresh, revocations, sessions, ...rest } = await rigOn(test, { logout: { revokes } });
    const { refreshToken, session } = await rest.open();
    const principal = { id: 'ada', email: null, roles: [], permissions: [], scopes: [], authenticator: 'own', claims: { jti: 'j-1', sid: session }, expiresAt: 99 * DAY };
    await sessions.leave({ signedIn: { principal, account: 'ada', session }, refreshToken: null }, ADA);
    expect(revocations.all.map(({ kind }) => kind)).toEqual(kinds);
    expect(await outcomeOf(refresh(refreshToken))).toBe(revokes === 'access' ? 'done' : REFUSED);
  });

  it('end at a logout by a refresh token, used or not', async () => {
    const { refresh, revocations, sessions, ...rest } = await rigOn(test);
    const [one, other] = [await rest.open(), await rest.open()];
    await refresh(one.refreshToken);
    for (const refreshToken of [one.refreshToken, other.refreshToken, other.refreshToken, 'nonsense']) await sessions.leave({ signedIn: null, refreshToken }, ADA);
    expect(await sessions.list('ada')).toEqual([]);
    expect(new Set(revocations.sessions)).toEqual(new Set([one.session, other.session]));
  });

  it('are bounded by account: the one that rested longest ends', async () => {
    const { clock, refresh, revocations, rig, sessions, ...rest } = await rigOn(test, { sessions: { max: 3 } });
    await rig.sessions.open(await rig.account('bob'), ADA);
    const grants = [];
    for (let i = 0; i < 3; i++) {
      grants.push(await rest.open());
      clock.pass(SECOND);
    }
    await refresh(grants[0]?.refreshToken as string);
    clock.pass(SECOND);
    const fourth = await rest.open();
    expect(revocations.sessions).toEqual([grants[1]?.session]);
    expect((await sessions.list('ada')).map(({ id }) => id)).toEqual([fourth.session, grants[2]?.session, grants[0]?.session]);
    expect(await sessions.list('bob')).toHaveLength(1);
    await Promise.all(Array.from({ length: 12 }, () => rest.open()));
    expect(await sessions.list('ada')).toHaveLength(3);
  });

  it('are forgotten 30 days after their end, and used tokens when they would have ended', async () => {
    const { clock, refresh, sessions, ...rest } = await rigOn(test);
    const kept = async (): Promise<unknown[]> => {
      const [tokens, rows] = await test.database.run((db) => Promise.all([db.selectFrom('refresh_tokens').select('hash').execute(), db.selectFrom('sessions').select('id').execute()]));
      return [tokens.length, rows.length];
    };
    const sweptTo = async (tokens: number, rows: number): Promise<void> => {
      await rest.open();
      await until(async () => String(await kept()) === String([tokens, rows]));
      // And no further.
      await sleep(50);
      expect(await kept()).toEqual([tokens, rows]);
    };
    const first = await rest.open();
    await refresh(first.refreshToken);
    const ended = await rest.open();
    await sessions.end(ended.session, 'logout', ADA);
    expect(await kept()).toEqual([3, 2]);
    clock.pass(9 * DAY);
    await sweptTo(1, 3);
    clock.pass(29 * DAY);
    await sweptTo(1, 2);
    clock.pass(60 * DAY);
    await sweptTo(1, 1);
  });
});
