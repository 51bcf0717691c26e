import { events, type Clock } from '#libs/kernel';
import { Tally } from './tally.js';

export type ReloadOutcome = 'applied' | 'load-failed' | 'apply-failed';

const MS_PER_SECOND = 1_000;

/** What became of the loads of the configuration. */
export class ReloadStats {
  readonly outcomes = new Tally<ReloadOutcome>();
  /** Hash of the configuration in force; empty before the first. */
  hash = '';
  /** Seconds since the epoch when it was applied; 0 before the first. */
  appliedAt = 0;
  /** Seconds from the look at the file to the outcome, the last time; 0 before the first reload. */
  duration = 0;
  #startedAt: number | null = null;

  constructor(private readonly clock: Clock) {
    // A series that appears with its first failure has no increase to alert on.
    for (const outcome of ['applied', 'load-failed', 'apply-failed'] as const) this.outcomes.add(outcome, 0);
  }

  /** @returns functions that end the subscriptions. */
  listen(): readonly (() => void)[] {
    return [
      events.configurationLoading.subscribe(() => this.begun()),
      events.configurationApplied.subscribe(({ version }) => this.applied(version)),
      events.configurationLoadFailed.subscribe(() => this.ended('load-failed')),
      events.configurationApplyFailed.subscribe(() => this.ended('apply-failed')),
    ];
  }

  begun(): void {
    this.#startedAt = this.clock.elapsed();
  }

  applied(hash: string): void {
    this.ended('applied');
    this.hash = hash;
    this.appliedAt = this.clock.now() / MS_PER_SECOND;
  }

  ended(outcome: ReloadOutcome): void {
    this.outcomes.add(outcome);
    if (this.#startedAt !== null) this.duration = (this.clock.elapsed() - this.#startedAt) / MS_PER_SECOND;
    this.#startedAt = null;
  }
}
