import { events, type Clock, type Exchange } from '#libs/kernel';
import type { LimitStore, Take } from '#libs/rate-limit';

/** A client that left before its answer may have got what it came for. */
const LEFT = 499;

/** What goes back where it was taken unless the exchange ends with one of some statuses. */
export interface Loan {
  readonly store: LimitStore;
  readonly take: Take;
  /** `clock.elapsed()` just before it was taken. */
  readonly asked: number;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly statuses: ReadonlySet<number>;
}

/** Gives back what was taken for exchanges that turn out not to count. */
export class Returns {
  readonly #loans = new WeakMap<Exchange, Loan[]>();
  #unsubscribe: (() => void) | null = null;

  /** Watches how an exchange ends; listens from the first one on. */
  watch(exchange: Exchange, loan: Loan): void {
    this.#unsubscribe ??= events.exchangeClosed.subscribe((closed) => this.#settle(closed));
    const loans = this.#loans.get(exchange);
    if (loans) loans.push(loan);
    else this.#loans.set(exchange, [loan]);
  }

  dispose(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  #settle(exchange: Exchange): void {
    const loans = this.#loans.get(exchange);
    if (loans === undefined) return;
    this.#loans.delete(exchange);
    if (exchange.status === LEFT) return;
    for (const { asked, clock, statuses, store, take } of loans) {
      if (!statuses.has(exchange.status)) store.give([take], clock.elapsed() - asked);
    }
  }
}
