import { z } from 'zod';
import { PRIORITIES } from '#libs/resilience';
import { duration, percentage } from './values.js';

const adaptive = z.strictObject({
  initial: z.int().min(1).default(20).describe('Limit to begin with. Default: 20.'),
  min: z.int().min(1).default(4).describe('Lowest limit. Default: 4.'),
  max: z.int().min(1).default(1_000).describe('Highest limit. Default: 1000.'),
  tolerance: z.number().min(1).max(10).default(1.5).describe('How many times the latency of the unloaded service is still fine; beyond it the limit falls. Default: 1.5. Danger: near 1, ordinary ups and downs throttle the service.'),
}).refine(({ initial, max, min }) => min <= initial && initial <= max, { error: 'expected `min` <= `initial` <= `max`' });

const shares = z.strictObject({
  high: percentage().prefault('95%').describe('For `high` requests. Default: 95%.'),
  normal: percentage().prefault('90%').describe('For `normal` requests. Default: 90%.'),
  low: percentage().prefault('70%').describe('For `low` requests. Default: 70%.'),
}).refine(({ high, low, normal }) => low <= normal && normal <= high, { error: 'expected shares that fall with the priority: `low` <= `normal` <= `high`' });

/** How many requests a service has at once. */
export const concurrencySchema = z.strictObject({
  max: z.int().min(1).optional().describe('Requests at once, from each worker; `shares` says how many of them a priority may take. Default: none, then `adaptive` is needed.'),
  adaptive: adaptive.optional().describe('Learns the limit instead: it rises while the service answers as fast as when it has little to do, and falls when answers become slow, time out, cannot be connected or have status 429 or 503. `{}` for the defaults.'),
  queue: z.int().min(0).max(10_000).default(0).describe('Requests that may wait for a slot, those of higher priority first; when it is full, one that matters more takes the place of one that matters less. Default: 0.'),
  wait: duration().prefault('50ms').describe('How long a request may wait for a slot. Default: 50ms. Danger: a long wait makes an overload longer; clients have given up by the time they get a slot.'),
  shares: shares.prefault({}).describe('Share of the limit that requests of a priority may fill, rounded up: as the service fills up, those that matter least get 503 first. `critical` requests may fill all of it; so may `normal` ones while no route of the file has a higher priority.'),
}).refine(({ adaptive: learned, max }) => (learned === undefined) !== (max === undefined), { error: 'expected either `max` or `adaptive`' });

/** `priority:` of a route. */
export const prioritySchema = z.enum(PRIORITIES);

export type ConcurrencyConfig = z.output<typeof concurrencySchema>;
