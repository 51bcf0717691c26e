import type { FakeClock } from '#libs/testing';
import type { Random } from '#libs/kernel';

/** A service that works on `capacity` requests at once and lets the others queue inside; a test may change both. */
export class ServiceModel {
  capacity: number;
  /** Mean milliseconds of work on a request. */
  work: number;
  /** Whether it fails a request rather than let it queue. */
  refuses = false;
  /** By when they are done, the first one last. */
  readonly #working: { readonly endsAt: number; readonly done: () => void }[] = [];
  readonly #queue: (() => void)[] = [];

  constructor({ capacity, work }: { readonly capacity: number; readonly work: number }, private readonly clock: FakeClock, private readonly random: Random) {
    this.capacity = capacity;
    this.work = work;
  }

  /** @param answered called with the latency once the answer is there, with `null` where it is refused. */
  take(answered: (latency: number | null) => void): void {
    if (this.refuses && this.#working.length >= this.capacity) {
      answered(null);
      return;
    }
    const arrivedAt = this.clock.elapsed();
    this.#queue.push(() => answered(this.clock.elapsed() - arrivedAt));
    this.#begin();
  }

  /** Lets time pass: `arrive` is called for each of the requests that come meanwhile, at random intervals. */
  run(milliseconds: number, perSecond: number, arrive: () => void): void {
    const { clock } = this;
    const end = clock.elapsed() + milliseconds;
    for (let at = clock.elapsed() + this.#interval(perSecond); at < end; at += this.#interval(perSecond)) {
      for (let first = this.#working.at(-1); first !== undefined && first.endsAt <= at; first = this.#working.at(-1)) this.#finish(first.endsAt);
      clock.advance(at - clock.elapsed());
      arrive();
    }
  }

  #interval(perSecond: number): number {
    return (-Math.log(1 - this.random()) * 1_000) / perSecond;
  }

  #begin(): void {
    while (this.#working.length < this.capacity && this.#queue.length > 0) {
      const done = this.#queue.shift() as () => void;
      // Between half and one and a half of the mean.
      const endsAt = this.clock.elapsed() + this.work * (0.5 + this.random());
      this.#working.splice(this.#working.findLastIndex((other) => other.endsAt >= endsAt) + 1, 0, { done, endsAt });
    }
  }

  #finish(at: number): void {
    this.clock.advance(at - this.clock.elapsed());
    this.#working.pop()?.done();
    this.#begin();
  }
}
