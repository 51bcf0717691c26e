// Puts the figures of the fault tests into docs/performance/resilience.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { tables } from './load-figures.mjs';

const root = new URL('../', import.meta.url);

/** Where the figures of the last run are. */
export const results = new URL('bench/results/resilience.json', root);
export const page = new URL('docs/performance/resilience.md', root);

/** @param figures by scenario: what was measured, by name. */
export function resiliencePage({ machine, scenarios }) {
  return `# Resilience, measured

<!-- Written by scripts/measure-resilience.mjs from the fault tests: run that. -->

Each scenario is a test ([\`test/load/faults.spec.ts\`](../../test/load/faults.spec.ts)): the built gateway and its targets are
processes of their own, and faults are real ones. Clients try nothing twice: what fails here failed for a user. In the tests a
scenario is under load for a second or two and has to keep its promise; for these figures it lasts longer. Compare figures of one
run, not of two.

${machine}

${tables(scenarios)}

## How it was done

- Sixteen clients with one request under way each, on kept connections; "on new connections" are four more that open one for every
  request. The first half of the time all is well, then the fault strikes.
- The service has \`${'retry: { backoff: { base: 10ms } }, health: { passive: { failures: 3 } }'}\`, the route \`timeout: { connect: 300ms, firstByte: 300ms }\`.
  What takes longer than the fault itself is the 300 ms that a target is given to answer.
- The targets answer two bytes at once; where they are killed in the middle, ten kilobytes in a tenth of a second.
- Answers that had begun when a target died are lost: their head has left, and no gateway can take it back.
- The last scenario is no fault: the same route, which uses none of all this, under the build before it and the build with it, run in turns.
`;
}

/** Writes the page. */
export function writePage() {
  writeFileSync(page, resiliencePage(JSON.parse(readFileSync(results, 'utf8'))));
}
