import { events, type Clock } from '#libs/kernel';
import { fleetFamilies } from './fleet-families.js';
import type { MetricFamily } from './metric-family.js';
import { ReloadStats } from './reload-stats.js';
import { counterFamilies, type StoreFigures } from './store-families.js';

/** What the supervisor knows when it is asked. */
interface SupervisorFacts extends Omit<Parameters<typeof fleetFamilies>[0], 'reloads'> {
  /** The counters it keeps for all workers. */
  readonly limits: StoreFigures['limits'];
}

/** What the supervisor of several workers counts. */
export class SupervisorMetrics {
  readonly #reloads: ReloadStats;

  constructor(clock: Clock) {
    const reloads = new ReloadStats(clock);
    this.#reloads = reloads;
    events.configurationApplied.subscribe(({ version }) => reloads.applied(version));
    events.configurationLoadFailed.subscribe(() => reloads.outcomes.add('load-failed'));
    events.configurationApplyFailed.subscribe(() => reloads.outcomes.add('apply-failed'));
  }

  families({ limits, ...facts }: SupervisorFacts): readonly MetricFamily[] {
    return [...fleetFamilies({ ...facts, reloads: this.#reloads }), ...counterFamilies(limits)];
  }
}
