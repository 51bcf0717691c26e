import { z } from 'zod';
import { duration, listOf, onOff, percentage, percentageOrOff, statuses } from './values.js';

const TARGET_PROBLEMS = ['target-unreachable', 'connect-timeout', 'first-byte-timeout', 'bad-target-response'] as const;
const SERVICE_PROBLEMS = [...TARGET_PROBLEMS, 'total-timeout'] as const;
const METHODS = listOf(z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' }));

const failureShape = {
  problems: listOf(z.enum(SERVICE_PROBLEMS)).default([...SERVICE_PROBLEMS]).describe(
    'Problems of forwarding that count. `total-timeout` counts only for requests without a body: else the client may be the slow one.',
  ),
  methods: METHODS.optional().describe('Methods that count at all; what other requests meet says nothing. Default: all.'),
};

const breakerFailures = z.strictObject({
  status: statuses().default(['500-599']).describe('Statuses, and ranges of them, that count. Danger: with 4xx in it, one client’s mistakes keep all clients away.'),
  ...failureShape,
});

const targetFailures = z.strictObject({
  status: statuses().default([502, 503, 504]).describe('Statuses, and ranges of them, that count. Danger: with 500 in it, a request that trips over a fault in the service takes one target out after the other.'),
  ...failureShape,
});

/** When requests are kept from a service that fails. */
export const breakerSchema = z.strictObject({
  errorRate: percentageOrOff().prefault('50%').describe('Share of failures within `over` that opens it; `off` for none. Default: 50%.'),
  over: duration().prefault('20s').describe('How far back shares look. Default: 20s.'),
  minRequests: z.int().min(1).default(20).describe('Requests within `over` below which no share is judged. Default: 20. Danger: with few, one failure in a quiet hour is a high share.'),
  failures: z.int().min(1).optional().describe('Failures in a row that open it. Default: no number does.'),
  slow: z.strictObject({
    over: duration().prefault('2s').describe('Longer than this until the response header, retries and upload included, is slow. Default: 2s.'),
    rate: percentage().prefault('50%').describe('Share of slow requests that opens it. Default: 50%.'),
  }).optional().describe('Opens it for slowness as well. Default: slowness does not.'),
  open: duration().prefault('15s').describe('How long it stays open: every request gets 503 `circuit-open` with `Retry-After`. Default: 15s.'),
  trials: z.int().min(1).max(1_000).default(3).describe('Requests let through after `open`. All good: it closes; one bad: it opens again. Default: 3.'),
  counts: breakerFailures.prefault({}).describe('What counts as a failure. A client that leaves never does; requests count, not their retries.'),
});

/** Environments count what comes after the first try. */
const furtherTries = z.string().regex(/^\+\d$/, { error: 'expected a whole number up to 10, or how many tries there are besides the first, such as +2' }).transform((text) => 1 + Number(text));

/** When a request is sent again. */
export const retrySchema = z.strictObject({
  attempts: z.union([z.int().min(1).max(10), furtherTries]).default(3).describe('Tries in all, the first included; `+2` for two besides the first. Default: 3.'),
  timeout: duration().optional().describe('For one try of a request that may be repeated, up to its response header; then the next one begins. Default: only `timeout` of the route.'),
  methods: METHODS.default(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']).describe('Methods that may be repeated after the request was sent. When no connection was made, any may. Danger: a POST that is repeated may be done twice.'),
  idempotencyKey: onOff().default(false).describe('Whether a request with an `Idempotency-Key` may be repeated whatever its method. Default: off. Danger: only for services that honour the key.'),
  status: statuses().default([502, 503, 504]).describe('Statuses, and ranges of them, that are worth another try.'),
  problems: listOf(z.enum(TARGET_PROBLEMS)).default([...TARGET_PROBLEMS]).describe('Problems of forwarding that are worth another try.'),
  backoff: z.strictObject({
    use: z.enum(['exponential']).default('exponential').describe('Waits at random up to `base`, then up to twice that, four times, and so on. Default: exponential.'),
    base: duration().prefault('100ms').describe('Longest wait before the first retry. Default: 100ms.'),
    max: duration().prefault('2s').describe('Longest wait before any. Default: 2s.'),
  }).prefault({}).describe('Wait between two tries.'),
  retryAfter: duration().prefault('2s').describe('Longest `Retry-After` of an answer that is waited for; with a longer one the answer goes to the client. Default: 2s.'),
  budget: z.union([
    z.literal('off').describe('No bound. Danger: a service that fails gets `attempts` times the load.'),
    percentage().transform((share) => ({ share, minimum: 1 })),
    z.strictObject({
      share: percentage().prefault('20%').describe('Retries per request of the last 10 s. Default: 20%.'),
      minimum: z.number().min(0).default(1).describe('Retries per second there may be besides, so that a quiet service has some. Default: 1.'),
    }),
  ]).prefault('20%').describe('How much retries may add to the load of the service; a percentage is the `share`. Default: 20%.'),
});

/** When a target is taken out for what requests to it met. */
export const passiveSchema = z.strictObject({
  failures: z.int().min(1).default(5).describe('Failures of a target in a row that eject it. Default: 5.'),
  errorRate: percentageOrOff().prefault('off').describe('Share of failures of a target within `over` that ejects it; `off` for none. Default: off.'),
  over: duration().prefault('10s').describe('How far back shares look. Default: 10s.'),
  minRequests: z.int().min(1).default(20).describe('Requests to a target within `over` below which no share is judged. Default: 20.'),
  slow: z.strictObject({
    over: duration().prefault('2s').describe('A response header that takes longer is slow; requests with a body are not judged, for the client may be the slow one. Default: 2s.'),
    rate: percentage().prefault('50%').describe('Share of a target’s answers that ejects it. Default: 50%.'),
  }).optional().describe('Ejects a target for slowness as well. Default: slowness does not. Danger: where the whole service is slow, half of its targets go; `panic` bounds it.'),
  eject: duration().prefault('30s').describe('How long the first ejection lasts; a repeated one twice as long, then three times, and so on. For every such time it does well, one is forgotten. Default: 30s.'),
  maxEject: duration().prefault('5m').describe('Longest ejection. Default: 5m.'),
  maxShare: percentage().prefault('50%').describe('Share of the targets that may be out at once; of several, one always may. A single target never is. Default: 50%. Danger: too many out, and the rest drown.'),
  panic: percentageOrOff().prefault('50%').describe('When fewer targets than this share are available, the ejected ones are used again; `off` for never. Default: 50%.'),
  counts: targetFailures.prefault({}).describe('What counts as a failure of a target; every try does, also those of a retry.'),
});

export type BreakerConfig = z.output<typeof breakerSchema>;
export type RetryConfig = z.output<typeof retrySchema>;
export type PassiveConfig = z.output<typeof passiveSchema>;
