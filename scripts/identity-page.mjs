// Puts the figures of the load test of identity into docs/performance/identity.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { tables } from './load-figures.mjs';

const root = new URL('../', import.meta.url);

/** Where the figures of the last run are. */
export const results = new URL('bench/results/identity.json', root);
export const page = new URL('docs/performance/identity.md', root);

/** @param figures by scenario: what was measured, by name. */
export function identityPage({ machine, scenarios }) {
  return `# Identity, measured

<!-- Written by scripts/measure-identity.mjs from the load test: run that. -->

The scenario is a test ([\`test/load/identity.spec.ts\`](../../test/load/identity.spec.ts)): the built gateway with accounts in
SQLite, and a service, are processes of their own. Passwords are hashed with argon2id as it is by default (19 MiB, 2 passes), at
most two at a time, by threads beside the event loop; so is what is written to the disk. Every answer has to be a good one. What a
request with a token of the gateway's own costs is in the [benchmarks](benchmarks.md).

${machine}

${tables(scenarios)}

## How it was done

Eight clients ask a route for what its service answers at once, each 10 ms after its last answer, with a token the gateway
signed. Times with and without logins alternate, and what is told is all of them together. The logins are sent at their moments,
whether or not those before are answered. Gateway, service, clients and the hashing share the machine's cores, so proxied requests
also wait where threads are more than cores; on a machine with a core to spare for the hashing they do not.
`;
}

/** Writes the page. */
export function writePage() {
  writeFileSync(page, identityPage(JSON.parse(readFileSync(results, 'utf8'))));
}
