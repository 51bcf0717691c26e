// Measures what traces cost, off, at 1 % and at 100 %, side by side in one run: bench/results/tracing.json, docs/performance/tracing.md.
// --rounds N (default 7) and --seconds N (default 5) a measurement; --keep leaves the kept figures and the page alone. Needs a build, and wrk.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { closedLoop } from '../bench/lib/closed-loop.mjs';
import { GatewayRow } from '../bench/lib/gateway-row.mjs';
import { machine } from '../bench/lib/machine.mjs';
import { nodeBinary, rootDir } from '../bench/lib/places.mjs';
import { freePort, launch, stopAllAtExit } from '../bench/lib/processes.mjs';
import { sleep } from '../bench/lib/say.mjs';
import { median } from '../bench/lib/statistics.mjs';
import { upstreamPeer } from '../bench/lib/upstream.mjs';
import { results, writePage } from './tracing-page.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '5' }, keep: { type: 'boolean', default: false } } });
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const dir = mkdtempSync(join(tmpdir(), 'passerelle-tracing-'));
chmodSync(dir, 0o755);
stopAllAtExit();
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

/** A collector that takes everything and looks at nothing: it is not what is measured. */
const SINK = `require('node:http').createServer((q, s) => q.resume().on('end', () => s.writeHead(200).end())).listen(Number(process.env.PORT), '127.0.0.1')`;
const collector = await freePort();
launch('load', nodeBinary, ['-e', SINK], { log: join(dir, 'collector.log'), env: { PORT: String(collector) } });

const SAMPLES = { 'off': null, 'on, 1 % sampled': 'ratio: 0.01', 'on, 100 % sampled': 'ratio: 1', 'on, none sampled': 'ratio: 0, errors: off' };

const upstream = new GatewayRow(upstreamPeer);
await upstream.start({ dir, starts: 1, settleMs: 100 });
const rows = [];
for (const [name, sample] of Object.entries(SAMPLES)) {
  const row = new GatewayRow({ name, kind: 'ours', essential: true, version: () => '', start: (place) => start(place, sample) });
  await row.start({ dir, starts: 1, settleMs: 500, upstream: new URL(upstream.url).origin });
  await row.check();
  rows.push(row);
}

function start({ port, upstream: service, dir: own, log }, sample) {
  const tracing = sample === null ? '' : `tracing: { export: { use: otlp-http, url: "http://127.0.0.1:${collector}/v1/traces" }, sample: { ${sample} } }\n`;
  const file = join(own, 'gateway.yaml');
  writeFileSync(file, `version: 1\nlog: { access: off }\n${tracing}services: { items: { targets: "${service}" } }\nroutes: { items: { match: { path: /api/v1/items/** }, to: items, authenticate: none } }\n`);
  return launch('gateway', join(rootDir, 'bin', 'passerelle'), ['start', '--config', file, '--port', String(port)], {
    log, cwd: own, env: { PATH: dirname(nodeBinary) + delimiter + process.env.PATH },
  });
}

const once = (row) => closedLoop(row, { connections: 32, seconds, dir });
for (let i = 0; i < 2; i++) for (const row of rows) await once(row);
for (let round = 0; round < rounds; round++) {
  for (const row of rows.map((_, i) => rows[(i + round) % rows.length])) {
    row.rounds.push(await once(row));
    await sleep(200);
  }
}

const [off] = rows;
const figures = Object.fromEntries(rows.map(({ name, rounds: all }) => {
  const over = (pick) => median(all.map(pick));
  const added = (pick) => median(all.map((round, i) => pick(round) / pick(off.rounds[i]) - 1));
  const instructions = all[0].instructions === undefined ? {} : { 'thousand instructions a request': (over((round) => round.instructions.total) / 1_000).toFixed(1), 'added instructions': percent(added((round) => round.instructions.total)) };
  return [name, { 'requests/s': Math.round(over((round) => round.requestsPerSecond)), 'CPU us a request': over((round) => round.cpuMicros).toFixed(1), 'added CPU': percent(added((round) => round.cpuMicros)), ...instructions }];
}));
console.table(figures);
if (!values.keep) {
  writeFileSync(results, `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), machine: machine(), rounds, seconds, figures }, null, 2)}\n`);
  writePage();
}
process.exit(0);

function percent(share) {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`;
}
