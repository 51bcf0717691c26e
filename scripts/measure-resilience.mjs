// Runs the fault tests for longer and keeps their figures: bench/results/resilience.json, docs/performance/resilience.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { measure } from './load-figures.mjs';
import { results, writePage } from './resilience-page.mjs';

const { machine, scenarios: measured } = measure('test/load/faults.spec.ts');
const before = JSON.parse(readFileSync(results, 'utf8'));
// What the run did not measure, such as the cost beside another build, stays.
const scenarios = { ...measured, ...Object.fromEntries(Object.entries(before.scenarios).filter(([name]) => name.startsWith('a route that uses none'))) };
writeFileSync(results, `${JSON.stringify({ machine, scenarios }, null, 2)}\n`);
writePage();
