import { Problem, problems } from '#libs/kernel';

/** Seconds after which there should be a free place. */
const RETRY_AFTER = '2';

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (problem: Problem) => void;
}

/**
 * Lets so many in at once, and so many wait: what costs much must not take the whole process. Those who ask take turns,
 * and where the line is full the place of who has the most goes to who has fewer: whoever asks a lot waits behind himself.
 */
export class Turns {
  #inside = 0;
  #waiting = 0;
  /** By who asks; the first of all is next. */
  readonly #lines = new Map<string, Waiting[]>();

  constructor(private readonly atOnce: number, private readonly waiting: number) {}

  /**
   * @param by who asks.
   * @throws Problem passwords-busy by rejection when there is no place in the line, or none any more; else whatever the
   * work throws.
   */
  async take<T>(by: string, work: () => Promise<T>): Promise<T> {
    await this.#enter(by);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(by: string): Promise<void> | void {
    if (this.#inside < this.atOnce) {
      this.#inside++;
      return;
    }
    if (this.#waiting >= this.waiting) this.#makeRoom(by);
    return new Promise((enter, refuse) => {
      const line = this.#lines.get(by) ?? [];
      line.push({ enter, refuse });
      this.#lines.set(by, line);
      this.#waiting++;
    });
  }

  /** Sends the last of the longest line away. @throws Problem passwords-busy where that would be who asks. */
  #makeRoom(by: string): void {
    const own = this.#lines.get(by)?.length ?? 0;
    const [longest = by, line = []] = [...this.#lines].reduce<readonly [string?, Waiting[]?]>((most, each) => (each[1].length > (most[1]?.length ?? 0) ? each : most), []);
    if (line.length <= own + 1) throw busy();
    this.#waiting--;
    line.pop()?.refuse(busy());
    if (line.length === 0) this.#lines.delete(longest);
  }

  /** The place goes to the next one, so that nobody comes in between. */
  #leave(): void {
    const [next] = this.#lines;
    if (next === undefined) {
      this.#inside--;
      return;
    }
    const [by, line] = next;
    this.#lines.delete(by);
    const first = line.shift();
    if (line.length > 0) this.#lines.set(by, line);
    this.#waiting--;
    first?.enter();
  }
}

function busy(): Problem {
  return new Problem(problems.passwordsBusy, 'As many passwords as the gateway may check at once wait for their turn; repeat the request a little later.', { headers: { 'Retry-After': RETRY_AFTER } });
}
