/** Milliseconds in which lines are counted. */
const WINDOW = 1_000;

/** What there is to tell of, with all fields that make it another one than the rest. */
export type Repeated = Readonly<Record<string, string | boolean | null | undefined>>;

interface Count {
  readonly what: Repeated;
  lines: number;
}

/**
 * Keeps a log readable, and a disk from filling, while the same happens thousands of times a second: so many lines of it, and
 * one that says how many more there were.
 */
export class Repeats {
  readonly #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param most lines a second of the same.
   * @param told called at the end of a second in which there were more.
   */
  constructor(private readonly most: () => number, private readonly told: (what: Repeated, more: number) => void) {}

  /** Whether one more line may tell of it. */
  admits(what: Repeated): boolean {
    const key = Object.entries(what).join('\n');
    const count = this.#counts.get(key) ?? { what, lines: 0 };
    if (count.lines++ === 0) this.#counts.set(key, count);
    this.#timer ??= setTimeout(() => this.end(), WINDOW).unref();
    return count.lines <= this.most();
  }

  /** Tells at once, and begins anew. */
  end(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const most = this.most();
    for (const { lines, what } of this.#counts.values()) {
      if (lines > most) this.told(what, lines - most);
    }
    this.#counts.clear();
  }
}
