import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { systemClock } from '#libs/kernel';
import { ADA, outcomeOf, SessionRig } from '../../src/identity/sessions/sessions.fixture.js';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';

/** A process starts from its sources. */
const LIMIT = 120_000;
const REFUSED = 'invalid-credential';
const support = path.resolve(import.meta.dirname, '../support');

/** Several instances over one database, each with connections of its own. */
async function instances(test: TestDatabase, config: object) {
  const [first, second] = [test.database, await test.another()].map((database) => new SessionRig(database, { config, clock: systemClock })) as [SessionRig, SessionRig];
  return { both: [first, second], account: await first.account('ada') };
}

onEachDatabase('many refreshes at once', (open) => {
  let test: TestDatabase;
  beforeEach(async () => { test = await open(); });
  afterEach(() => test[Symbol.asyncDispose]());

  const at = (both: readonly SessionRig[], i: number): SessionRig => both[i % both.length] as SessionRig;

  it('of one token, by one client: one successor, and one family', async () => {
    // All of them come within the grace, though the machine is slow.
    const { account, both } = await instances(test, { refresh: { grace: '5m' } });
    const grant = await at(both, 0).sessions.open(account, ADA);
    const grants = await Promise.all(Array.from({ length: 50 }, (_, i) => at(both, i).sessions.refresh(grant.refreshToken, ADA)));
    const tokens = new Set(grants.map(({ refreshToken }) => refreshToken));
    expect(tokens.size).toBe(1);
    expect(new Set(grants.map(({ session }) => session))).toEqual(new Set([grant.session]));
    const unused = await test.database.run((db) => db.selectFrom('refresh_tokens').selectAll().where('used_at', 'is', null).execute());
    expect(unused).toHaveLength(1);
    const [next] = tokens;
    expect(await outcomeOf(at(both, 1).sessions.refresh(next as string, ADA))).toBe('done');
    expect(await outcomeOf(at(both, 0).sessions.refresh(grant.refreshToken, ADA))).toBe(REFUSED);
  });

  it.each([
    ['without grace', { refresh: { grace: 'off' } }, false],
    ['by many clients', {}, true],
  ])('of one token, %s: one is first, and nothing is left', async (_how, config, strangers) => {
    const { account, both } = await instances(test, config);
    const grant = await at(both, 0).sessions.open(account, ADA);
    const settled = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => at(both, i).sessions.refresh(grant.refreshToken, strangers ? { ...ADA, client: `192.0.2.${i}` } : ADA)));
    const won = settled.filter((each) => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(await outcomeOf(at(both, 0).sessions.refresh(won[0]?.value.refreshToken as string, ADA))).toBe(REFUSED);
    const good = await test.database.run((db) => db.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute());
    expect(good).toEqual([]);
    expect(new Set(both.flatMap(({ revocations }) => revocations.sessions))).toEqual(new Set([grant.session]));
  });

  it('while the session ends: no token is good afterwards', async () => {
    const { account, both } = await instances(test, {});
    for (let round = 0; round < 5; round++) {
      const grant = await at(both, 0).sessions.open(account, ADA);
      const [left, ...renewed] = await Promise.allSettled([
        at(both, 0).sessions.endAll('ada', 'password', ADA),
        ...Array.from({ length: 8 }, (_, i) => at(both, i).sessions.refresh(grant.refreshToken, ADA)),
      ]);
      expect(left.status).toBe('fulfilled');
      const given = renewed.flatMap((each) => (each.status === 'fulfilled' ? [each.value.refreshToken] : []));
      for (const token of [grant.refreshToken, ...given]) expect(await outcomeOf(at(both, 1).sessions.refresh(token, ADA))).toBe(REFUSED);
      expect(at(both, 0).revocations.sessions).toContain(grant.session);
    }
  });

  it('of many sessions, with logins and ends between: nobody waits for somebody who waits', async () => {
    const { account, both } = await instances(test, { sessions: { max: 4 } });
    const work = Array.from({ length: 40 }, async (_, i) => {
      const rig = at(both, i);
      if (i % 10 === 9) return rig.sessions.endAll('ada', 'admin', ADA);
      const grant = await rig.sessions.open(account, ADA);
      return rig.sessions.refresh(grant.refreshToken, ADA).catch((error: { type?: { code: string } }) => {
        if (error.type?.code !== REFUSED) throw error;
      });
    });
    await Promise.all(work);
    expect((await at(both, 0).sessions.list('ada')).length).toBeLessThanOrEqual(4);
  });

  it('of a process that is killed: each token that it had is good exactly once', async () => {
    const child = spawn(process.execPath, [
      '--conditions=source', '--disable-warning=ExperimentalWarning', '--import', path.join(support, 'sources.mjs'), path.join(support, 'refresher.ts'),
      test.file().file, JSON.stringify(test.settings),
    ], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complaint] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text; });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.split('\n').length > 150) child.kill('SIGKILL');
    });
    const [, signal] = await once(child, 'close') as [number | null, string | null];
    expect({ complaint, signal }).toEqual({ complaint: '', signal: 'SIGKILL' });
    const last = new Map(said.split('\n').slice(0, -1).map((line) => line.split(' ') as [string, string]));
    expect(last.size).toBe(6);
    const { sessions } = new SessionRig(await test.another(), { clock: systemClock, config: { refresh: { grace: '5m' } } });
    for (const [session, token] of last) {
      const grant = await sessions.refresh(token, ADA);
      expect(grant.session).toBe(session);
      expect(await outcomeOf(sessions.refresh(grant.refreshToken, ADA))).toBe('done');
      expect(await outcomeOf(sessions.refresh(token, ADA))).toBe(REFUSED);
    }
  }, LIMIT);
});
