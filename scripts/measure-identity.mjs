// Runs the load tests of identity for longer and keeps their figures: bench/results/identity.json, docs/performance/identity.md.
import { writeFileSync } from 'node:fs';
import { results, writePage } from './identity-page.mjs';
import { measure } from './load-figures.mjs';

writeFileSync(results, `${JSON.stringify(measure('test/load/identity.spec.ts'), null, 2)}\n`);
writePage();
