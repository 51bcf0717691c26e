import { z } from 'zod';
import { duration, listOf } from './values.js';

const AFTER = 'expected a quantile from p50 to p99.9, such as p95';

const quantile = z.string().regex(/^p[5-9]\d(?:\.\d+)?$/, { error: AFTER }).transform((text) => ({ quantile: Number(text.slice(1)) / 100, delay: 0 }));

/** When a slow request is sent to another target as well. */
export const hedgeSchema = z.strictObject({
  after: z.union([quantile, duration().transform((delay) => ({ quantile: 0, delay }))]).prefault('p95').describe(
    'How long the first target has for its response header: a quantile of what this service took in the last minute, or a duration. Default: p95. Danger: a short duration doubles the load for little; with a quantile it is only the slowest few per cent.',
  ),
  methods: listOf(z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' })).default(['GET', 'HEAD', 'OPTIONS']).describe('Methods that may be sent twice. Danger: a POST that is sent twice may be done twice.'),
  max: z.int().min(1).max(3).default(1).describe('Further targets at most; the second one is asked after another `after`. Default: 1.'),
  minRequests: z.int().min(1).default(50).describe('Requests of the last minute below which no quantile is known, so that none is sent twice. Default: 50.'),
});

export type HedgeConfig = z.output<typeof hedgeSchema>;
