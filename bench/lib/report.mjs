import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchDir, rootDir } from './places.mjs';
import { markdown } from './markdown.mjs';

const RESULT = 'latest.json';
const LOAD = 'load.json';
const resultsDir = join(benchDir, 'results');

export function writeReport(result, out) {
  const files = [
    [out ?? join(rootDir, 'docs', 'performance'), 'benchmarks.md', markdown(result, keptIn(out ?? resultsDir, LOAD))],
    [out ?? resultsDir, RESULT, `${JSON.stringify(result, undefined, 2)}\n`],
  ];
  return files.map(([dir, name, text]) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  });
}

/** Puts one section of bench/load.mjs among those of earlier runs. @returns all of them. */
export function keepLoad(name, section, out) {
  const dir = out ?? resultsDir;
  const all = { ...keptIn(dir, LOAD), [name]: section };
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, LOAD), `${JSON.stringify(all, undefined, 2)}\n`);
  const result = keptIn(dir, RESULT);
  if (result !== undefined) writeReport(result, out);
  return all;
}

function keptIn(dir, name) {
  const file = join(dir, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function verdict({ what, value, limit, unit = '', met }) {
  if (met === undefined) return `not measured: ${what}`;
  return `${met ? 'met' : 'NOT MET'}: ${what}: ${value.toFixed(2)} ${unit}`.trimEnd() + ` (limit ${limit})`;
}
