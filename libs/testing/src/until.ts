import { setTimeout as sleep } from 'node:timers/promises';

type Absent = undefined | null | false;

/**
 * Waits for something that has to come about, however slow the machine is.
 * @param patience milliseconds.
 * @returns what held in the end.
 * @throws Error when nothing does.
 */
export async function until<T>(holds: () => T | Promise<T>, patience = 15_000): Promise<Exclude<T, Absent>> {
  for (const started = performance.now(); ; await sleep(5)) {
    const held = await holds();
    if (held) return held as Exclude<T, Absent>;
    if (performance.now() - started > patience) throw new Error(`This did not come about: ${holds.toString()}`);
  }
}
