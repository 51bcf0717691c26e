import type { Clock } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
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
  readonly targets: readonly TargetReport[];
}

/** Milliseconds a report is good for: however often it is asked, a service gets at most a probe a second. */
const FRESH = 1_000;

interface Round {
  readonly config: ServiceConfig;
  readonly report: Promise<ServiceReport>;
  /** `clock.elapsed()` after which the report is stale; `Infinity` while the probes run. */
  staleAt: number;
}

/** Asks services how they are. Callers at the same time share one round of probes. */
export class ServiceReports {
  readonly #rounds = new Map<string, Round>();

  constructor(private readonly probe: Pick<TargetProbe, 'ask'>, private readonly clock: Clock) {}

  of(name: string, config: ServiceConfig): Promise<ServiceReport> {
    const current = this.#rounds.get(name);
    if (current?.config === config && this.clock.elapsed() < current.staleAt) return current.report;
    const round: Round = { config, report: this.#ask(name, config), staleAt: Number.POSITIVE_INFINITY };
    this.#rounds.set(name, round);
    void round.report.then(() => {
      round.staleAt = this.clock.elapsed() + FRESH;
    });
    return round.report;
  }

  async #ask(name: string, config: ServiceConfig): Promise<ServiceReport> {
    const targets = await Promise.all(config.targets.map(({ url }) => this.probe.ask(url, config)));
    return {
      name,
      state: stateOf(targets.map(({ healthy }) => (healthy ? 'up' : 'down'))),
      message: messageOf(targets),
      url: shownUrl(config.targets[0]?.url ?? ''),
      latency: Math.max(0, ...targets.map(({ latency }) => latency)),
      targets,
    };
  }
}

function messageOf(targets: readonly TargetReport[]): string | null {
  const failed = targets.filter(({ healthy }) => !healthy);
  const [first] = failed;
  if (!first) return null;
  return targets.length === 1 ? first.message : `${failed.length} of ${targets.length} targets are down; the first ${first.message}`;
}

function shownUrl(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}
