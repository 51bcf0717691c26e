import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { token, USERS } from '../support/jwt.js';
import { build, Passerelle } from '../support/passerelle.js';

const LIMIT = 90_000;
const SHAPE = '{ names: { time: timestamp, msg: message }, add: { logger: gateway } }';
type Line = Record<string, unknown>;

beforeAll(build, 180_000);

it('O4: a level by hand holds in every worker and in one that takes the place of another; all lines have the shape of the file', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-level-'));
  writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1
server: { host: 127.0.0.1, workers: 2, watch: off, grace: 2s }
log: ${SHAPE}
${USERS}
services: { s: { targets: "http://127.0.0.1:1" } }
routes: { a: { match: { path: /a }, to: s } }
endpoints: { admin: { at: /ops, authenticate: [users], authorize: { roles: [admin] } } }
`);
  await using gateway = Passerelle.run(['start', '--port', '0'], { cwd: folder });
  const lines = (): Line[] => gateway.out.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
  const [, url = ''] = await gateway.says(/listens on (http:\S+)/);
  const env = { PASSERELLE_TOKEN: await token({ sub: '1', role: 'admin' }) };
  const log = async (...argv: string[]): Promise<string> => {
    await using run = Passerelle.run(['log', ...argv, '--admin', `${url}/ops`], { env });
    const { code } = await run.ended;
    return code === 0 ? run.out : `${code}: ${run.err}`;
  };

  const called = (method: string): Line[] => lines().filter((line) => line['path'] === '/ops/log' && line['method'] === method);
  expect(await log()).toBe('The level is info, as the file says.\n');
  while (called('GET').length === 0) await sleep(20);
  expect(await log('level', 'error', '--for', '1h')).toMatch(/^The level is error until \d{4}-\S+Z; the file says info\.\n$/);
  const ready = (): Line[] => lines().filter(({ message }) => message === 'worker ready');
  const [first] = ready();
  expect(first).toEqual(expect.objectContaining({ level: 'info', logger: 'gateway', timestamp: expect.any(String) as string }));
  process.kill(first?.['pid'] as number, 'SIGKILL');
  while (ready().length < 3) await sleep(20);
  expect(await log()).toMatch(/^The level is error until \S+Z; the file says info\.\n$/);
  expect(await log('reset')).toBe('The level is info, as the file says.\n');
  expect(await log('level', 'loud')).toMatch(/^1: http:\S+ says 422: level: /);
  while (called('DELETE').length === 0) await sleep(20);
  // The second of them came while the level was error.
  expect(called('GET')).toHaveLength(1);
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  rmSync(folder, { recursive: true });
}, LIMIT);
