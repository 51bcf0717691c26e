import { openMetrics, prometheusText } from './exposition.js';
import { Histogram } from './histogram.js';
import { counter, gauge, histogram } from './metric-family.js';
import { negotiate } from './negotiate.js';

const durations = new Histogram([0.1, 1]);
for (const seconds of [0.05, 0.1, 0.5, 3]) durations.observe(seconds);

const FAMILIES = [
  counter('a_total', 'Counts "a"\\b\nc.', [[{ path: '/x"\\\n', status: 200 }, 3]]),
  counter('b_requests', 'B.', [[{}, 1]]),
  gauge('c', 'C.', [[{}, Number.POSITIVE_INFINITY], [{ x: 'y' }, Number.NaN]]),
  histogram('d_seconds', 'D.', [[{ service: 's' }, durations]]),
];

const BUCKETS = `d_seconds_bucket{service="s",le="0.1"} 2
d_seconds_bucket{service="s",le="1.0"} 3
d_seconds_bucket{service="s",le="+Inf"} 4
d_seconds_sum{service="s"} 3.65
d_seconds_count{service="s"} 4
`;

describe('exposition', () => {
  it('writes Prometheus text', () => {
    expect(prometheusText.write(FAMILIES)).toBe(`# HELP a_total Counts 'a'\\\\b\\nc.
# TYPE a_total counter
a_total{path="/x\\"\\\\\\n",status="200"} 3
# HELP b_requests B.
# TYPE b_requests counter
b_requests 1
# HELP c C.
# TYPE c gauge
c +Inf
c{x="y"} NaN
# HELP d_seconds D.
# TYPE d_seconds histogram
${BUCKETS}`);
  });

  it('writes OpenMetrics with the same series names', () => {
    const text = openMetrics.write(FAMILIES);
    expect(text).toContain('# TYPE a counter\na_total{');
    expect(text).toContain('# TYPE b_requests unknown\nb_requests 1\n');
    expect(text).toContain(BUCKETS);
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    const series = (written: string) => written.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series(text)).toEqual(series(prometheusText.write(FAMILIES)));
  });
});

describe('O2: exemplars', () => {
  const traced = new Histogram([0.1, 1]);
  traced.observe(0.05);
  traced.observe(3);
  traced.exemplify({ traceId: 'ab12', value: 3, at: 1_700_000_000.5 });

  it('stand behind their bucket in OpenMetrics, and nowhere in the older format', () => {
    const families = [histogram('e_seconds', 'E.', [[{ x: 'y' }, traced]])];
    expect(openMetrics.write(families).split('\n').filter((line) => line.includes('#') && !line.startsWith('#'))).toEqual(['e_seconds_bucket{x="y",le="+Inf"} 2 # {trace_id="ab12"} 3 1700000000.500']);
    expect(prometheusText.write(families)).toContain('e_seconds_bucket{x="y",le="+Inf"} 2\n');
  });
});

describe('negotiate', () => {
  it.each([
    [undefined, prometheusText],
    ['*/*', prometheusText],
    ['text/plain', prometheusText],
    ['application/openmetrics-text', openMetrics],
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', openMetrics],
    ['application/openmetrics-text;q=0.5,text/plain;q=0.9', prometheusText],
    ['application/openmetrics-text;q=0', prometheusText],
    ['text/html, application/xhtml+xml, */*;q=0.8', prometheusText],
  ])('%s', (accept, expected) => expect(negotiate(accept)).toBe(expected));
});
