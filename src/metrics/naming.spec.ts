import type { AliasConfig, MetricsConfig } from '../config/index.js';
import { prometheusText } from './exposition.js';
import { Histogram } from './histogram.js';
import { counter, gauge, histogram } from './metric-family.js';
import { shown } from './naming.js';

const alias = (series: string, more: Partial<AliasConfig> = {}): AliasConfig => ({ series, labels: {}, add: {}, where: {}, ...more });
const FAMILIES = [
  counter('gateway_requests_total', 'R.', [[{ method: 'GET', endpoint: '/a', status_code: 200 }, 1], [{ method: 'GET', endpoint: '/a', status_code: 404 }, 2]]),
  histogram('gateway_service_duration_by_status_seconds', 'D.', [[{ service: 's', status: 200 }, new Histogram([1])]]),
  counter('gateway_target_answers_total', 'T.', [[{ service: 's', target: 'http://a', outcome: 'ok' }, 3], [{ service: 's', target: 'http://a', outcome: 'failed' }, 4]]),
  gauge('gateway_up', 'U.', [[{}, 1]]),
  counter('gateway_service_requests_total', 'S.', [[{ service: 's', status: 200 }, 5]]),
];

function lines(config: Partial<MetricsConfig>): readonly string[] {
  const metrics = { names: {}, labels: { method: 'method', endpoint: 'endpoint', status: 'status_code' }, aliases: {}, buckets: [1], exemplars: false, targets: 'digest' as const, ...config };
  return prometheusText.write(shown(FAMILIES, metrics)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('O2: series under names of the file', () => {
  it('are as they are where it names none, but for the hidden ones', () => {
    expect(lines({})).toEqual([
      'gateway_requests_total{method="GET",endpoint="/a",status_code="200"} 1', 'gateway_requests_total{method="GET",endpoint="/a",status_code="404"} 2',
      'gateway_target_answers_total{service="s",target="http://a",outcome="ok"} 3', 'gateway_target_answers_total{service="s",target="http://a",outcome="failed"} 4',
      'gateway_up 1', 'gateway_service_requests_total{service="s",status="200"} 5',
    ]);
  });

  it.each<[what: string, config: Partial<MetricsConfig>, there: readonly string[], gone: readonly string[]]>([
    ['another name', { names: { requests: 'r_total', gateway_up: 'alive' } }, ['r_total{method="GET",endpoint="/a",status_code="200"} 1', 'alive 1'], ['gateway_requests_total', 'gateway_up']],
    ['a further name', { aliases: { s_up: alias('up') } }, ['gateway_up 1', 's_up 1'], []],
    ['several further names', { aliases: { a: alias('up'), b: alias('gateway_up') } }, ['a 1', 'b 1', 'gateway_up 1'], []],
    ['other labels of requests, whose status is another than that of services', { labels: { method: 'm', endpoint: 'e', status: 'status' }, aliases: { x_total: alias('requests', { labels: { endpoint: 'path' } }) } },
      ['gateway_requests_total{m="GET",e="/a",status="200"} 1', 'x_total{m="GET",path="/a",status="404"} 2', 'gateway_service_requests_total{service="s",status="200"} 5'], ['gateway_requests_total{method']],
    ['labels that are always the same', { aliases: { http_requests_total: alias('requests', { add: { service: 'api-gateway' } }) } }, ['http_requests_total{service="api-gateway",method="GET",endpoint="/a",status_code="404"} 2'], []],
    ['a constant', { aliases: { supergraph_info: alias('up', { add: { version: '7' } }) } }, ['supergraph_info{version="7"} 1'], []],
    ['some of the samples', { aliases: { breaker_failures: alias('target-answers', { where: { outcome: 'failed' }, labels: { target: 'url' } }) } }, ['breaker_failures{service="s",url="http://a"} 4'], ['breaker_failures{service="s",url="http://a"} 3']],
    ['a status, which is a number', { aliases: { x_total: alias('requests', { where: { status_code: '404' } }) } }, ['x_total{method="GET",endpoint="/a"} 2'], ['x_total{method="GET",endpoint="/a"} 1']],
    ['a hidden one by an alias', { aliases: { up_seconds: alias('service-duration-by-status') } }, ['up_seconds_bucket{service="s",status="200",le="1.0"} 0', 'up_seconds_count{service="s",status="200"} 0'], ['gateway_service_duration_by_status']],
    ['a hidden one by a name', { names: { 'service-duration-by-status': 'by_status_seconds' } }, ['by_status_seconds_sum{service="s",status="200"} 0'], []],
  ])('have %s', (_what, config, there, gone) => {
    const all = lines(config);
    expect(all).toEqual(expect.arrayContaining([...there]));
    for (const start of gone) expect(all.filter((line) => line.startsWith(start))).toEqual([]);
  });
});
