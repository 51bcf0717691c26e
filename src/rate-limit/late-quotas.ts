import type { Clock } from '#libs/kernel';
import type { LimitStore, Take, Verdict } from '#libs/rate-limit';
import { QuotaStore } from './quota-store.js';

/** The quotas in a file that is opened when somebody has one: a key may get one while the gateway runs, or never. */
export class LateQuotas implements LimitStore {
  #store: QuotaStore | null = null;
  #closed = false;

  /** @param folder absolute; made where it is not there. */
  constructor(readonly folder: string, private readonly clock: Clock) {}

  /** @throws Error in words for the user when the file cannot be made, read or written. */
  open(): QuotaStore {
    if (this.#closed) throw new Error('The quotas are closed');
    this.#store ??= new QuotaStore(this.folder, this.clock);
    return this.#store;
  }

  /** @throws Error as `open`, or when the file cannot be written. */
  take(takes: readonly Take[]): readonly Verdict[] {
    return this.open().take(takes);
  }

  give(takes: readonly Take[]): void {
    this.#store?.give(takes);
  }

  close(): void {
    this.#closed = true;
    this.#store?.close();
    this.#store = null;
  }
}
