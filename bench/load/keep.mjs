import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPage } from '../../scripts/load-page.mjs';
import { rootDir } from '../lib/places.mjs';
import { keepLoad } from '../lib/report.mjs';

/** Keeps one section, and writes the pages anew. @param out folder for all of it, instead of their own. */
export function keep(name, section, out) {
  const all = keepLoad(name, section, out);
  writeFileSync(join(out ?? join(rootDir, 'docs', 'performance'), 'load.md'), loadPage(all));
}
