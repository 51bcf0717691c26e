import { SERIES, seriesNamed } from '../config/index.js';
import { SERIES_WORDS } from '../config/metric-series.js';
import { everyFamily, metricsTable } from './reference.js';

const METRICS = { names: {}, labels: { method: 'method', endpoint: 'endpoint', status: 'status_code' }, aliases: {}, buckets: [1], exemplars: false, targets: 'digest' as const };

describe('O2: the series that the file may name', () => {
  it('are those there are', () => {
    const made = Object.fromEntries(everyFamily(METRICS).map(({ name, type }) => [name, type]));
    expect(made).toEqual(Object.fromEntries(Object.entries(SERIES).map(([name, { type }]) => [name, type])));
  });

  it('each have a word of their own', () => {
    expect(new Set(SERIES_WORDS.map(seriesNamed))).toEqual(new Set(Object.keys(SERIES)));
    expect(new Set(SERIES_WORDS).size).toBe(SERIES_WORDS.length);
  });

  it.each([
    ['requests', 'gateway_requests_total'], ['duration', 'gateway_request_duration_seconds'], ['active', 'gateway_active_connections'], ['up', 'gateway_up'], ['service_up', 'gateway_service_up'],
    ['event-loop', 'gateway_event_loop_seconds_total'], ['gateway_service_up', 'gateway_service_up'], ['nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_seconds'], ['toString', undefined], ['x', undefined],
  ])('%s is %s', (word, name) => expect(seriesNamed(word)).toBe(name));

  it('are told of with type, labels and meaning', () => {
    expect(metricsTable(METRICS)).toContain('| `gateway_target_answers_total` | counter | `service`, `target`, `outcome` | Tries that ended at a target:');
  });
});
