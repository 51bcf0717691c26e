/** The longest that a timer of Node's can wait, some 25 days. */
const LONGEST = 2 ** 31 - 1;

/** What an alarm wakes. */
export interface Sleeper {
  wake(): void;
}

/**
 * Wakes `sleeper` in `delay` milliseconds, unless it is cleared before. For the time limits of exchanges, which are set
 * several times per request and hardly ever go off: alarms of the same delay stand in one queue, in the order in which
 * they are due, behind one timer of Node's. An alarm never keeps the process alive.
 * @param delay above 0; one of few values, such as those of a configuration.
 */
export function setAlarm(delay: number, sleeper: Sleeper): Alarm {
  let queue = queues.get(delay);
  if (queue === undefined) queues.set(delay, (queue = new AlarmQueue(delay)));
  const alarm = new Alarm(sleeper, queue);
  queue.add(alarm);
  return alarm;
}

/** Place in a queue. */
interface Link {
  before: Link;
  after: Link;
}

export class Alarm implements Link {
  before: Link = this;
  after: Link = this;
  /** `performance.now()` when it goes off. */
  due = 0;

  constructor(readonly sleeper: Sleeper, private readonly queue: AlarmQueue) {}

  clear(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this.after = this;
  }

  /** Starts anew, also after it was cleared or went off. */
  refresh(): void {
    this.clear();
    this.queue.add(this);
  }
}

const queues = new Map<number, AlarmQueue>();

class AlarmQueue implements Link {
  before: Link = this;
  after: Link = this;
  #ticking = false;

  constructor(private readonly delay: number) {}

  add(alarm: Alarm): void {
    alarm.due = performance.now() + this.delay;
    alarm.before = this.before;
    alarm.after = this;
    this.before.after = alarm;
    this.before = alarm;
    if (!this.#ticking) this.#tickIn(this.delay);
  }

  #tickIn(milliseconds: number): void {
    this.#ticking = true;
    setTimeout(this.#tick, Math.min(milliseconds, LONGEST)).unref();
  }

  /** Not stopped when the last alarm is cleared: the next request would only start it again. */
  readonly #tick = (): void => {
    this.#ticking = false;
    const now = performance.now();
    for (let first = this.after; first instanceof Alarm; first = this.after) {
      if (first.due > now) {
        if (!this.#ticking) this.#tickIn(Math.ceil(first.due - now));
        return;
      }
      first.clear();
      first.sleeper.wake();
    }
  };
}
