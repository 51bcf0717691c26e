#!/usr/bin/env node
// Passerelle beside other gateways: one command, one machine, one run.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude } from './lib/conclude.mjs';
import { GatewayRow } from './lib/gateway-row.mjs';
import { installWhatIsAbsent } from './lib/install.mjs';
import { warnWhenBusy } from './lib/machine.mjs';
import { readOptions } from './lib/options.mjs';
import { stopAllAtExit } from './lib/processes.mjs';
import { verdict, writeReport } from './lib/report.mjs';
import { measure } from './lib/rounds.mjs';
import { say } from './lib/say.mjs';
import { upstreamPeer } from './lib/upstream.mjs';
import { choosePeers } from './peers/index.mjs';

const options = readOptions(process.argv.slice(2));
const chosen = choosePeers(options.only);
installWhatIsAbsent();
warnWhenBusy();

const dir = mkdtempSync(join(tmpdir(), 'passerelle-bench-'));
// nginx drops root for its worker, which then has to get in here.
chmodSync(dir, 0o755);
stopAllAtExit();
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const upstream = new GatewayRow(upstreamPeer);
await upstream.start({ ...options, dir, starts: 1 });
await upstream.check();

const gateways = chosen.map((peer) => new GatewayRow(peer));
for (const row of gateways) {
  await row.attempt('starting', () => row.start({ ...options, dir, upstream: new URL(upstream.url).origin }));
  await row.attempt('checking', () => row.check());
}
const rows = [...gateways, upstream];
await measure(rows, { ...options, dir });

const result = conclude(rows, options);
for (const target of result.targets) say(verdict(target));
say(`written: ${writeReport(result, options.out).join(', ')}`);
// Whatever a figure says, it never fails the process; the servers end with it.
process.exit(0);
