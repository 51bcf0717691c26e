import { z } from 'zod';
import { headerName, listOf, onOff } from './values.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Environments write levels as Python does: `INFO`, `WARNING`, `CRITICAL`. */
const level = z.preprocess(levelName, z.enum(LEVELS));

function levelName(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const word = value.toLowerCase();
  return word === 'warning' ? 'warn' : word === 'critical' ? 'fatal' : word;
}

export const logSchema = z.strictObject({
  level: level.default('info').describe('Default: info.'),
  access: onOff().default(true).describe('One JSON line per request. Default: on.'),
  query: z.boolean().default(false).describe('Whether the line’s path carries the query (credentials are cut out in any case). Default: false.'),
  headers: listOf(headerName()).default([]).describe('Request headers to log. Authorization, cookies and keys print as [redacted] whatever is said here.'),
  redact: listOf(z.string()).default([]).describe('Further header and query names whose values print as [redacted].'),
});

export const metricsSchema = z.strictObject({
  names: z.strictObject({
    requests: z.string().default('gateway_requests_total').describe('Counter of requests. Default: gateway_requests_total.'),
    duration: z.string().default('gateway_request_duration_seconds').describe('Histogram of their duration in seconds. Default: gateway_request_duration_seconds.'),
    active: z.string().default('gateway_active_connections').describe('Gauge of requests under way. Default: gateway_active_connections.'),
  }).prefault({}).describe('Names of the three main series, so that existing dashboards keep working.'),
  labels: z.strictObject({
    method: z.string().default('method').describe('Default: method.'),
    endpoint: z.string().default('endpoint').describe('Its value is the route’s pattern, never the raw path: the number of series stays bounded.'),
    status: z.string().default('status_code').describe('Default: status_code.'),
  }).prefault({}).describe('Names of the labels.'),
  aliases: z.record(z.string(), z.enum(['requests', 'duration', 'active'])).default({}).describe('Further names for the same series, e.g. `{ http_requests_total: requests }`.'),
  buckets: z.array(z.number().positive()).default([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]).describe('Upper bounds in seconds.'),
});
