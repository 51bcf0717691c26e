import { events, type Clock, type Random, type Target } from '#libs/kernel';
import type { ServiceConfig } from '../config/index.js';
import type { TargetReport } from './target-probe.js';

type ActiveConfig = NonNullable<ServiceConfig['health']['active']>;

/** Who is watched, and by what means. */
export interface Watching {
  readonly service: string;
  readonly target: Target;
  /** Tells whether a reload changed anything. */
  readonly settings: string;
  /** Asks the target; never rejects. */
  readonly ask: () => Promise<TargetReport>;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Probes one target by the clock and says whether it may have requests. It may until probes say otherwise: a gateway that
 * has just started would else refuse everything. The next probe is planned when one is over, so that they never overlap.
 */
export class TargetWatch {
  readonly settings: string;
  #failures = 0;
  #successes = 0;
  #healthy = true;
  #stopped = false;
  #timer: NodeJS.Timeout;

  constructor(private readonly watching: Watching, private readonly config: ActiveConfig) {
    this.settings = watching.settings;
    // Anywhere in the first interval, so that not all targets are asked at once.
    this.#timer = this.#in(config.every * watching.random());
  }

  /** Whoever nobody watches any more may have requests again. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.watching.target.available = true;
  }

  #in(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.#probe(), milliseconds).unref();
  }

  async #probe(): Promise<void> {
    const report = await this.watching.ask();
    if (this.#stopped) return;
    const { service, target } = this.watching;
    events.targetProbed.publish({ service, target, healthy: report.healthy, latency: report.latency });
    this.#judge(report);
    const { every, jitter } = this.config;
    this.#timer = this.#in(every * (1 + jitter * (2 * this.watching.random() - 1)));
  }

  #judge({ healthy, message }: TargetReport): void {
    this.#failures = healthy ? 0 : this.#failures + 1;
    this.#successes = healthy ? this.#successes + 1 : 0;
    const { unhealthyAfter, healthyAfter } = this.config;
    if (this.#healthy ? this.#failures < unhealthyAfter : this.#successes < healthyAfter) return;
    this.#healthy = !this.#healthy;
    const { service, target, clock } = this.watching;
    target.available = this.#healthy;
    if (this.#healthy) target.since = clock.elapsed();
    events.targetHealthChanged.publish({ service, target, healthy: this.#healthy, message });
  }
}
