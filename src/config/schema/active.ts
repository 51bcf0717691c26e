import { z } from 'zod';
import { duration, percentage } from './values.js';

/** Probes of every target by the clock. */
export const activeSchema = z.strictObject({
  every: duration().prefault('10s').describe('From one probe of a target to the next. Default: 10s.'),
  jitter: percentage().prefault('10%').describe('How far a pause may differ, so that gateways do not probe in step. Default: 10%.'),
  unhealthyAfter: z.int().min(1).default(3).describe('Failed probes in a row after which the target gets no more requests. Default: 3.'),
  healthyAfter: z.int().min(1).default(2).describe('Good probes in a row after which it gets requests again. Default: 2.'),
});
