// Runs the load tests of limits and cache for longer and keeps their figures: bench/results/limits-and-cache.json, docs/performance/limits-and-cache.md.
import { writeFileSync } from 'node:fs';
import { results, writePage } from './limits-and-cache-page.mjs';
import { measure } from './load-figures.mjs';

writeFileSync(results, `${JSON.stringify(measure('test/load/limits-and-cache.spec.ts'), null, 2)}\n`);
writePage();
