import { events, type BreakerState, type Clock, type Target } from '#libs/kernel';
import type { BreakerFigures } from '#libs/resilience';
import type { LiveService } from '../services/index.js';
import { stateOf, stateOfTarget, type State } from './state.js';
import type { TargetProbe, TargetReport } from './target-probe.js';

/** How one target is, by its address without user and password. */
export interface ReportedTarget extends TargetReport, Pick<Target, 'available'> {
  readonly url: string;
}

/** How one service is. */
export interface ServiceReport {
  readonly name: string;
  readonly state: State;
  /** Why it is not entirely up; `null` when it is. */
  readonly message: string | null;
  /** Address of the first target, without user and password. */
  readonly url: string;
  /** Milliseconds of the slowest target. */
  readonly latency: number;
  /** Status of the first target's answer; `null` where there was none. */
  readonly statusCode: number | null;
  /** What the first target that is well says of itself. */
  readonly said: TargetReport['said'];
  /** When it was asked, in milliseconds since the epoch. */
  readonly checkedAt: number;
  readonly targets: readonly ReportedTarget[];
  /** Of the service itself, not of its routes' own; `null` where it has none. */
  readonly breaker: (BreakerFigures & { readonly state: BreakerState }) | null;
  /** Why its targets may be out of date; `null` when they are not. */
  readonly stale: string | null;
}

/** Milliseconds a round of probes is good for: however often it is asked, a target gets at most a probe a second. */
const FRESH = 1_000;

interface Round {
  readonly targets: readonly Target[];
  readonly service: LiveService;
  readonly answers: Promise<readonly TargetReport[]>;
  /** `clock.elapsed()` after which the answers are stale; `Infinity` while the probes run. */
  staleAt: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Asks services how they are. Callers at the same time share one round of probes. */
export class ServiceReports {
  readonly #rounds = new Map<string, Round>();

  constructor(private readonly probe: Pick<TargetProbe, 'ask'>, private readonly clock: Clock) {}

  async of(service: LiveService): Promise<ServiceReport> {
    const { name, stale, targets } = service;
    const round = this.#round(service);
    const answers = await round.answers;
    const breaker = service.breakers.get('') ?? null;
    const states: State[] = answers.length === 0 ? [isOff(service) ? 'degraded' : 'down'] : answers.map(stateOfTarget);
    const resting = breaker?.state === 'open' && !states.includes('down');
    return {
      name,
      state: resting ? 'degraded' : stateOf(states),
      message: isOff(service) ? 'is not configured' : messageOf(answers) ?? (resting ? 'the circuit breaker is open' : null),
      url: shownUrl(targets[0]?.url.href ?? ''),
      latency: Math.max(0, ...answers.map(({ latency }) => latency)),
      statusCode: answers[0]?.statusCode ?? null,
      said: (answers.find(({ healthy }) => healthy) ?? answers[0])?.said ?? {},
      checkedAt: round.at,
      targets: answers.map((answer, i) => ({ ...answer, available: targets[i]?.available ?? false, url: shownUrl(targets[i]?.url.href ?? '') })),
      breaker: breaker && { ...breaker.figures, state: breaker.state },
      stale,
    };
  }

  async #ask({ config, name }: LiveService, target: Target): Promise<TargetReport> {
    const report = await this.probe.ask(target.url.href, config);
    events.targetProbed.publish({ service: name, target, healthy: report.healthy, latency: report.latency });
    return report;
  }

  #round(service: LiveService): Round {
    const { name, targets } = service;
    const current = this.#rounds.get(name);
    if (current?.service === service && current.targets === targets && this.clock.elapsed() < current.staleAt) return current;
    const answers = Promise.all(targets.map((target) => this.#ask(service, target)));
    const round: Round = { service, targets, answers, staleAt: Number.POSITIVE_INFINITY, at: this.clock.now() };
    this.#rounds.set(name, round);
    void answers.then(() => {
      round.staleAt = this.clock.elapsed() + FRESH;
    });
    return round;
  }
}

/** Whether the file says that it does not run here (`targets: off`). */
function isOff({ config: { discover, targets } }: LiveService): boolean {
  return discover === undefined && targets.length === 0;
}

function messageOf(targets: readonly TargetReport[]): string | null {
  if (targets.length === 0) return 'has no target';
  const failed = targets.filter(({ healthy }) => !healthy);
  const [first] = failed;
  if (!first) return targets.find(({ message }) => message !== null)?.message ?? null;
  return targets.length === 1 ? first.message : `${failed.length} of ${targets.length} targets are down; the first ${first.message}`;
}

function shownUrl(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1').replace(/\/$/, '');
}
