import type { Fleet } from '../cluster/index.js';
import type { Clock } from '#libs/kernel';
import type { LimitStore, Take, Verdict } from '#libs/rate-limit';
import { limitsTopic, type LimitAnswer, type LimitQuestion } from './limits-topic.js';

/** Milliseconds the supervisor has to answer. */
const PATIENCE = 1_000;
/** Milliseconds for which a supervisor that did not answer is not asked again. */
const REST = 1_000;
/** Takes of one question; the others are in the next. */
const MOST = 1_000;

interface Waiting {
  readonly takes: readonly Take[];
  readonly resolve: (verdicts: readonly Verdict[] | Promise<readonly Verdict[]>) => void;
}

/**
 * Counters that all workers of this gateway share. The supervisor keeps them: what comes in while one question is under
 * way goes into the next, so that a busy worker asks seldom and much. Without the supervisor each worker counts alone.
 */
export class FleetLimitStore implements LimitStore {
  #waiting: Waiting[] = [];
  #gives: { readonly takes: readonly Take[]; readonly taken: number }[] = [];
  #asking = false;
  #restingUntil = Number.NEGATIVE_INFINITY;

  /** @param local what to count in without the supervisor. */
  constructor(private readonly fleet: Fleet, private readonly local: LimitStore, private readonly clock: Clock) {}

  take(takes: readonly Take[]): readonly Verdict[] | Promise<readonly Verdict[]> {
    if (this.clock.elapsed() < this.#restingUntil) return this.local.take(takes);
    return new Promise((resolve) => {
      this.#waiting.push({ takes, resolve });
      this.#soon();
    });
  }

  give(takes: readonly Take[], ago = 0): void {
    const now = this.clock.elapsed();
    if (now < this.#restingUntil) return this.local.give(takes, ago);
    this.#gives.push({ takes, taken: now - ago });
    this.#soon();
  }

  /** At the end of this turn of the event loop, so that all requests of it are in one question. */
  #soon(): void {
    if (this.#asking) return;
    this.#asking = true;
    setImmediate(() => void this.#ask());
  }

  async #ask(): Promise<void> {
    while (this.#waiting.length + this.#gives.length > 0) {
      const asked = this.#waiting.splice(0, MOST);
      const now = this.clock.elapsed();
      const gives = this.#gives.splice(0).map(({ taken, takes }) => ({ takes, ago: now - taken }));
      const answer = await this.#answerTo({ takes: asked.map(({ takes }) => takes), gives });
      if (answer?.length !== asked.length) this.#restingUntil = this.clock.elapsed() + REST;
      for (const [i, { resolve, takes }] of asked.entries()) {
        const verdicts = answer?.[i];
        resolve(verdicts?.length === takes.length ? verdicts : this.local.take(takes));
      }
    }
    this.#asking = false;
  }

  /** @returns `null` when there is none in time. */
  async #answerTo(question: LimitQuestion): Promise<LimitAnswer | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => { timer = setTimeout(resolve, PATIENCE, null); });
    const replies = await Promise.race([this.fleet.ask(limitsTopic, question), late]);
    clearTimeout(timer);
    return replies?.answers[0] ?? null;
  }
}
