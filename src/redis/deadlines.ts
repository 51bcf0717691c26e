import type { Clock } from '#libs/kernel';

/** Something that is over by a certain time. */
export interface Deadline {
  /** Whether it came about; it is not told of its end then. */
  over: boolean;
  /** When whoever it is asked of last said anything, by the same clock: who is busy is not away. */
  readonly heardAt: number;
  /** Its time is over. Never throws. */
  expire(): void;
}

interface Waiting {
  readonly since: number;
  readonly deadline: Deadline;
}

/** Milliseconds that a timer may be late in a process that has time. */
const PUNCTUAL = 5;
/** Times the timeout that anything takes at most, and that is given back at most to a process that stands still. */
const LENIENCE = 10;

/**
 * The same time for everyone, on one timer: so long without a word from whoever was asked, and ten times as long in all.
 * Long queues, here or there, are no reason to do without an answer; silence is.
 */
export class Deadlines {
  #waiting: Waiting[] = [];
  #awake = false;
  /** Milliseconds that were given back since it was last in time. */
  #excused = 0;

  /** @param timeout milliseconds. */
  constructor(private readonly timeout: number, private readonly clock: Pick<Clock, 'elapsed'>) {}

  add(deadline: Deadline): void {
    this.#waiting.push({ since: this.clock.elapsed(), deadline });
    if (!this.#awake) this.#wake(this.timeout);
  }

  #wake(delay: number): void {
    this.#awake = true;
    const whole = Math.max(1, Math.ceil(delay));
    const due = this.clock.elapsed() + whole;
    // What has arrived by now is read before anything ends.
    setTimeout(() => setImmediate(() => this.#sweep(this.clock.elapsed() - due)), whole);
  }

  /**
   * @param late milliseconds; a process that stood still, or that has more to do than it can, was late, and not Redis, so
   * they are given back. Not without end.
   */
  #sweep(late: number): void {
    if (late > PUNCTUAL && this.#excused < LENIENCE * this.timeout) {
      const back = Math.min(late, this.timeout);
      this.#excused += back;
      return this.#wake(back);
    }
    this.#excused = 0;
    const now = this.clock.elapsed();
    const ended: Deadline[] = [];
    let next = Number.POSITIVE_INFINITY;
    this.#waiting = this.#waiting.filter((waiting) => {
      if (waiting.deadline.over) return false;
      const due = this.#dueOf(waiting);
      if (due > now) next = Math.min(next, due);
      else ended.push(waiting.deadline);
      return due > now;
    });
    this.#awake = false;
    if (this.#waiting.length > 0) this.#wake(next - now);
    for (const deadline of ended) deadline.expire();
  }

  #dueOf({ deadline: { heardAt }, since }: Waiting): number {
    return Math.min(Math.max(since, heardAt) + this.timeout, since + LENIENCE * this.timeout);
  }
}

/**
 * What comes first: the end of a promise, or of its time.
 * @param timeout milliseconds.
 * @throws Error when time is over first; what becomes of the promise then is nobody's concern.
 */
export async function within<T>(timeout: number, work: Promise<T>): Promise<T> {
  const time = Promise.withResolvers<never>();
  const timer = setTimeout(() => time.reject(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    return await Promise.race([work, time.promise]);
  } finally {
    clearTimeout(timer);
  }
}
