import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoService } from '#libs/testing';
import { build, Passerelle } from '../support/passerelle.js';
import { Scrape } from '../support/scrape.js';

const LIMIT = 90_000;
const DEAD = 'http://127.0.0.1:1';

beforeAll(build, 180_000);

it('O2: the series of several workers are those of one gateway, under the names of the file, and outlast a worker and a reload', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-metrics-'));
  await using service = await echoService();
  const write = (targets: string, metrics = ''): void => writeFileSync(path.join(folder, 'gateway.yaml'), `version: 1
server: { host: 127.0.0.1, workers: 2, watch: off, grace: 2s }
metrics: { targets: address, aliases: { target_failures: { series: target-answers, where: { outcome: failed }, labels: { target: url } }${metrics} } }
services: { s: { targets: [${targets}], balance: { use: round-robin }, breaker: { failures: 1000 } } }
routes: { a: { match: { path: /a }, to: s, authenticate: none } }
`);
  write(`"${service.url}", "${DEAD}"`);
  await using gateway = Passerelle.run(['start', '--port', '0', '--json'], { cwd: folder });
  const [, url] = await gateway.says(/"msg":"listening","url":"(http:[^"]+)"/) as unknown as [string, string];
  const get = async (at: string): Promise<string> => (await fetch(url + at, { headers: { connection: 'close' } })).text();
  const look = async (): Promise<Scrape> => new Scrape(await get('/metrics'));
  for (let i = 0; i < 40; i++) await get('/a');

  const answers = (found: Scrape): number => ['ok', 'failed'].reduce((sum, outcome) => sum + (found.value('gateway_target_answers_total', { target: outcome === 'ok' ? service.url : DEAD, outcome }) ?? 0), 0);
  const requests = (found: Scrape): number => ['200', '502'].reduce((sum, status) => sum + (found.value('gateway_requests_total', { endpoint: '/a', status_code: status }) ?? 0), 0);
  // A worker counts what it has answered a moment later.
  let scrape = await look();
  for (let i = 0; i < 400 && (answers(scrape) < 40 || requests(scrape) < 40); i++) {
    await sleep(50);
    scrape = await look();
  }
  expect([answers(scrape), scrape.value('gateway_service_requests_total', { status: '200' })]).toEqual([40, scrape.value('gateway_target_answers_total', { target: service.url, outcome: 'ok' })]);
  expect(scrape.value('target_failures', { service: 's', url: DEAD })).toBe(scrape.value('gateway_service_failures_total', { reason: 'target-unreachable' }));
  for (const [name, value] of [['gateway_up', 1], ['gateway_workers', 2], ['gateway_services_up_ratio', 1], ['gateway_log_lines_dropped_total', 0]] as const) expect([name, scrape.value(name)]).toEqual([name, value]);
  expect(scrape.value('gateway_service_up')).toBe(1);
  for (const state of ['active', 'idle']) expect(scrape.value('gateway_event_loop_seconds_total', { state })).toBeGreaterThan(0);

  write(`"${service.url}"`, ', requests_seen_total: requests');
  gateway.child.kill('SIGHUP');
  let after = await look();
  for (let i = 0; i < 400 && !(after.value('gateway_config_reloads_total', { outcome: 'applied' }) === 2 && after.value('gateway_workers') === 2); i++) {
    await sleep(50);
    after = await look();
  }
  expect(after.text).not.toContain(DEAD);
  expect(after.value('gateway_target_answers_total', { target: service.url, outcome: 'ok' })).toBe(scrape.value('gateway_target_answers_total', { target: service.url, outcome: 'ok' }));
  expect(after.value('gateway_service_failures_total', { reason: 'target-unreachable' })).toBe(scrape.value('gateway_service_failures_total', { reason: 'target-unreachable' }));
  expect(after.value('requests_seen_total', { endpoint: '/a', status_code: '200' })).toBe(scrape.value('gateway_requests_total', { endpoint: '/a', status_code: '200' }));
  expect(after.value('gateway_config_reload_duration_seconds')).toBeGreaterThan(0.05);
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  rmSync(folder, { recursive: true });
}, LIMIT);
