import path from 'node:path';
import { events, type AuditNotice } from '#libs/kernel';
import { until } from '#libs/testing';
import { onEachDatabase, type TestDatabase } from '../support/databases.js';
import { gateway, type Reply, type TestGateway } from '../support/gateway.js';
import { SECRET, token } from '../support/jwt.js';
import { findRedis, RedisServer } from '../support/redis.js';

const LIMIT = 60_000;
const redisBinary = await findRedis();

/** A gateway on a database that others have too. */
function fileOf(test: TestDatabase, more = ''): string {
  const database = { migrate: 'auto', ...test.settings, ...(test.settings['url'] === undefined && { file: path.join(path.dirname(test.file().file), 'data', 'passerelle.db') }) };
  return `
database: ${JSON.stringify(database)}
authenticate:
  users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] }
  keys: { use: api-key, from: [{ header: X-API-Key }, { query: api_key }] }
roles: { superuser: root, implies: { admin: [teacher] } }
routes:
  any: { match: { path: /any/** }, to: echo }
  other: { match: { path: /other }, to: echo, authenticate: keys, limit: { rate: 1000/h, by: route } }
  staff: { match: { path: /staff }, to: echo, authorize: { roles: [teacher] } }
  service: { match: { path: /service }, to: echo, authorize: { scopes: [invoices] } }
  open: { match: { path: /open }, to: echo, authenticate: none }
  mine: { match: { path: /users/:id }, to: echo, authorize: { owner: id } }
endpoints: { admin: { at: /admin, authenticate: users, authorize: { roles: [admin] } } }
${more}`;
}

interface Made {
  readonly id: string;
  readonly key: string;
}

/** What is asked of a gateway's keys, as somebody. */
class Desk {
  constructor(readonly gw: TestGateway, private readonly who: object = { sub: '1', role: 'root' }) {}

  async ask(method: string, below: string, body?: object): Promise<Reply> {
    const headers = { authorization: `Bearer ${await token({ ...this.who })}`, ...(body && { 'content-type': 'application/json' }) };
    return this.gw.fetch(`/admin/keys${below}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  async make(body: object = {}): Promise<Made> {
    const reply = await this.ask('POST', '', { name: 'x', ...body });
    if (reply.status !== 201) throw new Error(reply.text);
    return reply.json<Made>();
  }
}

const status = async (gw: TestGateway, key: string, at = '/any/1'): Promise<number> => (await gw.fetch(at, { headers: { 'x-api-key': key } })).status;

onEachDatabase('A5: API keys', (open, kind) => {
  let test: TestDatabase;
  beforeEach(async () => { test = await open(); }, LIMIT);
  afterEach(() => test[Symbol.asyncDispose]());

  it('live: made, used, changed, rotated, revoked', async () => {
    await using gw = await gateway(fileOf(test));
    const desk = new Desk(gw);
    const made = (await desk.ask('POST', '', { name: ' Billing ', roles: ['teacher'], scopes: ['invoices'], limits: ['100/min'], expiresIn: '90d' })).json<Made & Record<string, unknown>>();
    const { id, key } = made;
    expect(made).toMatchObject({ name: 'Billing', start: `pk_${id}`, owner: null, status: 'good', roles: ['teacher'], scopes: ['invoices'], createdBy: 'users:1', revokedAt: null, lastUsedAt: null });
    const { seen, status: used } = await gw.fetch('/service', { headers: { 'x-api-key': key } });
    expect([used, seen.headers['x-user-id'], seen.headers['x-user-role'], seen.headers['x-api-key']]).toEqual([200, id, 'teacher', undefined]);
    expect([await status(gw, key, '/staff'), await status(gw, key, '/other'), await status(gw, key, '/users/1')]).toEqual([200, 200, 403]);

    expect((await desk.ask('PATCH', `/${id}`, { roles: [], scopes: [] })).json()).toMatchObject({ name: 'Billing', roles: [], scopes: [] });
    expect([await status(gw, key), await status(gw, key, '/staff'), await status(gw, key, '/service')]).toEqual([200, 403, 403]);

    const next = (await desk.ask('POST', `/${id}/rotate`, { overlap: '1h' })).json<Made>();
    expect([next.id, await status(gw, key), await status(gw, next.key)]).toEqual([id, 200, 200]);
    const last = (await desk.ask('POST', `/${id}/rotate`, { overlap: '0s' })).json<Made>();
    expect([await status(gw, key), await status(gw, next.key), await status(gw, last.key)]).toEqual([401, 401, 200]);

    expect((await desk.ask('DELETE', `/${id}`)).status).toBe(204);
    expect((await gw.fetch('/any/1', { headers: { 'x-api-key': last.key } })).json()).toMatchObject({ status: 401, code: 'invalid-api-key', reason: 'revoked' });
    expect((await desk.ask('DELETE', `/${id}`)).status).toBe(204);
    expect((await desk.ask('PATCH', `/${id}`, { name: 'y' })).status).toBe(422);
    expect((await desk.ask('GET', `/${id}`)).json()).toMatchObject({ id, status: 'revoked' });
    for (const [method, below] of [['GET', '/nobody'], ['DELETE', '/nobody'], ['PATCH', '/nobody'], ['POST', '/nobody/rotate']] as const) {
      expect((await desk.ask(method, below, method === 'GET' || method === 'DELETE' ? undefined : {})).json()).toMatchObject({ status: 404, code: 'unknown-key' });
    }
  }, LIMIT);

  it('are told of without their texts, to the audit and in lists', async () => {
    const heard: AuditNotice[] = [];
    const deaf = events.audited.subscribe((notice) => heard.push(notice));
    await using gw = await gateway(fileOf(test));
    const desk = new Desk(gw);
    const made = [await desk.make({ owner: 'ada' }), await desk.make({ owner: 'ada' }), await desk.make()];
    const id = made[0]?.id ?? '';
    const rotated = (await desk.ask('POST', `/${id}/rotate`)).json<Made>();
    await desk.ask('PATCH', `/${id}`, { name: 'z' });
    await desk.ask('DELETE', `/${id}`);
    await desk.ask('DELETE', `/${id}`);
    deaf();
    expect(heard.filter(({ action }) => action.startsWith('key.')).map(({ action, actor, outcome, subject }) => [action, actor, outcome, subject === `key:${id}`])).toEqual([
      ['key.create', 'users:1', 'done', true], ['key.create', 'users:1', 'done', false], ['key.create', 'users:1', 'done', false],
      ['key.rotate', 'users:1', 'done', true], ['key.change', 'users:1', 'done', true], ['key.revoke', 'users:1', 'done', true],
    ]);
    const first = (await desk.ask('GET', '?limit=2')).json<{ keys: readonly Made[]; total: number; next: string }>();
    const second = (await desk.ask('GET', `?limit=2&after=${first.next}`)).json<{ keys: readonly Made[]; next: null }>();
    expect([first.total, second.next, [...first.keys, ...second.keys].map((key) => key.id).sort()]).toEqual([3, null, made.map((key) => key.id).sort()]);
    const ofAda = await desk.ask('GET', '?owner=ada');
    expect(ofAda.json()).toMatchObject({ total: 2 });
    const rows = JSON.stringify(await test.database.run((db) => db.selectFrom('api_keys').selectAll().execute())) + JSON.stringify(await test.database.run((db) => db.selectFrom('changes').selectAll().execute()));
    const told = JSON.stringify(heard) + ofAda.text + JSON.stringify([first, second]) + rows;
    for (const { key } of [...made, rotated]) expect(told).not.toContain(key.slice(-49));
    expect((await desk.ask('GET', '?limit=0')).status).toBe(422);
    expect((await desk.ask('GET', '?after=x')).status).toBe(422);
  }, LIMIT);

  it('can do no more than whoever made them', async () => {
    await using gw = await gateway(fileOf(test));
    const [root, admin] = [new Desk(gw), new Desk(gw, { sub: '7', role: 'admin', permissions: ['p'], scope: 's' })];
    const mighty = await root.make({ roles: ['root'], owner: '1' });
    const given = { roles: ['admin', 'teacher'], permissions: ['p'], scopes: ['s'], owner: '7' };
    const own = await admin.make(given);
    expect(await status(gw, own.key, '/users/7')).toBe(200);
    const refused: readonly (readonly [string, string, object])[] = [
      ['POST', '', { name: 'x', roles: ['root'] }], ['POST', '', { name: 'x', permissions: ['q'] }], ['POST', '', { name: 'x', scopes: ['t'] }], ['POST', '', { name: 'x', owner: '1' }],
      ['PATCH', `/${own.id}`, { roles: ['root'] }], ['PATCH', `/${mighty.id}`, { expiresIn: '9d' }], ['POST', `/${mighty.id}/rotate`, {}],
    ];
    for (const [method, below, body] of refused) {
      const reply = await admin.ask(method, below, body);
      expect([method, below, body, reply.status, reply.json()['code']]).toEqual([method, below, body, 403, 'forbidden']);
    }
    expect((await admin.ask('PATCH', `/${own.id}`, { name: 'mine' })).status).toBe(200);
    expect((await admin.ask('DELETE', `/${mighty.id}`)).status).toBe(204);
  }, LIMIT);

  it.each<[string, object, string]>([
    ['no name', {}, 'name'], ['an empty name', { name: ' ' }, 'name'], ['a limit that is none', { name: 'x', limits: ['fast'] }, 'limits.0'], ['a quota without a calendar', { name: 'x', limits: [{ use: 'quota', rate: '5/s' }] }, 'limits.0'],
    ['an end that is none', { name: 'x', expiresIn: 'soon' }, 'expiresIn'], ['a field that is none', { name: 'x', key: 'mine' }, ''],
  ])('are not made with %s', async (_what, body, at) => {
    await using gw = await gateway(fileOf(test));
    const reply = await new Desk(gw).ask('POST', '', body);
    expect([reply.status, reply.text.includes(`"path":"${at}`)]).toEqual([422, true]);
  }, LIMIT);

  it('are refused as the table says', async () => {
    await using gw = await gateway(fileOf(test));
    const desk = new Desk(gw);
    const [made, other, expired] = [await desk.make(), await desk.make(), await desk.make({ expiresIn: '1ms' })];
    const code = async (headers: Record<string, string | string[]>, at = '/any/1') => {
      const reply = await gw.fetch(at, { headers });
      return [reply.status, reply.json()['code'] ?? null, reply.json()['reason'] ?? null];
    };
    const wrong = made.key.endsWith('0') ? `${made.key.slice(0, -1)}1` : `${made.key.slice(0, -1)}0`;
    expect(await code({ 'x-api-key': wrong })).toEqual([401, 'invalid-api-key', 'malformed']);
    expect(await code({ 'x-api-key': 'x' })).toEqual([401, 'invalid-api-key', 'unknown']);
    expect(await code({ 'x-api-key': expired.key })).toEqual([401, 'invalid-api-key', 'expired']);
    expect(await code({ 'x-api-key': made.key }, `/any/1?api_key=${other.key}`)).toEqual([401, 'invalid-api-key', 'ambiguous']);
    expect(await code({ 'x-api-key': [made.key, made.key] })).toEqual([401, 'invalid-api-key', 'ambiguous']);
    expect(await code({}, '/other')).toEqual([401, 'api-key-missing', null]);
    expect((await gw.fetch('/other')).headers['www-authenticate']).toBe('ApiKey header="X-API-Key"');
    expect((await gw.fetch(`/any/1?a=1&api_key=${made.key}`)).seen.url).toBe('/any/1?a=1');
    const elsewhere = await gw.fetch(`/open?api_key=${made.key}&a=1`, { headers: { 'x-api-key': other.key } });
    expect([elsewhere.seen.url, elsewhere.seen.headers['x-api-key']]).toEqual(['/open?a=1', undefined]);
    expect((await gw.fetch('/open?api_key=of-the-service')).seen.url).toBe('/open?api_key=of-the-service');
  }, LIMIT);

  it('have limits of their own, over all routes', async () => {
    await using gw = await gateway(fileOf(test));
    const desk = new Desk(gw);
    const [limited, free] = [await desk.make({ limits: ['3/h'] }), await desk.make()];
    const ask = (at: string, { key }: Made) => gw.fetch(at, { headers: { 'x-api-key': key } });
    const first = await ask('/any/1', limited);
    expect([first.status, first.headers['ratelimit-policy'], first.headers['ratelimit']]).toEqual([200, '"api-key";q=3;w=3600', expect.stringMatching(/^"api-key";r=2/)]);
    expect((await ask('/other', limited)).headers['ratelimit-policy']).toMatch(/q=1000.*"api-key";q=3/);
    expect((await ask('/any/2', limited)).status).toBe(200);
    const over = await ask('/other', limited);
    expect([over.status, over.json()['limit'], over.headers['retry-after']]).toEqual([429, 'api-key', expect.stringMatching(/^\d+$/)]);
    const unlimited = await ask('/any/1', free);
    expect([unlimited.status, unlimited.headers['ratelimit-policy']]).toEqual([200, undefined]);
    await desk.ask('PATCH', `/${limited.id}`, { limits: [] });
    expect((await ask('/any/1', limited)).status).toBe(200);
    await desk.ask('PATCH', `/${limited.id}`, { limits: [{ use: 'quota', rate: '1/month' }] });
    expect([(await ask('/any/1', limited)).status, (await ask('/other', limited)).status]).toEqual([200, 429]);
  }, LIMIT);

  it('say when they were used last, once it was written down', async () => {
    const made = await (async () => {
      await using gw = await gateway(fileOf(test));
      const key = await new Desk(gw).make();
      await status(gw, key.key);
      expect((await new Desk(gw).ask('GET', `/${key.id}`)).json()).toMatchObject({ lastUsedAt: null });
      return key;
    })();
    const [row] = await test.database.run((db) => db.selectFrom('api_keys').select('last_used_at').where('id', '=', made.id).execute());
    expect(Date.now() - Number(row?.last_used_at)).toBeLessThan(LIMIT);
  }, LIMIT);

  it('outlive a reload, another prefix and a restart', async () => {
    const key = await (async () => {
      await using gw = await gateway(fileOf(test));
      const made = await new Desk(gw).make();
      await gw.rewrite(`version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "\${ECHO}" } }\n${fileOf(test, 'apiKeys: { prefix: acme }')}`);
      expect(await status(gw, made.key)).toBe(200);
      expect((await new Desk(gw).make()).key).toMatch(/^acme_/);
      return made.key;
    })();
    await using gw = await gateway(fileOf(test));
    expect(await status(gw, key)).toBe(200);
  }, LIMIT);

  const together = kind === 'postgres' && redisBinary !== null ? ['by the database alone', 'with Redis'] : ['by the database alone'];
  it.each(together)('reach every instance: %s', async (how) => {
    await using redis = how === 'with Redis' ? await RedisServer.start(redisBinary as string) : null;
    const more = redis === null ? '' : `redis: { url: "${redis.url}" }`;
    await using one = await gateway(fileOf(test, more));
    await using other = await gateway(fileOf(test, more));
    const desk = new Desk(one);
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { id, key } = await desk.make();
      expect(await status(one, key)).toBe(200);
      await until(async () => await status(other, key) === 200);
      await desk.ask('DELETE', `/${id}`);
      const revoked = performance.now();
      expect(await status(one, key)).toBe(401);
      await until(async () => await status(other, key) === 401);
      times.push(performance.now() - revoked);
    }
    if (process.env['TIMES']) process.stderr.write(`${kind} ${how}: ${times.map((time) => time.toFixed(0)).join(' ')} ms\n`);
    // Not each of them: the machine may stand still.
    expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(2_000);
  }, LIMIT);
});

describe('A5: API keys of the file', () => {
  const FILE = `
authenticate:
  users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] }
  partners: { use: api-key, keys: "\${API_KEYS}" }
  plans: { use: api-key, from: [{ header: X-Plan }], keys: { basic: { key: basic-key, scopes: [read], limits: [2/h] } } }
defaults:
  errors:
    body: { error: { code: "{status}", message: "{message}" } }
    only: { api-key-missing: { message: API key required }, invalid-api-key: { status: 403, message: Invalid API key } }
routes:
  partners: { match: { path: /partners }, to: echo, authenticate: partners }
  both: { match: { path: /both }, to: echo, authenticate: { all: [plans], any: [users] } }
`;

  it('answer as a platform promises, without a database', async () => {
    await using gw = await gateway(FILE, { env: { API_KEYS: 'mobile:key-one, web:key-two' } });
    const ask = async (key?: string) => {
      const { json, status: code } = await gw.fetch('/partners', { headers: key === undefined ? {} : { 'x-api-key': key } });
      return [code, json()['error'] ?? null];
    };
    expect(await ask()).toEqual([401, { code: 401, message: 'API key required' }]);
    expect(await ask('key-three')).toEqual([403, { code: 403, message: 'Invalid API key' }]);
    expect(await ask('key-two')).toEqual([200, null]);
    expect((await gw.fetch('/partners', { headers: { 'x-api-key': 'key-one' } })).seen.headers['x-user-id']).toBe('mobile');
  }, LIMIT);

  it('bring their limits where a user calls with them', async () => {
    await using gw = await gateway(FILE, { env: { API_KEYS: 'a:b' } });
    const ask = async (id: string) => gw.fetch('/both', { headers: { 'x-plan': 'basic-key', authorization: `Bearer ${await token({ sub: id })}` } });
    const replies = [await ask('1'), await ask('2'), await ask('1')];
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 429]);
    expect(replies[1]?.seen.headers).toMatchObject({ 'x-user-id': '2' });
  }, LIMIT);
});
