import type { Clock } from '#libs/kernel';

/** Something that is over by a certain time. */
export interface Deadline {
  /** Whether it came about; it is not told of its end then. */
  over: boolean;
  /** Its time is over. Never throws. */
  expire(): void;
}

/** Milliseconds that a timer may be late in a process that has time. */
const PUNCTUAL = 5;

/** The same time for everyone: they end in the order they began, so that one timer does for all of them. */
export class Deadlines {
  #waiting: { readonly due: number; readonly deadline: Deadline }[] = [];
  #awake = false;
  #excused = false;

  /** @param timeout milliseconds. */
  constructor(private readonly timeout: number, private readonly clock: Pick<Clock, 'elapsed'>) {}

  add(deadline: Deadline): void {
    this.#waiting.push({ due: this.clock.elapsed() + this.timeout, deadline });
    if (!this.#awake) this.#wake(this.timeout);
  }

  #wake(delay: number): void {
    this.#awake = true;
    const whole = Math.max(1, Math.ceil(delay));
    const due = this.clock.elapsed() + whole;
    // What has arrived by now is read before anything ends.
    setTimeout(() => setImmediate(() => this.#sweep(this.clock.elapsed() - due)), whole);
  }

  /** @param late milliseconds; a process that stood still was late, not Redis, so they are given back, though not twice in a row. */
  #sweep(late: number): void {
    if (late > PUNCTUAL && !this.#excused) {
      this.#excused = true;
      return this.#wake(Math.min(late, this.timeout));
    }
    this.#excused = false;
    const now = this.clock.elapsed();
    const due = this.#waiting.filter(({ deadline }) => !deadline.over);
    const from = due.findIndex((waiting) => waiting.due > now);
    const ended = from < 0 ? due : due.slice(0, from);
    this.#waiting = from < 0 ? [] : due.slice(from);
    const [next] = this.#waiting;
    this.#awake = false;
    if (next) this.#wake(next.due - now);
    for (const { deadline } of ended) deadline.expire();
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
