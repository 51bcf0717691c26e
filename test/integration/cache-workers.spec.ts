import { Agent, request } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { echoService, until } from '#libs/testing';
import { token, USERS } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';

const LIMIT = 90_000;

/** Over a connection of its own, which may go to any worker. */
function ask(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: new Agent({ keepAlive: false }) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve(text)).on('error', reject);
    }).on('error', reject).end();
  });
}

beforeAll(build, 180_000);

it('what is purged, and what is true no longer, is forgotten in every worker', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-cache-'));
  let count = 0;
  await using service = await echoService((_request, response) => response.end(String(++count)));
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1
server: { host: 127.0.0.1, workers: 2, watch: off, grace: 2s }
${USERS}
services: { s: { targets: "${service.url}" } }
routes: { a: { match: { path: /a }, to: s, authenticate: none, cache: { maxAge: 1h, tags: [t] } } }
endpoints: { admin: { at: /ops, authorize: { roles: [admin] } } }
`);
  await using gateway = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder });
  const [, url] = await gateway.says(/"msg":"listening","url":"(http:[^"]+)"/);
  const admin = { authorization: `Bearer ${await token({ sub: '1', role: 'admin' })}` };
  /** Until every worker has an answer of its own. */
  const fill = async (): Promise<ReadonlySet<string>> => {
    const seen = new Set<string>();
    for (let i = 0; seen.size < 2 && i < 500; i++) seen.add(await ask(`${url}/a`));
    expect(seen.size).toBe(2);
    return seen;
  };
  const first = await fill();
  expect(JSON.parse(await ask(`${url}/ops/cache`, 'GET', admin))).toMatchObject({ workers: 2, entries: 2, maxBytes: 2 * 67_108_864, outcomes: { miss: 2 } });
  expect(JSON.parse(await ask(`${url}/ops/cache/purge?tag=t`, 'POST', admin))).toEqual({ memory: 2, redis: null });
  const second = await fill();
  expect([...second].filter((text) => first.has(text))).toEqual([]);
  await ask(`${url}/a`, 'POST');
  // The other worker hears of it soon.
  await until(async () => ![...(await fill())].some((text) => second.has(text)));
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  rmSync(folder, { recursive: true });
}, LIMIT);
