import { events, type Clock } from '#libs/kernel';
import { fleetFamilies } from './fleet-families.js';
import type { MetricFamily } from './metric-family.js';
import { logFamilies } from './runtime-families.js';
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
  /** Workers hand their lines over to be written. */
  #linesDropped = 0;

  constructor(clock: Clock) {
    this.#reloads = new ReloadStats(clock);
    this.#reloads.listen();
    events.logLinesDropped.subscribe((lines) => { this.#linesDropped = lines; });
  }

  families({ limits, ...facts }: SupervisorFacts): readonly MetricFamily[] {
    return [...fleetFamilies({ ...facts, reloads: this.#reloads }), ...counterFamilies(limits), ...logFamilies(this.#linesDropped)];
  }
}
