import { systemClock } from '#libs/kernel';
import { until } from '#libs/testing';
import type { Revocable, Revocation } from '../../src/auth/revocations.js';
import { SoloFleet } from '../../src/cluster/index.js';
import { ChangeFeed, type Database } from '../../src/database/index.js';
import { KeptRevocations, type RevocationPlan } from '../../src/identity/revocations/index.js';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';
import { findRedis, RedisServer } from '../support/redis.js';
import { Connected, timed } from '../support/redis-connection.js';

const LIMIT = 60_000;
/** Milliseconds in which all instances have to know. */
const AT_ONCE = 1_000;

/** The least that it took of three times: a machine may stand still now and then. */
async function soonest(work: (session: string) => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (const session of ['s1', 's2', 's3']) times.push((await timed(() => work(session))).time);
  return Math.min(...times);
}

const credential: Revocable = { token: 't1', session: 's1', owner: 'account:1', issuedAt: 5 };
const soon = (): number => Date.now() + 3_600_000;
const revocation = (more: Partial<Revocation> = {}): Revocation => ({ kind: 'session', subject: 's1', before: 0, expiresAt: soon(), ...more });

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

/** One process of one instance, that goes by these. */
async function instance(plan: Partial<RevocationPlan>): Promise<KeptRevocations> {
  const kept = new KeptRevocations(new SoloFleet(), systemClock);
  const built = kept.build({ database: null, changes: null, redis: null, away: 'allow', ...plan });
  await built.settled;
  built.adopt();
  ends.push(() => kept.onApplicationShutdown());
  return kept;
}

function feedOf(database: Database): ChangeFeed {
  const changes = new ChangeFeed({ database, clock: systemClock, sync: 200, tellOthers: () => Promise.resolve() });
  ends.push(() => changes.close());
  return changes;
}

onEachDatabase('A4: revocations in the database', (open) => {
  let base: TestDatabase;
  beforeEach(async () => { base = await open(); }, LIMIT);
  afterEach(() => base[Symbol.asyncDispose]());
  const process = async (more: Partial<RevocationPlan> = {}): Promise<KeptRevocations> => {
    const database = await base.another();
    return instance({ database, changes: feedOf(database), ...more });
  };

  it('reach every instance in under a second, without Redis, and those that start later', async () => {
    const [one, other] = [await process(), await process()];
    const time = await soonest(async (session) => {
      await one.revoke(revocation({ subject: session }));
      expect(one.covers({ ...credential, session })).toBe(true);
      await until(() => other.covers({ ...credential, session }));
    });
    expect(time).toBeLessThan(AT_ONCE);
    expect((await process()).covers(credential)).toBe(true);
  }, LIMIT);

  it.each<[Revocation['kind'], string]>([['token', 't1'], ['session', 's1'], ['owner', 'account:1']])('are written down as what they are: %s', async (kind, subject) => {
    await (await process()).revoke(revocation({ kind, subject, before: kind === 'owner' ? 6 : 0 }));
    const later = await process();
    expect(later.covers(credential)).toBe(true);
    expect(later.covers({ ...credential, token: 'x', session: 'x', owner: 'account:2' })).toBe(false);
    if (kind === 'owner') expect(later.covers({ ...credential, issuedAt: 6 })).toBe(false);
  }, LIMIT);

  it('the later of two counts, whichever is written first', async () => {
    const one = await process();
    for (const before of [9, 6]) await one.revoke(revocation({ kind: 'owner', subject: 'account:1', before }));
    const later = await process();
    expect([8, 9].map((issuedAt) => later.covers({ ...credential, issuedAt }))).toEqual([true, false]);
  }, LIMIT);

  it('those that are over are read by nobody, and deleted', async () => {
    const one = await process();
    const expiresAt = Date.now() + 50;
    await one.revoke(revocation({ expiresAt }));
    await until(() => Date.now() > expiresAt + 5);
    expect((await process()).covers(credential)).toBe(false);
    await one.revoke(revocation({ subject: 's2' }));
    expect(await base.database.run((db) => db.selectFrom('revocations').select('subject').execute())).toEqual([{ subject: 's2' }]);
  }, LIMIT);

  it('cannot be made while the database is away, and then nothing is revoked; those that are known stay', async () => {
    const database = await base.another();
    const one = await instance({ database, changes: feedOf(database) });
    await one.revoke(revocation());
    await database.close();
    await expect(one.revoke(revocation({ subject: 's2' }))).rejects.toMatchObject({ type: { code: 'database-away' } });
    expect(one.covers(credential)).toBe(true);
    expect(one.covers({ ...credential, session: 's2' })).toBe(false);
  }, LIMIT);

  it.each([['allow', false], ['deny', 'revocations-away']] as const)('a start without the database: %s', async (away, expected) => {
    const database = await base.another();
    await database.close();
    const one = await instance({ database, changes: feedOf(database), away });
    const said = ((): unknown => {
      try {
        return one.covers(credential);
      } catch (error) {
        return (error as { type: { code: string } }).type.code;
      }
    })();
    expect(said).toBe(expected);
  }, LIMIT);
});

const binary = await findRedis();

(binary === null ? describe.skip : describe)('A4: revocations in Redis', () => {
  let redis: RedisServer;
  const connections: Connected[] = [];
  beforeEach(async () => { redis = await RedisServer.start(binary as string); }, LIMIT);
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });
  const process = async (more: Partial<RevocationPlan> = {}): Promise<KeptRevocations> => {
    const connection = await Connected.to({ url: redis.url });
    connections.push(connection);
    return instance({ redis: connection.redis, ...more });
  };

  it('reach every instance in under a second, and those that start later', async () => {
    const [one, other] = [await process(), await process()];
    const time = await soonest(async (session) => {
      await one.revoke(revocation({ subject: session, owner: 'account:1' }));
      await until(() => other.covers({ ...credential, session }));
    });
    expect(time).toBeLessThan(AT_ONCE);
    expect((await process()).list()).toEqual(one.list());
  }, LIMIT);

  it('take no room when they are over', async () => {
    const one = await process();
    await one.revoke(revocation({ expiresAt: Date.now() + 3_000 }));
    expect(Number(await redis.call('PTTL', 'passerelle:revocations'))).toBeGreaterThan(0);
    await until(async () => (await redis.call('EXISTS', 'passerelle:revocations')) === 0);
    expect((await process()).list()).toEqual([]);
  }, LIMIT);

  it('are read in parts, all of them', async () => {
    const one = await process();
    await Promise.all(Array.from({ length: 1_234 }, (_, i) => one.revoke(revocation({ subject: `s${i}` }))));
    expect((await process()).list()).toHaveLength(1_234);
  }, LIMIT);

  it('while Redis is away none can be made, and those that are known stay; what Redis forgot it is told again', async () => {
    const [one, other] = [await process(), await process()];
    await one.revoke(revocation());
    await until(() => other.covers(credential));
    await redis.kill();
    await expect(one.revoke(revocation({ subject: 's2' }))).rejects.toMatchObject({ type: { code: 'revocations-away', status: 503 } });
    expect([one.covers(credential), one.covers({ ...credential, session: 's2' })]).toEqual([true, false]);
    // It starts empty.
    await redis.restart();
    await until(async () => (await redis.call('ZCARD', 'passerelle:revocations')) === 1);
    expect((await process()).covers(credential)).toBe(true);
  }, LIMIT);

  it('what was revoked meanwhile is learned when Redis is back', async () => {
    await redis[Symbol.asyncDispose]();
    redis = await RedisServer.start(binary as string, { durable: true });
    const one = await process();
    expect(one.covers(credential)).toBe(false);
    await redis.call('ZADD', 'passerelle:revocations', String(soon()), JSON.stringify(revocation()));
    await redis.kill();
    await redis.restart();
    await until(() => one.covers(credential));
  }, LIMIT);

  it.each(['allow', 'deny'] as const)('a start without Redis: %s, until it is there', async (away) => {
    await (await process()).revoke(revocation());
    await redis.kill();
    const late = await process({ away });
    if (away === 'deny') expect(() => late.covers(credential)).toThrow('revocations-away');
    else expect(late.covers(credential)).toBe(false);
    await redis.restart();
    await until(() => {
      try {
        return late.covers(credential) || away === 'deny';
      } catch {
        return false;
      }
    });
  }, LIMIT);
});

describe('A4: a gateway and what is revoked', () => {
  const file = (more = ''): string => `
${more}
${USERS}
endpoints: { admin: { at: /admin, authenticate: [users], authorize: { roles: [admin] } } }
routes: { any: { match: { path: /any/** }, to: echo } }
`;
  const bearer = async (claims: Record<string, unknown>): Promise<Record<string, string>> => ({ authorization: `Bearer ${await token(claims)}` });
  const revoke = async (gw: TestGateway, body: object) =>
    gw.fetch('/admin/revocations', { method: 'POST', headers: { ...(await bearer({ sub: '1', role: 'admin', jti: 'admin' })), 'content-type': 'application/json' }, body: JSON.stringify(body) });

  it.each<[string, object]>([
    ['a token', { kind: 'token', subject: 'j7' }],
    ['a session', { kind: 'session', subject: 's7' }],
    ['all somebody has', { kind: 'owner', subject: 'users:7' }],
  ])('an administrator revokes %s of another issuer, and its service hears no more of it', async (_what, body) => {
    await using gw = await gateway(file());
    const headers = await bearer({ sub: '7', role: 'student', jti: 'j7', sid: 's7', iat: Math.floor(Date.now() / 1000) - 5 });
    expect((await gw.fetch('/any/1', { headers })).status).toBe(200);
    const done = await revoke(gw, body);
    expect([done.status, done.json()]).toEqual([200, expect.objectContaining(body)]);
    const refused = await gw.fetch('/any/1', { headers });
    expect([refused.status, refused.json()['code']]).toEqual([401, 'revoked-credential']);
    expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
    expect((await gw.fetch('/any/1', { headers: await bearer({ sub: '8', role: 'student', jti: 'j8' }) })).status).toBe(200);
  });

  it('lists them, keeps them over a reload, and is for administrators only', async () => {
    await using gw = await gateway(file());
    await revoke(gw, { kind: 'token', subject: 'j7' });
    await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${file('revocation: { away: deny }')}`);
    const admin = await bearer({ sub: '1', role: 'admin', jti: 'admin' });
    expect((await gw.fetch('/admin/revocations', { headers: admin })).json()).toMatchObject({ total: 1, revocations: [{ kind: 'token', subject: 'j7' }] });
    const student = await bearer({ sub: '7', role: 'student', jti: 'j9' });
    expect((await gw.fetch('/admin/revocations', { headers: student })).status).toBe(403);
    expect((await gw.fetch('/any/1', { headers: await bearer({ sub: '7', role: 'student', jti: 'j7' }) })).status).toBe(401);
  });

  it('what makes no sense is told field by field', async () => {
    await using gw = await gateway(file());
    const { status, json } = await revoke(gw, { kind: 'owner', subject: '42' });
    expect([status, json()['code']]).toEqual([422, 'unprocessable']);
  });

  (binary === null ? it.skip : it)('two gateways share them through Redis, in under a second', async () => {
    await using redis = await RedisServer.start(binary as string);
    const yaml = file(`redis: { url: "${redis.url}" }`);
    await using one = await gateway(yaml);
    await using other = await gateway(yaml);
    const time = await soonest(async (jti) => {
      const headers = await bearer({ sub: '7', role: 'student', jti });
      expect((await other.fetch('/any/1', { headers })).status).toBe(200);
      expect((await revoke(one, { kind: 'token', subject: jti })).status).toBe(200);
      await until(async () => (await other.fetch('/any/1', { headers })).status === 401);
    });
    expect(time).toBeLessThan(AT_ONCE);
  }, LIMIT);
});

