import { setAlarm, type Alarm, type Answer, type Exchange, type Next } from '#libs/kernel';

/** Whether a later leg `won`, or `lost` to the first one, or no leg gave a good answer. */
export type RaceOutcome = 'won' | 'lost' | 'failed';

/** How an exchange is sent to more than one target. */
export interface RaceRules {
  /** Legs besides the first at most. */
  readonly most: number;
  /** Whether an answer may win while other legs are under way. */
  isGood(answer: Answer): boolean;
  /** Asked when another leg is due, with those there were. */
  mayJoin(legs: readonly Exchange[]): boolean;
  /** Called once, before the result is told, with how many legs joined the first one. */
  decided(outcome: RaceOutcome, joined: number): void;
}

interface Leg {
  readonly exchange: Exchange;
  /** An answer that is not good, kept for when nothing better comes. */
  answer: Answer | null;
  error: unknown;
}

const LOST = new Error('Another target was faster');

/**
 * Sends an exchange to a target and, when no response header is there after `delay`, to another one as well. The first
 * good answer wins and becomes that of the exchange; the other legs are aborted at once, with a reason that is no
 * problem of the catalogue, so that nobody holds it against their targets. A leg that fails, or whose answer is not
 * good, does not end the race while another one is under way; before there is another one it does, as if there were no
 * hedging at all.
 *
 * Every leg is a fork of the exchange. Their tries add up.
 */
export class Race {
  readonly #legs: Leg[] = [];
  #running = 0;
  #decided = false;
  #alarm: Alarm | null = null;
  readonly #result = Promise.withResolvers<Answer>();

  constructor(private readonly exchange: Exchange, private readonly next: Next, private readonly rules: RaceRules) {}

  /**
   * Called once.
   * @param delay milliseconds from one leg to the next, above 0; one of few values.
   * @throws whatever the first leg fails with, by rejection, when every leg fails.
   */
  run(delay: number): Promise<Answer> {
    const first = this.exchange.fork();
    // Hints of two targets would contradict each other.
    first.informational = this.exchange.informational;
    this.#start(first);
    this.#alarm = setAlarm(delay, this);
    return this.#result.promise;
  }

  /** Another leg is due. */
  wake(): void {
    const { exchange, rules } = this;
    const legs = this.#legs.map((leg) => leg.exchange);
    if (exchange.aborted || !rules.mayJoin(legs)) return;
    const another = exchange.fork();
    another.failed = [...new Set(legs.flatMap(({ failed, target }) => (target === null ? failed : [...failed, target])))];
    this.#start(another);
    if (legs.length < rules.most) this.#alarm?.refresh();
  }

  #start(exchange: Exchange): void {
    const leg: Leg = { exchange, answer: null, error: null };
    this.#legs.push(leg);
    this.#running++;
    void this.#follow(leg);
  }

  async #follow(leg: Leg): Promise<void> {
    try {
      leg.answer = await this.next(leg.exchange);
    } catch (error) {
      leg.error = error;
    }
    this.#running--;
    if (this.#decided) leg.answer?.body?.cancel(LOST);
    else if (leg.answer !== null && this.rules.isGood(leg.answer)) this.#decide(leg, leg === this.#legs[0] ? 'lost' : 'won');
    else if (this.#running === 0) this.#decide(this.#legs.find(({ answer }) => answer !== null) ?? (this.#legs[0] as Leg), 'failed');
  }

  #decide(best: Leg, outcome: RaceOutcome): void {
    this.#decided = true;
    this.#alarm?.clear();
    for (const leg of this.#legs) {
      if (leg === best) continue;
      leg.exchange.abort(LOST);
      this.exchange.tries += leg.exchange.tries;
    }
    this.exchange.join(best.exchange);
    this.rules.decided(outcome, this.#legs.length - 1);
    if (best.answer === null) this.#result.reject(best.error);
    else this.#result.resolve(best.answer);
  }
}
