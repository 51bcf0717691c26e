import { z } from 'zod';
import type { OwnLimit } from '#libs/kernel';
import { parseRate } from '#libs/rate-limit';
import { network } from './network.js';
import { headerName, listOf, name, onOff, statuses } from './values.js';

const RATE = 'expected a rate such as 5/s, 100/min or 1000/h';
const QUOTA = 'expected a quota such as 1000/day or 20000/month (hour, day, week, month)';

/** A quota: so much in each calendar period. */
const PERIOD = /^(\d+)\s*\/\s*(hour|day|week|month)$/;

export type Period = 'hour' | 'day' | 'week' | 'month';

/** `1000/day` to its parts; `undefined` for text that is no quota. */
export function parseQuota(text: string): { readonly count: number; readonly period: Period } | undefined {
  const [, count, period] = PERIOD.exec(text.trim()) ?? [];
  const number = Number(count);
  return count === undefined || number < 1 || !Number.isSafeInteger(number) ? undefined : { count: number, period: period as Period };
}

/** What every rate looks like, of whatever kind it is. */
const FORM = /^\d+(?:\s*\/\s*|\s+[Pp]er\s+)\w.*$/;

/** So much in so much time. What it must look like beyond this depends on `use`. */
const rate = () => z.string({ error: RATE }).regex(FORM, { error: RATE });

const KEYS = ['ip', 'user', 'role', 'key', 'route', 'method', 'agent'] as const;

const key = z.union([
  z.enum(KEYS),
  z.strictObject({ header: headerName().describe('Name of a request header.') }),
  z.strictObject({ body: z.string().min(1).describe('Name of a field at the top of a JSON or form body, such as the account at a login. The body is held until it is whole, up to 64 KiB; larger ones, those in another form, and those that have the field twice, count as if it were missing. Capitals and blanks around it make no difference.') }),
]);

const exempt = z.strictObject({
  ips: listOf(network()).default([]).describe('Addresses and networks, `loopback` and `private`.'),
  users: listOf(z.string().min(1)).default([]).describe('Ids of callers.'),
  roles: listOf(z.string().min(1)).default([]).describe('Roles, those that imply them included.'),
});

const shape = {
  use: z.enum(['token-bucket', 'sliding-window', 'fixed-window', 'quota']).default('token-bucket').describe('How it counts. `token-bucket`: tokens drip in at the rate, and what is saved up to `burst` may come at once. `sliding-window`: never more than the rate in any window. `fixed-window`: windows one after the other, cheapest, but twice the rate may pass around the turn of two. `quota`: calendar periods, kept through restarts. Default: token-bucket.'),
  rate: rate().describe('How many requests in how much time: `5/s`, `100/min`, `1000/h`, `10/10s`; of a quota `1000/day`, `20000/month` (hour, day, week, month).'),
  burst: z.union([z.int().min(1), z.string().regex(/^\+\d{1,9}$/, { error: 'expected a whole number, or how many more than the rate counts, such as +20' })]).optional().describe('Token bucket: how many may come at once; `+20` for so many more than the rate counts, also than that of a role. Default: as many as the rate counts.'),
  initial: z.int().min(0).optional().describe('Token bucket: how many tokens a new caller has. Default: all of `burst`.'),
  zone: z.string().refine(isZone, { error: 'expected a time zone such as UTC or Europe/Paris' }).optional().describe('Quota: the time zone of its calendar. Default: UTC.'),
  by: listOf(key).refine((keys) => keys.length > 0, { error: 'expected at least one; all requests count together with `route`' }).optional().describe('Whose requests count together: `ip`, `user`, `role`, `key` (the credential’s owner at its authenticator), `route`, `method`, `agent` (User-Agent), `{ header: X }`, `{ body: field }`; several of them together are one key. `user`, `role` and `key` are the address where nobody is authenticated. Default: ip on public routes, user on others. Danger: header, agent and body are what the client says; alone they stop nobody.'),
  name: name().optional().describe('What headers, logs and metrics call it. Default: the rate.'),
  share: name().optional().describe('Routes whose limits share a name count together. Default: each route for itself.'),
  message: z.string().min(1).optional().describe('What a refusal says: the `{detail}` of `errors`. Default: the name of the limit, and when to come back.'),
  roles: z.record(z.string().min(1), z.union([z.literal('off'), rate()])).default({}).describe('Other rates for callers of a role, `off` for none. Of several the most generous holds; roles count that imply the named one. `burst` and `initial` grow with the rate.'),
  cost: z.int().min(1).default(1).describe('How much a request of this route takes. Default: 1.'),
  exempt: exempt.prefault({}).describe('Who is not counted.'),
  shadow: onOff().default(false).describe('`on` counts, logs and shows in metrics what would be refused, but refuses nobody. Default: off.'),
  early: onOff().default(false).describe('`on` checks it before authentication, to spare the checking of tokens. For keys that need no caller. Default: off.'),
  counts: z.union([
    z.literal('all').describe('Every request.'),
    z.strictObject({ status: statuses().describe('Statuses and ranges, such as `[401, 403]`.') }).describe('Only requests answered so: a guard against guessing. It is taken at the start, so that guesses at the same time are counted exactly, and given back when the answer is another one. A client that leaves before its answer gets nothing back.'),
  ]).default('all').describe('Which requests count. Default: all.'),
  away: z.enum(['local', 'allow', 'deny']).default('local').describe('When the shared counters cannot be asked: `local` counts in each process by itself, `allow` lets everybody through, `deny` answers 503. Default: local. Danger: `deny` makes Redis a part that everything depends on.'),
};

type Limit = z.output<z.ZodObject<typeof shape>>;

/** One limit. */
const limit = z.strictObject(shape).check(({ issues, value }) => {
  for (const [path, message] of mistakesIn(value)) issues.push({ code: 'custom', input: value[path], path: [path], message });
});

/** `limit:` of a route, a policy or `defaults`. */
export const limitSchema = z.union([
  z.literal('off').describe('No limit.'),
  rate().refine((text) => parseRate(text) !== undefined, { error: RATE }).describe('A token bucket of this rate.'),
  limit.describe('One limit.'),
  z.array(z.union([rate().refine((text) => parseRate(text) !== undefined, { error: RATE }), limit])).min(1, { error: 'expected at least one limit; `off` is none' }).describe('Several limits, all of which must have room; one that refuses takes nothing from the others.'),
]);

/** A limit of a credential's own: whose requests count together is clear. */
const ownLimit = z.strictObject({ use: shape.use, rate: shape.rate, burst: z.int().min(1).optional().describe('Token bucket: how many may come at once. Default: as many as the rate counts.'), zone: shape.zone }).check(({ issues, value }) => {
  for (const [path, message] of mistakesIn({ ...limit.parse({ rate: '1/s' }), ...value })) issues.push({ code: 'custom', input: value, path: [path], message });
});

const ownLimitOrRate = z.union([
  rate().refine((text) => parseRate(text) !== undefined, { error: RATE }).transform((text) => ownLimit.parse({ rate: text })).describe('A token bucket of this rate.'),
  ownLimit.describe('One limit.'),
]);

/** Limits of one credential, such as an API key: all must have room. */
export const ownLimitsSchema = z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(ownLimitOrRate).max(8, { error: 'expected at most 8 limits' }));

/** What a credential's own limit stands for on every route. */
export function limitOfOwn({ burst, rate: text, use, zone }: OwnLimit): LimitConfig {
  return limit.parse({ rate: text, ...(use !== undefined && { use }), ...(burst !== undefined && { burst }), ...(zone !== undefined && { zone }), by: 'key' });
}

/** `limitHeaders:` of a route, a policy or `defaults`. */
export const limitHeadersSchema = z.strictObject({
  ietf: onOff().default(true).describe('`RateLimit` and `RateLimit-Policy` as the IETF drafts them. Default: on.'),
  x: z.enum(['off', 'delta', 'unix']).default('off').describe('`X-RateLimit-Limit`, `-Remaining` and `-Reset`, the last in seconds from now (`delta`) or since 1970 (`unix`). Default: off.'),
  window: onOff().default(false).describe('`X-RateLimit-Window`, in seconds, beside them. Default: off.'),
  retryAfter: onOff().default(true).describe('`Retry-After` on a 429. Default: on.'),
});

/** `limits:` of the file: what all limits have in common. */
export const limitsSchema = z.strictObject({
  ipv6Prefix: z.int().min(16).max(128).default(56).describe('Bits of an IPv6 address that tell callers apart, for whoever has one has a whole network of them. Default: 56.'),
  maxKeys: z.int().min(100).max(10_000_000).default(100_000).describe('Counters a process keeps in memory at most, some 150 bytes each; those that are not needed any more leave first. Default: 100000. Danger: with fewer than there are callers, somebody who has used up a limit may get a new one.'),
  data: z.string().min(1).default('./data').describe('Folder of `limits.db`, which keeps the quotas where there is no Redis; relative to the file. Made only when there is a quota. Default: ./data.'),
});

export type LimitSetting = z.output<typeof limitSchema>;
export type LimitConfig = Limit;
export type LimitHeadersConfig = z.output<typeof limitHeadersSchema>;

/** The limits of a route as a list, short forms written out. */
export function limitsOf(setting: LimitSetting): readonly LimitConfig[] {
  if (setting === 'off') return [];
  const list = Array.isArray(setting) ? setting : [setting];
  return list.map((one) => (typeof one === 'string' ? limit.parse({ rate: one }) : one));
}

function* mistakesIn(value: Limit): Generator<readonly [keyof Limit, string]> {
  const { burst, by = [], cost, early, exempt: { roles: freeRoles, users }, initial, roles, use, zone } = value;
  const read = use === 'quota' ? parseQuota : parseRate;
  const own = read(value.rate);
  // What does not even look like a rate is reported already.
  const isWrong = (text: string): boolean => FORM.test(text) && read(text) === undefined;
  if (isWrong(value.rate)) yield ['rate', use === 'quota' ? QUOTA : RATE];
  if (Object.values(roles).some(isWrong)) yield ['roles', use === 'quota' ? QUOTA : RATE];
  if (use !== 'token-bucket' && burst !== undefined) yield ['burst', `only a token bucket has a burst; \`use\` is ${use}`];
  if (use !== 'token-bucket' && initial !== undefined) yield ['initial', `only a token bucket has tokens to begin with; \`use\` is ${use}`];
  if (use !== 'quota' && zone !== undefined) yield ['zone', `only a quota follows a calendar; \`use\` is ${use}`];
  const count = own?.count ?? Number.POSITIVE_INFINITY;
  const most = typeof burst === 'string' ? count + Number(burst) : burst ?? count;
  if (cost > most) yield ['cost', `a request would cost ${cost}, but there are never more than ${most}`];
  if (initial !== undefined && initial > most) yield ['initial', `expected at most ${most}, which is all the bucket holds`];
  const personal = by.find((one) => one === 'user' || one === 'role' || one === 'key');
  if (early && personal) yield ['by', `before authentication there is no ${personal as string} to count by; take out \`early\`, or count by something else`];
  if (early && Object.keys(roles).length > 0) yield ['roles', 'before authentication nobody has a role; take out `early`'];
  if (early && users.length + freeRoles.length > 0) yield ['exempt', 'before authentication only addresses are known; take out `early`'];
}

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
