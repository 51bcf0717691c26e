import type { Clock } from '#libs/kernel';

const BUCKETS = 10;

/**
 * Counters over the last `over` milliseconds, to a tenth of it: a ring of ten buckets, nothing allocated per event.
 * @param over milliseconds, more than 0.
 * @param kinds how many counters there are.
 */
export class SlidingWindow {
  readonly #width: number;
  readonly #ring: Float64Array;
  readonly #totals: Float64Array;
  /** Number of the bucket that is being filled, counted from the clock's zero. */
  #current: number;

  constructor(over: number, private readonly kinds: number, private readonly clock: Clock) {
    this.#width = over / BUCKETS;
    this.#ring = new Float64Array(BUCKETS * kinds);
    this.#totals = new Float64Array(kinds);
    this.#current = this.#bucketNow();
  }

  add(kind: number): void {
    this.#roll();
    const slot = (this.#current % BUCKETS) * this.kinds + kind;
    this.#ring[slot] = (this.#ring[slot] as number) + 1;
    this.#totals[kind] = (this.#totals[kind] as number) + 1;
  }

  /** How often `kind` happened in the window. */
  count(kind: number): number {
    this.#roll();
    return this.#totals[kind] as number;
  }

  clear(): void {
    this.#ring.fill(0);
    this.#totals.fill(0);
  }

  #bucketNow(): number {
    return Math.floor(this.clock.elapsed() / this.#width);
  }

  /** Forgets what is older than the window. */
  #roll(): void {
    const now = this.#bucketNow();
    if (now === this.#current) return;
    if (now - this.#current >= BUCKETS) this.clear();
    else for (let bucket = this.#current + 1; bucket <= now; bucket++) this.#forget(bucket % BUCKETS);
    this.#current = now;
  }

  #forget(bucket: number): void {
    const start = bucket * this.kinds;
    for (let kind = 0; kind < this.kinds; kind++) {
      this.#totals[kind] = (this.#totals[kind] as number) - (this.#ring[start + kind] as number);
      this.#ring[start + kind] = 0;
    }
  }
}
