import type { OnApplicationShutdown } from '@nestjs/common';
import { events, Problem, problems, type Clock } from '#libs/kernel';
import type { Fleet } from '../cluster/index.js';
import type { GatewayConfig } from '../config/index.js';
import { Counts } from './counts.js';
import { countsTopic, resetTopic, together, type Counted } from './topics.js';

/** What the recorder needs of the configuration store. */
export interface AnalyticsSource {
  readonly current: { readonly config: Pick<GatewayConfig, 'authenticate' | 'endpoints'> };
}

/** Counts while an endpoint is mounted that tells; else nobody listens, and an exchange costs nothing. */
export class AnalyticsRecorder implements OnApplicationShutdown {
  readonly #counts: Counts;
  #since: number;
  #resetAt: number | null = null;
  #leave: (() => void) | null = null;
  readonly #unsubscribe: () => void;

  constructor(private readonly source: AnalyticsSource, private readonly fleet: Fleet, private readonly clock: Clock) {
    this.#counts = new Counts(clock, (name) => this.source.current.config.authenticate[name]?.use === 'api-key');
    this.#since = clock.now();
    this.#unsubscribe = events.configurationApplied.subscribe(() => this.#follow());
    fleet.answer(countsTopic, () => ({ since: this.#since, resetAt: this.#resetAt, rows: this.#counts.rows }));
    fleet.answer(resetTopic, (at) => {
      this.#begin(at);
      this.#resetAt = at;
      return null;
    });
  }

  /** What all workers counted, and those that have ended. @throws Problem internal-error by rejection where none tells. */
  async counts(): Promise<Counted> {
    const { answers, failures } = await this.fleet.ask(countsTopic, null);
    if (answers.length === 0) throw new Problem(problems.internal, `Nobody told its counts: ${failures.join('; ')}`);
    return together(answers);
  }

  /** Begins anew, in all workers. @throws Problem internal-error by rejection where one could not. */
  async reset(): Promise<number> {
    const at = this.clock.now();
    const { failures } = await this.fleet.ask(resetTopic, at);
    if (failures.length > 0) throw new Problem(problems.internal, `Some workers did not do it: ${failures.join('; ')}`);
    return at;
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
    this.#leave?.();
  }

  #follow(): void {
    const wanted = Object.values(this.source.current.config.endpoints).some(({ serve }) => serve === 'analytics');
    if (wanted === (this.#leave !== null)) return;
    this.#leave?.();
    this.#leave = null;
    this.#begin(this.clock.now());
    if (wanted) this.#leave = events.exchangeClosed.subscribe((exchange) => this.#counts.add(exchange));
  }

  #begin(at: number): void {
    this.#counts.clear();
    this.#since = at;
  }
}
