import { Agent, request } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService } from '#libs/testing';
import { token, USERS } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';

const LIMIT = 90_000;

/** Over a connection of its own, which may go to any worker. */
function ask(url: string, headers: Record<string, string>, body?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const text = body && JSON.stringify(body);
    const type = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(text.length) };
    request(url, { method: text === undefined ? 'GET' : 'POST', headers: { ...headers, ...type }, agent: new Agent({ keepAlive: false }) }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0)).on('error', reject);
    }).on('error', reject).end(text);
  });
}

beforeAll(build, 180_000);

it('A4: what is revoked, is so in every worker at once, and in one that takes the place of another', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-revoked-'));
  await using service = await echoService((_request, response) => response.end('x'));
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1
server: { host: 127.0.0.1, workers: 2, watch: off, grace: 2s }
${USERS}
services: { s: { targets: "${service.url}" } }
routes: { a: { match: { path: /a }, to: s } }
endpoints: { admin: { at: /ops, authenticate: [users], authorize: { roles: [admin] } } }
`);
  await using gateway = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder });
  const [, url] = await gateway.says(/"msg":"listening","url":"(http:[^"]+)"/);
  const workers = (): readonly Record<string, unknown>[] => gateway.out.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'worker ready');
  const caller = { authorization: `Bearer ${await token({ sub: '7', jti: 'j7' })}` };
  const admin = { authorization: `Bearer ${await token({ sub: '1', role: 'admin', jti: 'j1' })}` };
  const answers = async (): Promise<ReadonlySet<number>> => new Set(await Promise.all(Array.from({ length: 40 }, () => ask(`${url}/a`, caller))));

  expect(await answers()).toEqual(new Set([200]));
  expect(await ask(`${url}/ops/revocations`, admin, { kind: 'token', subject: 'j7' })).toBe(200);
  expect(await answers()).toEqual(new Set([401]));
  for (const { pid } of workers()) {
    const before = workers().length;
    process.kill(pid as number, 'SIGKILL');
    while (workers().length === before) await sleep(20);
    expect(await answers()).toEqual(new Set([401]));
  }
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  rmSync(folder, { recursive: true });
}, LIMIT);
