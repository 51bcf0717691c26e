import type { Clock } from '#libs/kernel';

/** A clock that only moves when told. */
export class FakeClock implements Clock {
  #now: number;

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  /** @param ms milliseconds to move on. */
  advance(ms: number): void {
    this.#now += ms;
  }
}
