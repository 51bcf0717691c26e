import { counter, gauge, type MetricFamily } from './metric-family.js';
import type { ReloadStats } from './reload-stats.js';

/** What only the gateway as a whole knows: the one process there is, or the supervisor of several workers. */
interface FleetStats {
  readonly reloads: ReloadStats;
  /** How many take connections. */
  readonly workers: number;
  /** How many were replaced, by why. */
  readonly replaced: Readonly<Record<'died' | 'asked', number>>;
}

/** Loads of the configuration, and the workers themselves. */
export function fleetFamilies({ reloads, replaced, workers }: FleetStats): MetricFamily[] {
  return [
    counter('gateway_config_reloads_total', 'Loads of the configuration, by outcome.', [...reloads.outcomes.entries()].map(([outcome, count]) => [{ outcome }, count])),
    gauge('gateway_config_reload_duration_seconds', 'How long the last reload took, whatever became of it, from the look at the file on; with several workers until all of them had it.', [[{}, reloads.duration]], 'max'),
    gauge('gateway_config_last_success_timestamp_seconds', 'When the configuration in force was applied, seconds since the epoch.', [[{}, reloads.appliedAt]], 'max'),
    gauge('gateway_config_info', 'Hash of the configuration in force.', reloads.hash === '' ? [] : [[{ hash: reloads.hash }, 1]], 'max'),
    gauge('gateway_workers', 'Workers that take connections.', [[{}, workers]]),
    counter('gateway_worker_restarts_total', 'Workers that were replaced: they died, or a restart or reload asked for it.', Object.entries(replaced).map(([cause, count]) => [{ cause }, count])),
  ];
}
