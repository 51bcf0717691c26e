import { arriving } from '../../src/cli/dry-request.js';
import type { Offline } from '../../src/cli/offline.js';
import { runTest, testName } from '../../src/cli/test-run.js';

/** The `tests:` of a file that do not hold; nothing needs to run for it. */
export async function failuresOf({ dry, loaded: { config } }: Offline): Promise<readonly unknown[]> {
  const results = await Promise.all(config.tests.map((test, index) => runTest(test, index, dry)));
  return results.filter(({ passed }) => !passed);
}

type OwnTest = Offline['loaded']['config']['tests'][number];

/** Who is not tried on which route by the `tests:` of a file: `route: caller` for each of `callers`, which are roles, `nobody` and `a key`. */
export async function untried({ dry, loaded: { config } }: Offline, callers: readonly string[], counts: (test: OwnTest) => boolean = () => true): Promise<readonly string[]> {
  const tried = new Map(Object.keys(config.routes).map((name) => [name, new Set<string>()]));
  for (const test of config.tests.filter(counts)) {
    const { as, headers, method, url } = test.request;
    const caller = as ? { ...as, roles: as.role ? [as.role] : as.roles, claims: {} } : null;
    const { exchange } = await dry.run(arriving({ method, url, headers: Object.entries(headers), caller }));
    tried.get(exchange.route?.name ?? '')?.add(as === undefined ? 'nobody' : as.role ?? 'a key');
  }
  return [...tried].flatMap(([name, by]) => callers.filter((caller) => !by.has(caller)).map((caller) => `${name}: ${caller}`));
}

/** Requests without headers that stand twice in the `tests:` of a file. */
export function twice({ loaded: { config } }: Offline): readonly string[] {
  const names = config.tests.filter(({ request: { headers } }) => Object.keys(headers).length === 0).map(testName);
  return names.filter((name, index) => names.indexOf(name) !== index);
}
