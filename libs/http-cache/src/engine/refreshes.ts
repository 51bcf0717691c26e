import type { Clock } from '#libs/kernel';

/** Milliseconds until a key is tried again after its refresh failed. */
const REST = 1_000;
/** Keys to remember that of. */
const REMEMBERED = 1_024;

/** Which stored responses are being refreshed in the background: one refresh per key at a time. */
export class Refreshes {
  readonly #running = new Set<string>();
  /** Until when a key is left alone; the oldest first. */
  readonly #resting = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** @returns `false` where another one is under way, or one has just failed. Else `end` has to follow. */
  begin(key: string): boolean {
    if (this.#running.has(key) || (this.#resting.get(key) ?? 0) > this.clock.elapsed()) return false;
    this.#resting.delete(key);
    this.#running.add(key);
    return true;
  }

  end(key: string, success: boolean): void {
    this.#running.delete(key);
    if (success) return;
    this.#resting.set(key, this.clock.elapsed() + REST);
    if (this.#resting.size > REMEMBERED) this.#resting.delete(this.#resting.keys().next().value as string);
  }
}
