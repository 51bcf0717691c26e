import { events, type Answer, type Clock, type Exchange, type Interceptor, type Next, type Outgoing, type Target } from '#libs/kernel';
import { PRIORITIES, Race, statusSet, type Bulkhead, type RaceOutcome, type RaceRules, type RecentQuantile, type RetryBudget } from '#libs/resilience';
import type { HedgeConfig } from '../../config/index.js';
import { compileCandidates } from '../candidates.js';
import type { CompileService, ServiceParts } from '../compile.js';
import { concurrencyOf } from './concurrency.js';
import { retryOf } from './retry.js';

/** What an answer must not be to win at once, where no retry says it. */
const BAD = [502, 503, 504];
const OWN_BUDGET = { share: 0.1, minimum: 1 };
/** What is sent twice matters less than what was not sent yet. */
const LEAST = PRIORITIES.length - 1;

/** `hedge:` of the route, or else of its service; `null` for none. */
export function hedgeOf({ service, settings }: Pick<ServiceParts, 'service' | 'settings'>): HedgeConfig | null {
  const chosen = settings.hedge ?? service.config.hedge;
  return chosen === undefined || chosen === 'off' ? null : chosen;
}

/** Sends an exchange to another target as well when the first one is slow, where that is safe and within the budget. */
export const hedge: CompileService = (parts): Interceptor | null => {
  const chosen = hedgeOf(parts);
  if (chosen === null) return null;
  const { config, resilience, service, surroundings: { clock, random } } = parts;
  const { after, max, minRequests } = chosen;
  const retry = retryOf(parts);
  const shared = retry === null || retry.budget === 'off' ? null : resilience.budget(service.name, retry.budget);
  const concurrency = concurrencyOf(service, config);
  const methods = new Set(chosen.methods);
  const bad = statusSet(retry?.status ?? BAD);
  const hedging: Hedging = {
    service: service.name, clock, most: max,
    latencies: after.delay > 0 ? null : resilience.latencies(service.name, { share: after.quantile, minimum: minRequests }),
    budget: shared ?? resilience.budget(service.name, OWN_BUDGET),
    bulkhead: concurrency === undefined ? null : resilience.bulkhead(service, concurrency, random),
    candidates: compileCandidates(service),
    isGood: ({ status }) => !bad.has(status),
  };
  return {
    intercept(exchange, next) {
      if (!mayHedge(exchange, methods)) return next(exchange);
      // A retry inside pays into the budget they share.
      if (shared === null) hedging.budget.deposit();
      const delay = hedging.latencies === null ? after.delay : hedging.latencies.value;
      return new Hedge(hedging, exchange).run(next, delay === null || service.targets.length < 2 ? null : Math.ceil(delay));
    },
  };
};

/** A tunnel cannot be had twice, and a body that streams is gone with the target it was sent to. */
function mayHedge({ outgoing, upgrade }: Exchange, methods: ReadonlySet<string>): boolean {
  const { body, method } = outgoing as Outgoing;
  return upgrade === null && methods.has(method) && (body === null || Buffer.isBuffer(body));
}

/** What all exchanges of a route have in common. */
interface Hedging {
  readonly service: string;
  readonly clock: Clock;
  readonly most: number;
  /** `null` where the file says a duration. */
  readonly latencies: RecentQuantile | null;
  readonly budget: RetryBudget;
  readonly bulkhead: Bulkhead | null;
  readonly candidates: () => readonly Target[];
  readonly isGood: (answer: Answer) => boolean;
}

/** One exchange, with what it may cost. */
class Hedge implements RaceRules {
  readonly #startedAt: number;

  constructor(private readonly hedging: Hedging, private readonly exchange: Exchange) {
    this.#startedAt = hedging.clock.elapsed();
  }

  get most(): number {
    return this.hedging.most;
  }

  /** @param delay milliseconds until another target is asked; `null` where there is none, or no telling yet. */
  async run(next: Next, delay: number | null): Promise<Answer> {
    if (delay !== null) return new Race(this.exchange, next, this).run(delay);
    const answer = await next(this.exchange);
    if (this.isGood(answer)) this.#record();
    return answer;
  }

  isGood(answer: Answer): boolean {
    return this.hedging.isGood(answer);
  }

  /** There has to be another target, a slot that nobody else needs, and something left of the budget. */
  mayJoin(legs: readonly Exchange[]): boolean {
    const { budget, bulkhead, candidates } = this.hedging;
    if (!candidates().some((target) => legs.every((leg) => leg.target !== target && !leg.failed.includes(target)))) return false;
    if (bulkhead?.enter(LEAST) === false) return false;
    if (budget.withdraw()) return true;
    bulkhead?.leave();
    return false;
  }

  /**
   * How long the first target took is what the quantile is about; where it lost, it had taken at least this long. Those
   * that were asked later are not counted: of them only the quick ones are ever known.
   */
  decided(outcome: RaceOutcome, joined: number): void {
    const { bulkhead, service } = this.hedging;
    if (outcome !== 'failed') this.#record();
    if (joined === 0) return;
    for (let i = 0; i < joined; i++) bulkhead?.leave();
    events.requestHedged.publish({ exchange: this.exchange, service, outcome });
  }

  #record(): void {
    const { clock, latencies } = this.hedging;
    latencies?.record(clock.elapsed() - this.#startedAt);
  }
}
