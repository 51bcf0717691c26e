#!/usr/bin/env node
// Passerelle under load, as hard as one machine can press: what it adds, what it can do, what happens beyond that, and what stays.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep } from './load/keep.mjs';
import { readLoadOptions } from './load/options.mjs';
import { machine, warnWhenBusy } from './lib/machine.mjs';
import { rootDir } from './lib/places.mjs';
import { stopAllAtExit } from './lib/processes.mjs';
import { verdict } from './lib/report.mjs';
import { say } from './lib/say.mjs';
import { startServices } from './load/services.mjs';
import { sections } from './load/sections.mjs';

const { only, out, seconds } = readLoadOptions(process.argv.slice(2), Object.keys(sections));
warnWhenBusy();
// Builds where sources are newer: that is no part of a start.
execFileSync(join(rootDir, 'bin', 'passerelle'), ['--version'], { stdio: 'ignore' });
const dir = mkdtempSync(join(tmpdir(), 'passerelle-load-'));
// nginx drops root for its worker, which then has to get in here.
chmodSync(dir, 0o755);
stopAllAtExit();
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const context = { dir, services: await startServices(dir) };
for (const name of only) {
  const { run, seconds: usual } = sections[name];
  const time = seconds ?? usual;
  say(`== ${name}, ${time} s a measurement`);
  const began = performance.now();
  const { objectives, rows } = await run({ ...context, seconds: time });
  console.table(rows);
  const judged = objectives.map(judge);
  for (const each of judged) say(verdict(each));
  const took = Math.round((performance.now() - began) / 1000);
  // At once: what a later section breaks does not take this one with it.
  keep(name, { date: new Date().toISOString().slice(0, 10), seconds: time, short: time < usual, took, machine: machine(), rows, objectives: judged }, out);
}
// Whatever a figure says, it never fails the process; the servers end with it.
process.exit(0);

function judge({ atLeast = false, limit, value, ...rest }) {
  return { ...rest, limit, atLeast, value, met: Number.isFinite(value) ? (atLeast ? value >= limit : value <= limit) : undefined };
}
