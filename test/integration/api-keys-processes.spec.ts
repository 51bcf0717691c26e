import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { echoService, until, type EchoService } from '#libs/testing';
import { describePostgres, openOn, startPostgres } from '../support/databases.js';
import { gateway } from '../support/gateway.js';
import { SECRET, token } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';
import type { PostgresServer } from '../support/postgres.js';

const LIMIT = 120_000;

const AUTHENTICATE = `
  users: { use: jwt, secret: "${SECRET}", algorithms: [HS256] }
  keys: { use: api-key }`;
const ROUTES = `
roles: { superuser: root }
routes: { any: { match: { path: /any }, to: echo, authenticate: keys } }
endpoints: { admin: { at: /admin, authenticate: users, authorize: { roles: [root] } } }`;

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** One request over a connection of its own, which may go to any worker; status 0 where it broke off. */
function ask(url: string, { body, headers = {}, method = 'GET' }: Asked = {}): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const broken = (): void => resolve({ status: 0, text: '' });
    request(url, { agent: new Agent({ keepAlive: false }), method, headers, timeout: 30_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', broken);
    }).on('error', broken).end(body);
  });
}

const statusWith = async (url: string, key: string): Promise<number> => (await ask(`${url}/any`, { headers: { 'x-api-key': key } })).status;

async function admin(url: string, method: string, below = '', body?: object): Promise<{ readonly status: number; readonly id: string; readonly key: string }> {
  const headers = { authorization: `Bearer ${await token({ sub: '1', role: 'root' })}`, ...(body && { 'content-type': 'application/json' }) };
  const { status, text } = await ask(`${url}/admin/keys${below}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { ...(status > 0 && text !== '' ? JSON.parse(text) as object : {}), status } as { status: number; id: string; key: string };
}

describe('API keys of a gateway of several processes', () => {
  let folder: string;
  let echo: EchoService;
  beforeAll(build, LIMIT * 2);
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'passerelle-keys-'));
    echo = await echoService((_request, response) => response.end('x'));
  });
  afterEach(async () => {
    await echo.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(workers: number): Promise<{ readonly url: string; readonly process: Passerelle }> {
    writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1\nserver: { host: 127.0.0.1, workers: ${workers}, watch: off, grace: 2s }\nauthenticate:${AUTHENTICATE}\nservices: { echo: { targets: "${echo.url}" } }${ROUTES}\n`);
    const started = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder });
    const [, url = ''] = await started.says(/"msg":"listening","url":"(http:[^"]+)"/);
    return { url, process: started };
  }

  it('are good in every worker when they are made, and in none when they are revoked', async () => {
    const { process, url } = await start(2);
    await using _ending = process;
    for (let round = 0; round < 5; round++) {
      const { id, key } = await admin(url, 'POST', '', { name: 'x' });
      expect(new Set(await Promise.all(Array.from({ length: 12 }, () => statusWith(url, key))))).toEqual(new Set([200]));
      expect((await admin(url, 'DELETE', `/${id}`)).status).toBe(204);
      expect(new Set(await Promise.all(Array.from({ length: 12 }, () => statusWith(url, key))))).toEqual(new Set([401]));
    }
  }, LIMIT);

  it('are there after a kill, if somebody was told so; and those of the command line come by themselves', async () => {
    const told: string[] = [];
    for (let round = 0; round < 2; round++) {
      const { process, url } = await start(1);
      await using _ending = process;
      const lanes = Array.from({ length: 4 }, async () => {
        for (let answer = await admin(url, 'POST', '', { name: 'x' }); answer.status === 201; answer = await admin(url, 'POST', '', { name: 'x' })) told.push(answer.key);
      });
      await until(() => told.length > 15 * (round + 1));
      process.child.kill('SIGKILL');
      await Promise.all([process.ended, ...lanes]);
    }
    const { process, url } = await start(1);
    await using _ending = process;
    for (const key of told) expect(await statusWith(url, key)).toBe(200);
    const made = Passerelle.run(['keys', 'create', '--name', 'by hand'], { cwd: folder });
    await made.ended;
    const key = made.out.trim();
    expect([made.out, made.err]).toEqual([expect.stringMatching(/^pk_\w+\n$/), expect.stringContaining('Made: by hand')]);
    await until(async () => await statusWith(url, key) === 200);
    expect(process.out + process.err).not.toMatch(/pk_\w{12}_/);
    const revoked = Passerelle.run(['keys', 'revoke', key.split('_')[1] as string, '--admin', `${url}/admin`, '--token', await token({ sub: '1', role: 'root' })], { cwd: folder });
    expect(await revoked.ended).toMatchObject({ code: 0 });
    expect(await statusWith(url, key)).toBe(401);
  }, LIMIT);
});

describePostgres('API keys while the database is away', () => {
  let server: PostgresServer;
  beforeAll(async () => { server = await startPostgres(); }, LIMIT);
  afterAll(() => server[Symbol.asyncDispose]());

  it('go on where they were read, are unknown where they were not, and come back', async () => {
    await using test = await openOn(server)();
    const file = `database: ${JSON.stringify({ migrate: 'auto', ...test.settings })}\nauthenticate:${AUTHENTICATE}${ROUTES}`;
    await using gw = await gateway(file);
    const { id, key } = await admin(gw.url, 'POST', '', { name: 'x' });
    expect(await statusWith(gw.url, key)).toBe(200);
    const stranger = `${key.slice(0, 3)}${id.startsWith('a') ? 'b' : 'a'}${key.slice(4)}`;
    await server.kill();
    await until(async () => (await admin(gw.url, 'POST', '', { name: 'y' })).status === 503);
    expect(await statusWith(gw.url, key)).toBe(200);
    expect(await statusWith(gw.url, stranger)).toBe(401);
    await using late = await gateway(file);
    expect(await statusWith(late.url, key)).toBe(503);
    await server.restart();
    await until(async () => await statusWith(late.url, key) === 200);
    // Each of the two finds out by itself that it is back.
    await until(async () => (await admin(gw.url, 'DELETE', `/${id}`)).status === 204);
    await until(async () => await statusWith(late.url, key) === 401);
  }, LIMIT);
});
