import { z } from 'zod';
import { onOff } from './values.js';

const metricName = () => z.string().regex(/^[a-zA-Z_]\w*$/, { error: 'expected the name of a series: letters, digits and "_"' });
/** `le` and `quantile` are the format's own, `__` is for Prometheus itself. */
const labelName = () => z.string().regex(/^(?!__|le$|quantile$)[a-zA-Z_]\w*$/, { error: 'expected the name of a label: letters, digits and "_", but not `le`, `quantile` or with `__` in front' });
const series = () => z.string().min(1);

const alias = z.strictObject({
  series: series().describe('Which series; a name of [Metrics](metrics.md), or its short word such as `service-up`.'),
  labels: z.record(z.string(), labelName()).default({}).describe('Other names for labels, e.g. `{ status_code: status }`. Default: none.'),
  add: z.record(labelName(), z.string()).default({}).describe('Labels that are the same on every sample, e.g. `{ service: api-gateway }`. Default: none.'),
  where: z.record(z.string(), z.string()).default({}).describe('Only samples with these values, e.g. `{ outcome: failed }`; these labels are left out. Default: all samples.'),
});

type Alias = z.output<typeof alias>;

/** Half a millisecond is what the gateway itself may add; time-outs of 10 s and 30 s end just above the last bounds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const metricsSchema = z.strictObject({
  names: z.record(z.string(), metricName()).default({}).describe('Other names for series, so that existing dashboards keep working: `{ requests: http_requests_total, service-up: platform_service_up }`. A key is a name of [Metrics](metrics.md), or that name without `gateway_` and unit, such as `requests`, `service-up` or `breaker-state`; `duration` and `active` stand for `gateway_request_duration_seconds` and `gateway_active_connections`. Danger: alerts and dashboards that come with the gateway know the usual names; `aliases` keeps both. Default: none.'),
  labels: z.strictObject({
    method: labelName().default('method').describe('Default: method.'),
    endpoint: labelName().default('endpoint').describe('Its value is the route’s pattern, never the raw path: the number of series stays bounded.'),
    status: labelName().default('status_code').describe('Default: status_code.'),
  }).prefault({}).describe('Names of the labels of requests.'),
  aliases: z.record(metricName(), z.union([series().transform((name): Alias => ({ series: name, labels: {}, add: {}, where: {} })), alias])).default({}).describe('Further names for the same series: `{ http_requests_total: requests }`, or with other labels: `{ http_requests_total: { series: requests, labels: { status_code: status }, add: { service: api-gateway } } }`. A constant, such as the version of something, is an alias of `up` with `add`. Default: none.'),
  buckets: z.array(z.number().positive()).min(1).default(BUCKETS).refine((bounds) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] as number)), { error: 'expected each bound to be greater than the one before' }).describe('Upper bounds of durations, in seconds, ascending. Danger: each is one more series for every route and method.'),
  exemplars: onOff().default(false).describe('Whether the buckets of durations carry the trace id of the latest request whose trace is exported; in OpenMetrics only. Default: off.'),
  targets: z.enum(['address', 'digest', 'off']).default('digest').describe('What the label `target` says: the `address`, or six digits that tell targets apart and are the same in every gateway, but not where they are (`digest`). `off`: no series of single targets. Default: digest. Danger: with `address` whoever may read `/metrics` knows where services are; let only the scraper in.'),
});

export type MetricsConfig = z.output<typeof metricsSchema>;
export type AliasConfig = MetricsConfig['aliases'][string];
