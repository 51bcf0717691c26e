import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for something that has to come about, however slow the machine is.
 * @param patience milliseconds.
 * @throws Error when it does not.
 */
export async function until(holds: () => unknown, patience = 15_000): Promise<void> {
  for (const started = performance.now(); !(await holds()); await sleep(5)) {
    if (performance.now() - started > patience) throw new Error(`This did not come about: ${holds.toString()}`);
  }
}
