import type { Clock } from '#libs/kernel';
import { Tally } from './tally.js';

export type ReloadOutcome = 'applied' | 'load-failed' | 'apply-failed';

/** What became of the loads of the configuration. */
export class ReloadStats {
  readonly outcomes = new Tally<ReloadOutcome>();
  /** Hash of the configuration in force; empty before the first. */
  hash = '';
  /** Seconds since the epoch when it was applied; 0 before the first. */
  appliedAt = 0;

  constructor(private readonly clock: Clock) {
    // A series that appears with its first failure has no increase to alert on.
    for (const outcome of ['applied', 'load-failed', 'apply-failed'] as const) this.outcomes.add(outcome, 0);
  }

  applied(hash: string): void {
    this.outcomes.add('applied');
    this.hash = hash;
    this.appliedAt = this.clock.now() / 1_000;
  }
}
