import { Problem, problems, type Exchange, type Guard, type LimitReport } from '#libs/kernel';
import type { LimitStore, Verdict } from '#libs/rate-limit';
import { readBodyFields } from './body-field.js';
import type { Counter, Draw } from './compile-limit.js';
import type { LimitGround } from './limit-ground.js';
import type { OwnCounters } from './own-limits.js';
import type { Loan } from './returns.js';

const NONE: readonly Counter[] = [];
/** Seconds after which counters that could not be asked may be there again. */
const COME_BACK = 1;

export interface GuardOptions {
  /** Whether a key needs a field of the body. */
  readonly body: boolean;
  /** Whether a refusal says when to come back by `Retry-After`. */
  readonly retryAfter: boolean;
  /** Counters of the credential; `null` where nobody is known yet. */
  readonly own: OwnCounters | null;
}

/** What an exchange asks, in two lists of the same order. */
interface Asked {
  readonly counters: readonly Counter[];
  readonly draws: readonly Draw[];
  /** `clock.elapsed()`; 0 where nothing is ever put back. */
  readonly at: number;
}

/** Asks several limits at once; without a promise where the counters are in this process. */
export class LimitGuard implements Guard {
  readonly #lends: boolean;

  constructor(
    private readonly counters: readonly Counter[],
    private readonly ground: LimitGround,
    private readonly options: GuardOptions,
  ) {
    this.#lends = counters.some(({ statuses }) => statuses !== null);
  }

  admit(exchange: Exchange): void | Promise<void> {
    return this.options.body ? readBodyFields(exchange).then(() => this.#admit(exchange)) : this.#admit(exchange);
  }

  #admit(exchange: Exchange): void | Promise<void> {
    const own = this.options.own === null || exchange.ownLimits === null ? NONE : this.options.own(exchange.ownLimits);
    if (this.counters.length + own.length > 0) return this.#draw(exchange, own.length === 0 ? this.counters : [...this.counters, ...own]);
  }

  #draw(exchange: Exchange, all: readonly Counter[]): void | Promise<void> {
    const counters: Counter[] = [];
    const draws: Draw[] = [];
    for (const counter of all) {
      const draw = counter.take(exchange);
      if (draw === null) continue;
      counters.push(counter);
      draws.push(draw);
    }
    if (draws.length > 0) return this.#ask(exchange, { counters, draws, at: this.#lends ? this.ground.clock.elapsed() : 0 });
  }

  #ask(exchange: Exchange, asked: Asked): void | Promise<void> {
    const { store } = this.ground;
    let verdicts: readonly Verdict[] | Promise<readonly Verdict[]>;
    try {
      verdicts = store.take(asked.draws);
    } catch {
      return this.#manage(exchange, asked);
    }
    if (!(verdicts instanceof Promise)) return this.#judge(exchange, asked, { store, verdicts });
    return verdicts.then((given) => this.#judge(exchange, asked, { store, verdicts: given }), () => this.#manage(exchange, asked));
  }

  /** The counters cannot be asked: each limit knows what then. */
  #manage(exchange: Exchange, { at, counters, draws }: Asked): void {
    const here: { counters: Counter[]; draws: Draw[]; at: number } = { counters: [], draws: [], at };
    for (const [i, counter] of counters.entries()) {
      const { away, binding, name } = counter;
      this.ground.missed({ exchange, limit: name, away });
      if (away === 'deny' && binding) throw new Problem(problems.limiterAway, `The limit ${name} cannot be counted now.`, { headers: { 'Retry-After': String(COME_BACK) } });
      if (away !== 'local') continue;
      here.counters.push(counter);
      here.draws.push(draws[i] as Draw);
    }
    const { local } = this.ground;
    if (here.draws.length > 0) this.#judge(exchange, here, { store: local, verdicts: local.take(here.draws) as readonly Verdict[] });
  }

  #judge(exchange: Exchange, { at, counters, draws }: Asked, { store, verdicts }: { store: LimitStore; verdicts: readonly Verdict[] }): void {
    const reports: LimitReport[] = [];
    let refused: LimitReport | null = null;
    let said: string | undefined;
    for (let i = 0; i < counters.length; i++) {
      const report = reportOf(counters[i] as Counter, draws[i] as Draw, verdicts[i] as Verdict);
      reports.push(report);
      if (!report.allowed && report.binding && (refused === null || report.retryAfter > refused.retryAfter)) {
        refused = report;
        said = (counters[i] as Counter).message;
      }
    }
    exchange.limits = exchange.limits.length === 0 ? reports : [...exchange.limits, ...reports];
    for (let i = 0; i < counters.length; i++) {
      const { binding, statuses } = counters[i] as Counter;
      // Of a refused request nothing was taken but what does not bind.
      if (statuses !== null && (verdicts[i] as Verdict).allowed && (refused === null || !binding)) this.#lend(exchange, { store, take: draws[i] as Draw, statuses, asked: at });
    }
    if (refused !== null) throw refusal(refused, said, this.options.retryAfter);
  }

  #lend(exchange: Exchange, loan: Omit<Loan, 'clock'>): void {
    this.ground.returns.watch(exchange, { ...loan, clock: this.ground.clock });
  }
}

function reportOf({ binding, name }: Counter, { limit, window }: Draw, { allowed, remaining, reset, retryAfter }: Verdict): LimitReport {
  return { name, binding, allowed, quota: limit.count, window, remaining, reset, retryAfter };
}

function refusal({ name, retryAfter }: LimitReport, said: string | undefined, tell: boolean): Problem {
  if (!Number.isFinite(retryAfter)) return new Problem(problems.tooManyRequests, said ?? `The limit ${name} has no room for this request.`, { members: { limit: name } });
  const seconds = Math.max(1, Math.ceil(retryAfter / 1_000));
  return new Problem(problems.tooManyRequests, said ?? `The limit ${name} is used up. Come back in ${seconds} s.`, {
    members: { limit: name, retryAfter: seconds },
    ...(tell && { headers: { 'Retry-After': String(seconds) } }),
  });
}
