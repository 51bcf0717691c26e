import { z } from 'zod';
import type { ExtensionRegistry } from '#libs/kernel';
import { activeSchema } from './active.js';
import { concurrencySchema } from './concurrency.js';
import { chosen } from './extensions.js';
import { hedgeSchema } from './hedge.js';
import { breakerSchema, passiveSchema, retrySchema } from './resilience.js';
import { checkNetworks, upstreamShape } from './upstream.js';
import { duration, durationOrOff, listOf } from './values.js';

const targetUrl = z.string().regex(/^https?:\/\/[^/?#\s]+(?:\/[^?#\s]*)?$/, { error: 'expected an http:// or https:// address without query', abort: true })
  .refine((text) => URL.canParse(text), { error: 'expected an address with a valid host and port' });

const target = z.strictObject({
  url: targetUrl.describe('Address, with a base path if the service has one.'),
  weight: z.int().min(1).max(1000).default(1).describe('Share of the traffic relative to the siblings. Default: 1.'),
  zone: z.string().default('').describe('Where it runs, such as a data centre, by the same words as `zone.own`. Default: none.'),
  priority: z.int().min(0).default(0).describe('Group it belongs to. A higher number is a reserve: it gets requests only while no target of a lower number is available. Default: 0.'),
});

/** `url|weight` as environments carry it. */
const targetText = z.string().transform((text, context) => {
  const [url = '', weight = '1'] = text.split('|').map((part) => part.trim());
  const parsed = target.safeParse({ url, weight: Number(weight) });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.addIssue({ code: 'custom', message: issue.message });
  return z.NEVER;
});

/** A service that does not run here; told from a list that was left empty by mistake. */
const NOWHERE: readonly z.output<typeof target>[] = Object.freeze([]);

function areDistinct(targets: readonly { url: string }[]): boolean {
  return new Set(targets.map(({ url }) => url)).size === targets.length;
}

export function serviceSchema(extensions: ExtensionRegistry) {
  return z.strictObject({
    description: z.string().optional().describe('A note for people.'),
    targets: z.union([z.literal('off').transform(() => NOWHERE), listOf(z.union([targetText, target]))]).default([]).refine(areDistinct, 'expected every address once; a weight says who gets more').describe(
      'Addresses: objects, or text such as `http://a:8001|3,http://b:8001` with a weight after a bar. `off`: it does not run here, as in `"${EVENTS_URL:-off}"`; requests get 503 `no-target`, and health calls it degraded. With `discover`: what serves until the registry has answered for the first time.',
    ),
    discover: chosen(extensions, 'discovery').optional().describe('Where the addresses are found while the gateway runs. While the registry is away the last known ones go on serving, flagged as stale. Default: only `targets`.'),
    balance: chosen(extensions, 'balancer').prefault({ use: 'p2c' }).describe('How a target is chosen. Default: p2c.'),
    slowStart: durationOrOff().prefault('off').describe(
      'How long a target that joined later or recovered warms up: its weight rises from a tenth to all of it. With consistent-hash its keys come to it little by little. Default: off.',
    ),
    zone: z.strictObject({
      own: z.string().optional().describe('Zone this gateway runs in, e.g. `${ZONE:-}`. Targets of it are preferred while at least one is available. Danger: a zone with few targets gets all the requests of its gateways. Default: none.'),
    }).prefault({}).describe('Keeps requests near.'),
    ...upstreamShape,
    health: z.strictObject({
      path: z.string().regex(/^\//).default('/health').describe('Asked by `/health/services` and by probes. Default: /health.'),
      timeout: duration().prefault('5s').describe('Default: 5s.'),
      status: listOf(z.coerce.number().int()).default([200]).describe('Statuses that mean healthy. Default: 200.'),
      json: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).default({}).describe('Fields of a JSON answer that must have these values, e.g. `{ status: healthy }`.'),
      degraded: listOf(z.coerce.number().int()).default([]).describe('Statuses that mean that it works, though not all is well: it gets requests, and is called degraded. Default: none.'),
      show: listOf(z.string().min(1)).default([]).describe('Fields of its JSON answer that `answer` templates of health endpoints may show, e.g. `[version, uptime]` for `{said.version}`; dotted paths lead inside. Default: none.'),
      active: activeSchema.optional().describe('Probes every target by the clock and takes out those that are not well. `{}` for the defaults. Default: off.'),
      passive: passiveSchema.optional().describe('Takes out a target that fails, by what ordinary requests meet. Default: off.'),
    }).prefault({}).describe('How the service is asked whether it is well, and what is concluded from its answers.'),
    breaker: breakerSchema.optional().describe('Circuit breaker: no requests for a while when too many failed. `{}` for the defaults. Default: off.'),
    retry: retrySchema.optional().describe('Sends requests again that failed, to another target where there is one. `{}` for the defaults. Default: off.'),
    concurrency: concurrencySchema.optional().describe('How many requests it gets at once from each worker; further ones wait, or get 503 `overloaded` with `Retry-After`. A request counts until its answer has come from the service, an event stream or a WebSocket until it stands. Default: no limit.'),
    hedge: hedgeSchema.optional().describe('Sends a request that is slow to another target as well; the first good answer wins. Takes from the budget of `retry`, or adds at most 10 % where it has none. `{}` for the defaults. Default: off.'),
  }).refine(({ discover, targets }) => discover !== undefined || targets.length > 0 || targets === NOWHERE, { path: ['targets'], error: 'expected at least one target, or `discover`' }).superRefine(checkNetworks);
}
