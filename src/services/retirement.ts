import type { Target } from '#libs/kernel';

/**
 * Milliseconds after which a target that nobody names any more closes. A request that came before may be sent long
 * after: its body has to arrive first, or a guard to decide. Idle connections end much earlier.
 */
const REST = 600_000;

/** Targets that left: they finish what is under way, and may be called back. */
export class Retirement {
  readonly #retired = new Map<string, { readonly target: Target; readonly timer: NodeJS.Timeout }>();

  take(key: string, target: Target): void {
    const timer = setTimeout(() => {
      this.#retired.delete(key);
      void target.dispatcher.close();
    }, REST);
    this.#retired.set(key, { target, timer: timer.unref() });
  }

  /** The target that left under this key, if it is still there. */
  of(key: string): Target | undefined {
    return this.#retired.get(key)?.target;
  }

  /** It is named again. */
  recall(key: string): void {
    clearTimeout(this.#retired.get(key)?.timer);
    this.#retired.delete(key);
  }

  /** Closes them all. */
  async end(): Promise<void> {
    const all = [...this.#retired.values()];
    this.#retired.clear();
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(all.map(({ target }) => target.dispatcher.close()));
  }
}
