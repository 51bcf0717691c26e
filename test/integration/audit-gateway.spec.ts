import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events } from '#libs/kernel';
import { echoService } from '#libs/testing';
import { startGateway, type Gateway } from '../../src/bootstrap.js';
import { builtIns } from '../../src/extensions.js';
import type { AuditPage, AuditView } from '../../src/audit/index.js';
import { gateway, type TestGateway } from '../support/gateway.js';
import { token, USERS } from '../support/jwt.js';

const LIMIT = 60_000;
/** A machine that stands still is no database that is away. */
const PATIENT = 'database: { timeout: 15s }';
/** Hashing that costs little. */
const IDENTITY = 'identity: { password: { hash: { memory: 8MiB, passes: 1 } } }';
const file = (audit = 'audit: {}', more = ''): string => `${USERS.replace('authenticate: { ', 'authenticate: { accounts: { use: identity }, keys: { use: api-key }, ')}
${IDENTITY}
${PATIENT}
roles: { superuser: admin }
${audit}
endpoints:
  identity: { at: /auth, authenticate: none }
  admin: { at: /ops, authenticate: users, authorize: { roles: [admin] } }
  metrics: { at: /metrics, authenticate: none }
routes:
  open: { match: { path: /open/** }, to: echo, authenticate: none }
  staff: { match: { path: /staff/** }, to: echo, authenticate: [users, keys], authorize: { roles: [teacher] } }
${more}`;

const json = { 'content-type': 'application/json' };
const bearer = async (role: string, sub = '7'): Promise<Record<string, string>> => ({ authorization: `Bearer ${await token({ sub, role })}` });

async function trailOf(gw: TestGateway, query = ''): Promise<readonly AuditView[]> {
  const answer = await gw.fetch(`/ops/audit?limit=200${query}`, { headers: await bearer('admin') });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json<AuditPage>().entries.toReversed();
}

function post(gw: TestGateway, path: string, body: object, headers: Record<string, string> = {}) {
  return gw.fetch(path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

describe('A9: who did what', () => {
  let gw: TestGateway;
  beforeEach(async () => { gw = await gateway(file()); }, LIMIT);
  afterEach(() => gw[Symbol.asyncDispose]());

  it('is told: accounts, logins, refusals, tokens, keys, roles, admin calls, configurations', async () => {
    const admin = await bearer('admin');
    const { account } = (await post(gw, '/auth/register', { email: 'ada@example.org', password: 'correct horse battery' })).json<{ account?: { id: string } }>();
    const wrong = await post(gw, '/auth/login', { email: 'ada@example.org', password: 'wrong horse battery' });
    const right = await post(gw, '/auth/login', { email: 'ada@example.org', password: 'correct horse battery' });
    expect([account !== undefined || right.status === 200, wrong.status]).toEqual([true, 401]);
    await gw.fetch('/staff/x');
    await gw.fetch('/staff/x', { headers: await bearer('student', '13') });
    await gw.fetch('/open/x');
    const key = (await post(gw, '/ops/keys', { name: 'billing', scopes: [] }, admin)).json<{ id: string }>();
    await gw.fetch(`/ops/keys/${key.id}`, { method: 'DELETE', headers: admin });
    await post(gw, '/ops/revocations', { kind: 'token', subject: 'an-opaque-token-that-is-a-secret', for: '1h' }, admin);
    const accounts = (await gw.fetch('/ops/accounts', { headers: admin })).json<{ accounts: { id: string }[] }>();
    const id = accounts.accounts[0]?.id as string;
    await gw.fetch(`/ops/accounts/${id}`, { method: 'PATCH', headers: { ...admin, ...json }, body: JSON.stringify({ roles: ['teacher'] }) });
    await gw.fetch('/ops/services/nothing/drain?target=secret-in-a-query', { method: 'POST', headers: admin });
    await gw.rewrite(await readFile(gw.file, 'utf8') + '\ninfo: { title: Another }\n');
    await gw.rewrite('version: 2\n');
    const seen = await trailOf(gw);
    const line = ({ action, actor, outcome, subject }: AuditView): string => `${action} ${outcome} ${actor} ${subject?.replace(/configuration:.*/, 'configuration')}`;
    const lines = seen.map(line);
    for (const expected of [
      'gateway.start done null configuration', 'configuration.apply done null configuration', 'configuration.load failed null undefined',
      `account.register done account:${id} account:${id}`, `login done account:${id} account:${id}`, `login refused null account:${id}`,
      'access refused null route:staff', 'access refused users:13 route:staff',
      `key.create done users:7 key:${key.id}`, `key.revoke done users:7 key:${key.id}`, 'admin done users:7 endpoint:admin', 'admin failed users:7 endpoint:admin',
      `account.roles done users:7 account:${id}`,
    ]) expect(lines).toContain(expected);
    expect(lines.filter((each) => each === 'configuration.apply done null configuration')).toHaveLength(2);
    // The room said it: the answer is not told again.
    expect(lines.filter((each) => each.startsWith('access'))).toHaveLength(2);
    expect(seen.find(({ action }) => action === 'revoke')).toMatchObject({ subject: expect.stringMatching(/^token:sha256:[\da-f]{16}$/), actor: 'users:7', client: '127.0.0.1' });
    expect(seen.find(({ action, outcome }) => action === 'admin' && outcome === 'failed')).toMatchObject({ details: { method: 'POST', path: '/ops/services/nothing/drain', status: 404, code: 'unknown-service' } });
    expect(seen.find(({ subject }) => subject === 'route:staff')).toMatchObject({ client: '127.0.0.1', requestId: expect.any(String), details: { code: 'unauthenticated', status: 401, method: 'GET' } });
  }, LIMIT);

  it('has no secret in it, wherever one was sent', async () => {
    const secret = 's3cr3t-Hunter2-Zebra';
    const jwt = await token({ sub: '1', role: 'student', mark: secret });
    const admin = await bearer('admin');
    const key = (await post(gw, '/ops/keys', { name: 'billing' }, admin)).json<{ key: string }>();
    await post(gw, '/auth/register', { email: 'bob@example.org', password: secret });
    const grant = (await post(gw, '/auth/login', { email: 'bob@example.org', password: secret })).text;
    const attempts: [string, string, Record<string, string>, string?][] = [
      ['POST', '/auth/login', json, JSON.stringify({ email: secret, password: secret })],
      ['POST', '/auth/login', json, JSON.stringify({ email: 'bob@example.org', password: `${secret}!` })],
      ['POST', '/auth/refresh', json, JSON.stringify({ refreshToken: secret })],
      ['POST', '/auth/verify', json, JSON.stringify({ token: secret })],
      ['POST', '/auth/password/reset', json, JSON.stringify({ token: secret, password: secret })],
      ['GET', '/auth/me', { authorization: `Bearer ${secret}` }],
      ['GET', `/staff/${secret}`, { authorization: `Bearer ${jwt}` }],
      ['GET', `/staff/x?token=${jwt}&password=${secret}`, {}],
      ['GET', '/staff/x', { authorization: `Bearer ${jwt}x`, cookie: `session=${secret}`, 'x-api-key': secret }],
      ['GET', '/staff/x', { 'x-api-key': `${key.key}x` }],
      ['GET', '/staff/x', { authorization: `Basic ${Buffer.from(`bob:${secret}`).toString('base64')}`, 'user-agent': `curl password=${secret}` }],
      ['GET', `/nowhere/${secret}?${secret}`, { authorization: `Bearer ${secret}` }],
      ['POST', `/ops/accounts?password=${secret}`, { ...admin, ...json }, JSON.stringify({ email: 'eve@example.org', password: `${secret}-of-eve` })],
      ['POST', '/ops/revocations', { ...admin, ...json }, JSON.stringify({ kind: 'token', subject: jwt })],
      ['POST', '/ops/revocations', { ...admin, ...json }, JSON.stringify({ kind: 'token', subject: secret })],
      ['POST', `/ops/cache/purge?tag=${secret}`, admin],
    ];
    for (const [method, path, headers, body] of attempts) await gw.fetch(path, { method, headers, ...(body !== undefined && { body }) });
    const text = JSON.stringify(await trailOf(gw));
    const tokens = [...grant.matchAll(/"([^"]*(?:eyJ|prt_)[^"]*)"/g)].map(([, each]) => each as string);
    expect(tokens.length).toBeGreaterThanOrEqual(2);
    expect(text.length).toBeGreaterThan(3_000);
    for (const hidden of [secret, jwt, jwt.split('.')[1] as string, key.key, key.key.slice(10), 'correct horse', ...tokens, Buffer.from(`bob:${secret}`).toString('base64'), 'bob@example.org', 'argon2']) expect(text).not.toContain(hidden);
  }, LIMIT);

  it('a flood of refusals is two entries', async () => {
    for (let i = 0; i < 30; i++) await gw.fetch('/staff/x');
    expect((await trailOf(gw, '&action=access')).length).toBe(1);
    const metrics = (await gw.fetch('/metrics')).text;
    expect(metrics).toMatch(/^gateway_audit_merged_total 29$/m);
    expect(metrics).toMatch(/^gateway_audit_entries_total [1-9]\d*$/m);
    expect(metrics).toMatch(/^gateway_audit_dropped_total 0$/m);
    expect(metrics).toMatch(/^gateway_audit_spooled_bytes \d+$/m);
    const { file: main } = gw;
    await gw.gateway.close();
    const again = await startGateway({ file: main, env: { ECHO: gw.echo.url }, builtIns, port: 0, host: '127.0.0.1' });
    const entries = await fetched(again, '/ops/audit?action=access');
    expect(entries.map(({ details }) => (details as { count?: number }).count)).toEqual([29, undefined]);
    await again.close();
  }, LIMIT);

  it('survives a restart, as one chain, and nothing waits when it has ended', async () => {
    await gw.fetch('/staff/x');
    const { file: main } = gw;
    await gw.gateway.close();
    expect(readdirSync(join(main, '../data/audit'))).toEqual([]);
    const again = await startGateway({ file: main, env: { ECHO: gw.echo.url }, builtIns, port: 0, host: '127.0.0.1' });
    expect((await fetched(again, '/ops/audit')).map(({ action }) => action)).toEqual(expect.arrayContaining(['gateway.start', 'access', 'gateway.stop', 'gateway.start']));
    const verdict = await (await fetch(`${again.url}/ops/audit/verify`, { headers: await bearer('admin') })).json() as { ok: boolean; head: string };
    expect(verdict).toMatchObject({ ok: true, breaks: [] });
    const noted = await (await fetch(`${again.url}/ops/audit/verify?head=${verdict.head}`, { headers: await bearer('admin') })).json();
    expect(noted).toMatchObject({ ok: true, noted: 'found' });
    await again.close();
  }, LIMIT);

  it('is recorded before an admin call is answered', async () => {
    const admin = await bearer('admin');
    const closed: string[] = [];
    const off = events.exchangeClosed.subscribe(({ path }) => { if (path === '/ops/reload') closed.push(path); });
    const seen: string[] = [];
    const heard = events.endpointAnswering.subscribe(({ path }) => { seen.push(`${path} ${closed.length}`); });
    await gw.fetch('/ops/reload', { method: 'POST', headers: admin });
    off();
    heard();
    expect(seen).toContain('/ops/reload 0');
    expect(await trailOf(gw, '&action=admin')).toMatchObject([{ outcome: 'done', actor: 'users:7', details: { method: 'POST', path: '/ops/reload', status: 200 } }]);
  });

  it('is exported as JSON lines, which is recorded too', async () => {
    for (const who of ['1', '2', '3']) await gw.fetch('/staff/x', { headers: await bearer('student', who) });
    const answer = await gw.fetch('/ops/audit/export?action=access', { headers: await bearer('admin') });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    expect(answer.text.trimEnd().split('\n').map((line) => (JSON.parse(line) as AuditView).actor)).toEqual(['users:1', 'users:2', 'users:3']);
    expect(await trailOf(gw, '&action=audit.export')).toMatchObject([{ actor: 'users:7', outcome: 'done' }]);
  });

  it.each<[string, string, number]>([
    ['nobody', '/ops/audit', 401], ['limit', '/ops/audit?limit=0', 422], ['after', '/ops/audit?after=x', 422], ['since', '/ops/audit?since=x', 422], ['head', '/ops/audit/verify?head=x', 422], ['twice', '/ops/audit?actor=a&actor=b', 422],
  ])('says what is wrong with a question: %s', async (what, path, status) => {
    expect((await gw.fetch(path, { headers: what === 'nobody' ? {} : await bearer('admin') })).status).toBe(status);
  });

  it('goes on across reloads; turning it off is the last that is heard', async () => {
    await gw.rewrite(file('audit: { retention: 30d }').replace(/^/, 'version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "${ECHO}" } }\n'));
    await gw.fetch('/staff/x');
    await gw.rewrite(file('').replace(/^/, 'version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "${ECHO}" } }\n'));
    expect((await gw.fetch('/ops/audit', { headers: await bearer('admin') })).status).toBe(404);
    await gw.fetch('/staff/y');
    await gw.rewrite(file().replace(/^/, 'version: 1\nlog: { level: silent, access: off }\nservices: { echo: { targets: "${ECHO}" } }\n'));
    const actions = (await trailOf(gw)).map(({ action }) => action).filter((action) => action !== 'configuration.apply');
    expect(actions).toEqual(['gateway.start', 'signing-key.create', 'access', 'audit.stop', 'audit.start']);
  }, LIMIT);
});

async function fetched({ url }: Gateway, path: string): Promise<readonly AuditView[]> {
  const answer = await fetch(url + path, { headers: await bearer('admin') });
  return ((await answer.json()) as AuditPage).entries;
}

describe('A9: a gateway whose folder cannot be written to', () => {
  it('does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
    await writeFile(join(folder, 'data'), '');
    const main = join(folder, 'gateway.yaml');
    await writeFile(main, 'version: 1\nlog: { level: silent }\ndatabase: { file: ./db/x.db }\naudit: {}\n');
    await expect(startGateway({ file: main, env: {}, builtIns, port: 0, host: '127.0.0.1' })).rejects.toThrow(/^audit\.data: .*data\/audit cannot be written to: ENOTDIR/);
    await rm(folder, { recursive: true });
  }, LIMIT);
});

describe('A9: without `audit`', () => {
  it('nothing is recorded, made or listened to', async () => {
    const echo = await echoService();
    await using gw = await gateway(`${USERS}\nendpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }\n`, { echo });
    expect(events.auditChanged.heard).toBe(true);
    expect(events.endpointAnswering.heard).toBe(false);
    expect((await gw.fetch('/ops/audit', { headers: await bearer('admin') })).status).toBe(404);
    expect(existsSync(join(gw.file, '../data'))).toBe(false);
    await echo.close();
  }, LIMIT);
});
