// Runs the fault tests for longer and keeps their figures: bench/results/resilience.json, docs/performance/resilience.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { results, writePage } from './resilience-page.mjs';

const folder = mkdtempSync(join(tmpdir(), 'passerelle-resilience-'));
const file = join(folder, 'figures.json');
const { status } = spawnSync(process.execPath, ['scripts/test.mjs', 'test/load'], { stdio: 'inherit', env: { ...process.env, PASSERELLE_FIGURES: file } });
if (status === 0) {
  const machine = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores of ${cpus()[0].model}, Node ${process.versions.node}, all processes on the same machine.`;
  const before = JSON.parse(readFileSync(results, 'utf8'));
  // What the run did not measure, such as the cost beside another build, stays.
  const scenarios = { ...JSON.parse(readFileSync(file, 'utf8')), ...Object.fromEntries(Object.entries(before.scenarios).filter(([name]) => name.startsWith('a route that uses none'))) };
  writeFileSync(results, `${JSON.stringify({ machine, scenarios }, null, 2)}\n`);
  writePage();
}
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
