// Measures what traces cost, off, at 1 % and at 100 %, in one process that is reloaded in between: bench/results/tracing.json,
// docs/performance/tracing.md. --starts N (default 3) of that process, --rounds N (default 12) of --seconds N (default 2) with each
// setting; --keep leaves the kept figures and the page alone. Needs a build, and wrk.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { closedLoop } from '../bench/lib/closed-loop.mjs';
import { GatewayRow } from '../bench/lib/gateway-row.mjs';
import { machine } from '../bench/lib/machine.mjs';
import { nodeBinary, rootDir } from '../bench/lib/places.mjs';
import { freePort, launch, stop, stopAllAtExit } from '../bench/lib/processes.mjs';
import { sleep } from '../bench/lib/say.mjs';
import { median, percentile } from '../bench/lib/statistics.mjs';
import { upstreamPeer } from '../bench/lib/upstream.mjs';
import { results, writePage } from './tracing-page.mjs';

const { values } = parseArgs({ options: { starts: { type: 'string', default: '3' }, rounds: { type: 'string', default: '12' }, seconds: { type: 'string', default: '2' }, keep: { type: 'boolean', default: false } } });
const [starts, rounds, seconds] = [Number(values.starts), Number(values.rounds), Number(values.seconds)];
/** Seconds under load until the compiler has settled. */
const WARM = 5;
/** Seconds under load after a reload. */
const SETTLE = 1;
const dir = mkdtempSync(join(tmpdir(), 'passerelle-tracing-'));
chmodSync(dir, 0o755);
stopAllAtExit();
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

/** A collector that takes everything and looks at nothing: it is not what is measured. */
const SINK = `require('node:http').createServer((q, s) => q.resume().on('end', () => s.writeHead(200).end())).listen(Number(process.env.PORT), '127.0.0.1')`;
const collector = await freePort();
launch('load', nodeBinary, ['-e', SINK], { log: join(dir, 'collector.log'), env: { PORT: String(collector) } });

/** What is set, by what it is called; `null` for no tracing. Twice off: what the two differ by is what a figure is worth. */
const SAMPLES = { 'off': null, 'on, 1 % sampled': 'ratio: 0.01', 'on, none sampled': 'ratio: 0, errors: off', 'off, once more': null, 'on, 100 % sampled': 'ratio: 1' };

const upstream = new GatewayRow(upstreamPeer);
await upstream.start({ dir, starts: 1, settleMs: 100 });

/** What a request cost, in microseconds of CPU, by what was set: one figure a round, those of all starts. */
const costs = Object.fromEntries(Object.keys(SAMPLES).map((name) => [name, []]));
for (let i = 0; i < starts; i++) await measure();

/** One gateway that is reloaded with each setting in turn. */
async function measure() {
  const row = new GatewayRow({ name: 'gateway', kind: 'ours', essential: true, version: () => '', start: launchGateway });
  await row.start({ dir, starts: 1, settleMs: 500, upstream: new URL(upstream.url).origin });
  await row.check();
  const load = (forSeconds) => closedLoop(row, { connections: 32, seconds: forSeconds, dir });
  for (const name of Object.keys(SAMPLES)) {
    await set(row, SAMPLES[name]);
    await load(WARM);
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of turned(Object.keys(SAMPLES), round)) {
      await set(row, SAMPLES[name]);
      await load(SETTLE);
      costs[name].push((await load(seconds)).cpuMicros);
    }
  }
  stop(row.child);
}

/** The same, begun with another one: who comes first has an advantage, or not. */
function turned(all, by) {
  return all.map((_, i) => all[(i + by) % all.length]);
}

/** Reloads, and waits until that is done. Every file differs from the one before, or nothing would be loaded. */
async function set({ child }, sample) {
  const before = reloads(child.log);
  writeFile(child.file, child.service, sample);
  child.kill('SIGHUP');
  while (reloads(child.log) === before) await sleep(20);
}

function reloads(log) {
  return readFileSync(log, 'utf8').split('"configuration applied"').length;
}

function launchGateway({ port, upstream: service, dir: own, log }) {
  const file = join(own, 'gateway.yaml');
  writeFile(file, service, null);
  const child = launch('gateway', join(rootDir, 'bin', 'passerelle'), ['start', '--config', file, '--port', String(port)], {
    log, cwd: own, env: { PATH: dirname(nodeBinary) + delimiter + process.env.PATH },
  });
  return Object.assign(child, { file, service });
}

function writeFile(file, service, sample) {
  const tracing = sample === null ? '' : `tracing: { export: { use: otlp-http, url: "http://127.0.0.1:${collector}/v1/traces" }, sample: { ${sample} } }\n`;
  writeFileSync(file, `version: 1\nlog: { access: off }\nserver: { watch: off }\ninfo: { title: "${performance.now()}" }\n${tracing}services: { items: { targets: "${service}" } }\nroutes: { items: { match: { path: /api/v1/items/** }, to: items, authenticate: none } }\n`);
}

const off = costs['off'].map((micros, i) => (micros + costs['off, once more'][i]) / 2);
const figures = Object.fromEntries(Object.entries(costs).map(([name, each]) => {
  const added = each.map((micros, i) => micros / off[i] - 1).sort((a, b) => a - b);
  const at = (share) => percent(percentile(added, share));
  return [name, { 'CPU us a request': median(each).toFixed(1), 'added CPU': percent(median(added)), 'middle half of the rounds': `${at(0.25)} to ${at(0.75)}` }];
}));
console.table(figures);
if (!values.keep) {
  writeFileSync(results, `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), machine: machine(), starts, rounds, seconds, figures }, null, 2)}\n`);
  writePage();
}
process.exit(0);

function percent(share) {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`;
}
