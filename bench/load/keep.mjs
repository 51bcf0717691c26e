import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPage } from '../../scripts/load-page.mjs';
import { benchDir, rootDir } from '../lib/places.mjs';

/** Puts one section among those of earlier runs, and writes the page anew. @param out folder for both, instead of their own. */
export function keep(name, section, out) {
  const results = join(out ?? join(benchDir, 'results'), 'load.json');
  const page = join(out ?? join(rootDir, 'docs', 'performance'), 'load.md');
  if (out !== undefined) mkdirSync(out, { recursive: true });
  const all = { ...(existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {}), [name]: section };
  writeFileSync(results, `${JSON.stringify(all, undefined, 2)}\n`);
  writeFileSync(page, loadPage(all));
}
