import type { BreakerState, Clock, Target } from '#libs/kernel';
import type { LiveService } from '../services/index.js';
import { stateOf, type State } from './state.js';
import type { TargetProbe, TargetReport } from './target-probe.js';

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
  readonly targets: readonly (TargetReport & Pick<Target, 'available'>)[];
  /** Of the service itself, not of its routes' own; `null` where it has none. */
  readonly breaker: BreakerState | null;
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
}

/** Asks services how they are. Callers at the same time share one round of probes. */
export class ServiceReports {
  readonly #rounds = new Map<string, Round>();

  constructor(private readonly probe: Pick<TargetProbe, 'ask'>, private readonly clock: Clock) {}

  async of(service: LiveService): Promise<ServiceReport> {
    const { name, stale, targets } = service;
    const answers = await this.#round(service).answers;
    const breaker = service.breakers.get('')?.state ?? null;
    const states: State[] = answers.length === 0 ? ['down'] : answers.map(({ healthy }) => (healthy ? 'up' : 'down'));
    const resting = breaker === 'open' && !states.includes('down');
    return {
      name,
      state: resting ? 'degraded' : stateOf(states),
      message: messageOf(answers) ?? (resting ? 'the circuit breaker is open' : null),
      url: shownUrl(targets[0]?.url.href ?? ''),
      latency: Math.max(0, ...answers.map(({ latency }) => latency)),
      targets: answers.map((answer, i) => ({ ...answer, available: targets[i]?.available ?? false })),
      breaker,
      stale,
    };
  }

  #round(service: LiveService): Round {
    const { config, name, targets } = service;
    const current = this.#rounds.get(name);
    if (current?.service === service && current.targets === targets && this.clock.elapsed() < current.staleAt) return current;
    const answers = Promise.all(targets.map(({ url }) => this.probe.ask(url.href, config)));
    const round: Round = { service, targets, answers, staleAt: Number.POSITIVE_INFINITY };
    this.#rounds.set(name, round);
    void answers.then(() => {
      round.staleAt = this.clock.elapsed() + FRESH;
    });
    return round;
  }
}

function messageOf(targets: readonly TargetReport[]): string | null {
  if (targets.length === 0) return 'has no target';
  const failed = targets.filter(({ healthy }) => !healthy);
  const [first] = failed;
  if (!first) return null;
  return targets.length === 1 ? first.message : `${failed.length} of ${targets.length} targets are down; the first ${first.message}`;
}

function shownUrl(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1').replace(/\/$/, '');
}
