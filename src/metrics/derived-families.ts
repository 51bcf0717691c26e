import { gauge, type MetricFamily } from './metric-family.js';

/** What follows from other series, once all workers are added up. */
export function derivedFamilies(families: readonly MetricFamily[]): MetricFamily[] {
  const values = (name: string): readonly number[] => families.find((family) => family.name === name)?.samples.map(({ value }) => value) ?? [];
  const up = values('gateway_service_up');
  const times = values('gateway_service_response_time_seconds');
  return [
    gauge('gateway_services_up_ratio', 'Share of the services that are up, from 0 to 1.', up.length === 0 ? [] : [[{}, up.reduce((sum, value) => sum + value, 0) / up.length]]),
    gauge('gateway_health_check_duration_seconds', 'How long the last probe of the slowest service took.', times.length === 0 ? [] : [[{}, Math.max(...times)]]),
  ];
}
