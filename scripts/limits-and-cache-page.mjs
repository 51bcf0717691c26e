// Puts the figures of the load tests of limits and cache into docs/performance/limits-and-cache.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { tables } from './load-figures.mjs';

const root = new URL('../', import.meta.url);

/** Where the figures of the last run are. */
export const results = new URL('bench/results/limits-and-cache.json', root);
export const page = new URL('docs/performance/limits-and-cache.md', root);

/** @param figures by scenario: what was measured, by name. */
export function limitsAndCachePage({ machine, scenarios }) {
  return `# Limits and cache, measured

<!-- Written by scripts/measure-limits-and-cache.mjs from the load tests: run that. -->

Each scenario is a test ([\`test/load/limits-and-cache.spec.ts\`](../../test/load/limits-and-cache.spec.ts)): the built gateways,
the service and Redis are processes of their own, and Redis is really killed or stopped. Clients try nothing twice: what fails
here failed for a user. In the tests a scenario is under load for a second or two and has to keep its promise; for these figures
it lasts longer, with more of everything. What a request costs is in the [benchmarks](benchmarks.md).

${machine}

${tables(scenarios)}

## How it was done

- The limits give 500 a day. Both instances, or workers, are asked by 200 clients with one request under way each, on kept
  connections, until far more has been asked for than there is. Redis has 5 s for its answers there: what it says too late is
  counted by each instance alone (\`away: local\`), which is no longer exact. Two rows have the default, \`redis.timeout: 50ms\`,
  with gateways, Redis and clients on one full machine, the first of them in the first second of the gateways' lives. Where a
  limit has to be exact on a machine far over its capacity too, give Redis more time, or refuse what cannot be counted by
  \`away: deny\`.
- Where Redis is killed, started again or frozen, \`redis.timeout\` and \`redis.retry\` are the defaults, 50 ms and 1 s. 32 clients ask
  without a pause; a third of the time all is well, then Redis is gone for a third. A frozen Redis keeps its connections and says
  nothing; eight clients ask there every few milliseconds. The time until both instances ask Redis again runs from its first answer.
- The thousand identical requests are sent at once, over a thousand connections; the service takes 300 ms. Most of what they take
  beyond that is a thousand connections being made.
- A purge is asked for at one instance, and the other one is asked again and again from the moment the purge has been answered.
- A flood has a new caller, or a new address, in every request. Counters, bytes and resident memory are those of the one process
  of the gateway, as its own metrics tell. Resident memory holds what V8 has not collected yet, so what counts is that another flood
  adds nothing. Before, the same load runs with one caller, or without a cache.
`;
}

/** Writes the page. */
export function writePage() {
  writeFileSync(page, limitsAndCachePage(JSON.parse(readFileSync(results, 'utf8'))));
}
