import { ConfigFolder, valid } from '../config.fixture.js';

async function mistakes(metrics: string): Promise<readonly string[]> {
  using folder = new ConfigFolder({ 'gateway.yaml': valid(`metrics: { ${metrics} }`) });
  return await folder.mistakes();
}

describe('O2: metrics under other names', () => {
  it.each<[what: string, metrics: string, expected: string]>([
    ['a series that is none', 'names: { request: x_total }', '4:21 metrics.names.request: there is no series "request"; docs/metrics.md lists them. Did you mean "requests"?'],
    ['an alias of none', 'aliases: { x: servce-up }', '4:23 metrics.aliases.x: there is no series "servce-up"; docs/metrics.md lists them. Did you mean "service-up"?'],
    ['an alias of none, in full', 'aliases: { x: { series: gateway_target_upp } }', 'Did you mean "gateway_target_up"?'],
    ['a name that is taken', 'aliases: { gateway_up: requests }', 'metrics.aliases.gateway_up: there is another series "gateway_up"'],
    ['a name that another was given', 'names: { requests: a_total }, aliases: { a_total: problems }', 'metrics.aliases.a_total: there is another series "a_total"'],
    ['two words for one series', 'names: { requests: a_total, gateway_requests_total: b_total }', 'gateway_requests_total has a new name already'],
    ['the parts of a histogram', 'aliases: { d: duration, d_count: requests }', '"d_count" and "d" would have a series "d_count" each'],
    ['the name of a counter in OpenMetrics', 'aliases: { calls_total: requests, calls: up }', '"calls" and "calls_total" would have a series "calls" each'],
    ['a name of the process', 'aliases: { process_requests_total: requests }', 'those of the process'],
    ['no name for a series', 'aliases: { "a-b": requests }', 'expected the name of a series'],
    ['a label that is none', 'aliases: { x: { series: requests, labels: { status: code } } }', 'the series has no label "status"; it has method, endpoint, status_code'],
    ['a label of a series without any', 'aliases: { x: { series: up, where: { a: b } } }', 'the series has no label "a"; it has none'],
    ['two labels of one name', 'aliases: { x: { series: requests, labels: { method: endpoint } } }', 'two labels of one series are called "endpoint"'],
    ['a constant where a label is', 'aliases: { x: { series: service-up, add: { service: a } } }', 'two labels of one series are called "service"'],
    ['two labels of one name, one of them everywhere', 'labels: { method: verb }, aliases: { x: { series: requests, labels: { endpoint: verb } } }', 'two labels of one series are called "verb"'],
    ['a constant where a main label is', 'labels: { status: code }, aliases: { x: { series: requests, add: { code: a } } }', 'two labels of one series are called "code"'],
    ['main labels of one name', 'labels: { method: endpoint }', 'two labels of one series are called "endpoint"'],
    ['a label that Prometheus uses', 'labels: { method: le }', 'expected the name of a label'],
    ['bounds that fall', 'buckets: [1, 0.5]', 'expected each bound to be greater than the one before'],
    ['no bound', 'buckets: []', 'expected at least 1 item'],
  ])('refuses %s', async (_what, metrics, expected) => {
    expect((await mistakes(metrics)).join('\n')).toContain(expected);
  });

  it.each([
    ['words and names', 'names: { service-up: a, gateway_problems_total: b_total, breaker_state: c }'],
    ['a former name that is free', 'names: { up: gateway_is_up }, aliases: { gateway_up: workers }'],
    ['its own name', 'names: { requests: gateway_requests_total }'],
    ['what is hidden otherwise', 'aliases: { gateway_service_duration_by_status_seconds: service-duration-by-status }'],
    ['a label that makes room', 'aliases: { x: { series: service-requests, labels: { status: code }, where: { service: a }, add: { service: b } } }'],
    ['the names of platforms', `targets: address, aliases: {
      supersmartmatch_gateway_up: up, supersmartmatch_service_up: service-up, supersmartmatch_service_response_time: service-response-time,
      supersmartmatch_gateway_health_check_duration: health-check-duration, supersmartmatch_gateway_healthy_services_ratio: services-up-ratio,
      supersmartmatch_circuit_breaker_failures: { series: target-answers, where: { outcome: failed }, labels: { target: url } },
      api_gateway_http_requests_total: { series: requests, labels: { status_code: status } }, api_gateway_http_request_duration_seconds: duration,
      api_gateway_upstream_request_duration_seconds: service-duration-by-status, api_gateway_upstream_failures_total: service-failures,
      api_gateway_graphql_supergraph_info: { series: up, add: { version: "1" } }, http_requests_total: { series: requests, add: { service: api-gateway } } }`],
    ['series of the process', 'aliases: { memory_bytes: process_resident_memory_bytes }'],
  ])('takes %s', async (_what, metrics) => expect(await mistakes(metrics)).toEqual([]));

  it('makes one shape of both ways to write an alias', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('metrics: { aliases: { a: up, b: { series: up } } }') });
    const { metrics } = (await folder.load()).config;
    expect(metrics.aliases['a']).toEqual(metrics.aliases['b']);
  });
});
