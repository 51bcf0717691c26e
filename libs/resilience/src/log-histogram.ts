/** Steps that each doubling of a value is divided into: a value is known to some 6 %. */
const STEPS = 16;
/** Doublings covered, from 2^-4 up. */
const DOUBLINGS = 25;
const SIZE = DOUBLINGS * STEPS;

const view = new DataView(new ArrayBuffer(8));

/** The first 16 bits of a double are its sign, its exponent and 4 bits of its fraction: a logarithm in 16 steps, for free. */
function stepOf(value: number): number {
  view.setFloat64(0, value);
  return view.getUint16(0);
}

const LOWEST = stepOf(2 ** -4);

/** Where the values of a step end. */
function endOf(step: number): number {
  view.setFloat64(0, 0);
  view.setUint16(0, step + 1);
  return view.getFloat64(0);
}

/** Counts of values from a sixteenth to two million (of milliseconds: half an hour), in steps of equal ratio. */
export class LogHistogram {
  readonly #counts = new Uint32Array(SIZE);
  #total = 0;

  /** Values counted. */
  get total(): number {
    return this.#total;
  }

  /** @param value above 0; what is out of the range counts as its nearest end. */
  add(value: number): void {
    const step = Math.min(SIZE - 1, Math.max(0, stepOf(Math.max(0, value)) - LOWEST));
    this.#counts[step] = (this.#counts[step] as number) + 1;
    this.#total++;
  }

  /**
   * What this share of the values does not exceed, up to a step; 0 when there are none.
   * @param share from 0 to 1.
   * @param others whose values are looked at as well.
   */
  quantile(share: number, ...others: readonly LogHistogram[]): number {
    const all = [this, ...others];
    const rank = share * all.reduce((sum, { total }) => sum + total, 0);
    if (rank === 0) return 0;
    let seen = 0;
    let step = -1;
    while (seen < rank && step < SIZE - 1) {
      step++;
      for (const histogram of all) seen += histogram.#counts[step] as number;
    }
    return endOf(step + LOWEST);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}
