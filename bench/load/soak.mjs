import { truncateSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stop } from '../lib/processes.mjs';
import { say, sleep } from '../lib/say.mjs';
import { callers } from '../lib/tokens.mjs';
import { body } from '../lib/upstream.mjs';
import { itemsFile, startGateway } from './gateway.mjs';
import { Helper } from './helper.mjs';
import { startService } from './services.mjs';
import { metricsOf, round, slope } from './watch.mjs';
import { residentMegabytes } from '../lib/process-tree.mjs';

/** Requests/s: an hour at 500/s is six minutes of it. */
const RATE = 5000;
const SAMPLE_MS = 5000;
const RELOAD_MS = 10_000;
const KILL_MS = 20_000;
const DEAD_MS = 3000;
const SERVICE = fileURLToPath(new URL('../lib/raw-upstream.mjs', import.meta.url));
const SERIES = ['nodejs_heap_size_used_bytes', 'nodejs_active_handles_total', 'nodejs_eventloop_lag_p99_seconds', 'process_open_fds', 'gateway_config_reloads_total', 'gateway_retries_total', 'gateway_target_ejections_total'];
const REQUESTS = [
  { name: 'plain', path: '/api/v1/items/42', share: 4 },
  { name: 'policies', path: '/api/v1/staff/42', share: 4, headers: callers },
  { name: 'cached', path: '/api/v1/kept/42', share: 2 },
];

/** @param turn changes what a reload brings. */
const file = (targets, turn) => itemsFile({
  targets, top: `log: { access: on }
authenticate: { users: { use: jwt, secret: "\${JWT_SECRET_KEY}", algorithms: [HS256], claims: { id: sub, role: role } } }`,
  more: 'retry: { backoff: { base: 10ms } }, health: { passive: { failures: 3, eject: 1s } }, breaker: {}',
  routes: `  staff: { match: { path: /api/v1/staff/** }, to: items, authenticate: [users], authorize: { roles: [admin, teacher] }, limit: { rate: 1000000/s, by: user } }
  kept: { match: { path: /api/v1/kept/** }, to: items, cache: { maxAge: 1s } }
  turn: { match: { path: /turn/${turn} }, to: items }`,
});

/** A long time in a short one: many requests, a reload every ten seconds, and a target that dies and comes back every twenty. */
export async function soak({ dir, seconds }) {
  const env = { BODY: body };
  const targets = [await startService(SERVICE, { dir, env }), await startService(SERVICE, { dir, env })];
  const urls = targets.map(({ url }) => url).join(',');
  const row = await startGateway('soak', file(urls, 0), dir);
  const generator = new Helper('generator.mjs', { port: row.port, phases: [{ rate: RATE, seconds }], requests: REQUESTS, connections: 256, deadlineMs: 5000 });
  const samples = [];
  const chaos = disturb({ dir, env, row, targets, urls });
  const watch = sampleEvery(row, samples);
  const result = await generator.says();
  const done = await chaos.stop();
  await watch.stop();
  stop(row.child);
  for (const { child } of targets) stop(child);
  return report(result, samples, done);
}

/** Does both until it is stopped. */
function disturb({ dir, env, row, targets, urls }) {
  const done = { reloads: 0, deaths: 0 };
  let under = Promise.resolve();
  const reload = setInterval(() => {
    // The gateway watches its file; nobody has to tell it.
    writeFileSync(row.file, file(urls, ++done.reloads));
  }, RELOAD_MS);
  const kill = setInterval(() => {
    under = under.then(async () => {
      const at = done.deaths++ % 2;
      stop(targets[at].child);
      await sleep(DEAD_MS);
      targets[at] = await startService(SERVICE, { dir, env, port: targets[at].port });
    });
  }, KILL_MS);
  return {
    async stop() {
      clearInterval(reload);
      clearInterval(kill);
      await under;
      return done;
    },
  };
}

function sampleEvery(row, samples) {
  const began = performance.now();
  const look = async () => {
    const at = (performance.now() - began) / 1000;
    samples.push({ at, megabytes: residentMegabytes(row.child.pid), ...await metricsOf(row, SERIES) });
    // The lines are written, not kept: a million of them would fill the disk.
    truncateSync(row.child.log);
    if (samples.length % 6 === 0) say(`${round(at)} s: ${round(samples.at(-1).megabytes)} MB`);
  };
  let under = look().catch(() => {});
  const timer = setInterval(() => { under = under.then(look).catch(() => {}); }, SAMPLE_MS);
  return {
    async stop() {
      clearInterval(timer);
      await under;
    },
  };
}

function report({ lagP99Ms, phases: [phase] }, samples, done) {
  const { count, kinds, latency } = phase;
  const well = latency.count;
  // The first third is warming up: code is compiled, pools and caches fill.
  const settled = samples.filter(({ at }) => at >= phase.seconds / 3);
  const last = samples.at(-1);
  const of = (name) => settled.map((sample) => sample[name]);
  const growth = slope(settled.map(({ at, megabytes }) => [(at * phase.rate) / 1e6, megabytes]));
  const outcomes = Object.entries(kinds).flatMap(([name, each]) => Object.entries(each.outcomes).filter(([outcome]) => outcome !== '200').map(([outcome, number]) => `${number} ${name} ${outcome}`));
  const failed = ((count - well) / count) * 100;
  return {
    rows: {
      [`${RATE}/s for ${phase.seconds} s`]: {
        requests: count, 'not answered well': outcomes.join(', ') || 'none', 'p50 ms': round(latency.p50, 2), 'p95 ms': round(latency.p95, 1), 'p99 ms': round(latency.p99, 1), 'slowest ms': round(latency.slowest),
        reloads: last.gateway_config_reloads_total, 'targets killed': done.deaths, retries: last.gateway_retries_total, ejections: last.gateway_target_ejections_total,
      },
      'the process': {
        'MB at a third': round(settled[0]?.megabytes), 'MB at the end': round(last.megabytes), 'most MB': round(Math.max(...samples.map(({ megabytes }) => megabytes))), 'MB for each million requests': round(growth, 1), 'MB an hour at 500/s': round(growth * 1.8, 1),
        'heap MB, least and most': `${round(Math.min(...of('nodejs_heap_size_used_bytes')) / 1e6)} to ${round(Math.max(...of('nodejs_heap_size_used_bytes')) / 1e6)}`,
        'handles, first and last': `${settled[0]?.nodejs_active_handles_total} and ${last.nodejs_active_handles_total}`, 'descriptors, first and last': `${settled[0]?.process_open_fds} and ${last.process_open_fds}`,
        'event loop late, p99 ms': round(Math.max(...of('nodejs_eventloop_lag_p99_seconds')) * 1000, 1), 'generator late p99 ms': round(lagP99Ms, 1),
      },
    },
    objectives: [
      { what: 'requests without a good answer (Meetinity: 0.5 %)', unit: '%', limit: 0.5, value: failed },
      { what: 'p95 (Meetinity: 350 ms)', unit: 'ms', limit: 350, value: latency.p95 },
      { what: 'p99 (Meetinity: 650 ms)', unit: 'ms', limit: 650, value: latency.p99 },
      { what: 'memory at its most', unit: 'MB', limit: 512, value: Math.max(...samples.map(({ megabytes }) => megabytes)) },
      { what: 'growth of memory for each million requests, the first third left out', unit: 'MB', limit: 10, value: growth },
    ],
  };
}
