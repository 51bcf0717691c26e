// What the scripts that measure have in common: a load test is run for longer, and its figures are put into tables.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs a load test for figures. Ends this process where the test fails.
 * @returns on what it ran, and the figures by scenario.
 */
export function measure(spec) {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-figures-'));
  const file = join(folder, 'figures.json');
  const { status } = spawnSync(process.execPath, ['scripts/test.mjs', spec], { stdio: 'inherit', env: { ...process.env, PASSERELLE_FIGURES: file } });
  if (status !== 0) process.exit(status ?? 1);
  const scenarios = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  const machine = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores of ${cpus()[0].model}, Node ${process.versions.node}, all processes on the same machine.`;
  return { machine, scenarios };
}

/** Figures in Markdown; what was measured in the same way stands in one table. */
export function tables(scenarios) {
  const groups = Map.groupBy(Object.entries(scenarios), ([, figures]) => Object.keys(figures).join(' | '));
  return [...groups].map(([names, rows]) => {
    const lines = rows.map(([scenario, figures]) => `| ${scenario} | ${Object.values(figures).join(' | ')} |`);
    return `| | ${names} |\n|---|${' ---: |'.repeat(names.split(' | ').length)}\n${lines.join('\n')}`;
  }).join('\n\n');
}
