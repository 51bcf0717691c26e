import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchDir, rootDir } from './places.mjs';
import { markdown } from './markdown.mjs';

export function writeReport(result, out) {
  const files = [
    [out ?? join(rootDir, 'docs', 'performance'), 'benchmarks.md', markdown(result)],
    [out ?? join(benchDir, 'results'), 'latest.json', `${JSON.stringify(result, undefined, 2)}\n`],
  ];
  return files.map(([dir, name, text]) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  });
}

export function verdict({ what, value, limit, unit = '', met }) {
  if (met === undefined) return `not measured: ${what}`;
  return `${met ? 'met' : 'NOT MET'}: ${what}: ${value.toFixed(2)} ${unit}`.trimEnd() + ` (limit ${limit})`;
}
