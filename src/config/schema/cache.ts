import { z } from 'zod';
import { duration, durationOrOff, headerName, listOf, onOff, percentageOrOff, size, statuses, template } from './values.js';

const STATUS = 'expected a status from 200 to 599, such as 404';

const key = z.strictObject({
  query: z.union([z.enum(['all', 'none']), listOf(z.string().min(1))]).default('all').describe(
    'What of the query tells answers apart: `all` as it was sent, `none`, or parameters by name; those are put in the order of this list, so that the order they were sent in does not matter. Default: all. Danger: the service still sees the others; where they change the answer, callers get one that was meant for somebody else.',
  ),
  headers: listOf(headerName()).default([]).describe('Request headers whose values tell answers apart, besides those that `Vary` names. Default: none.'),
  principal: onOff().default(false).describe('Whether every caller has answers of their own, with each set of roles, permissions and scopes, and of the claims that the route tells its service; then private ones are kept too, for them alone. Default: off.'),
  host: onOff().default(true).describe('Whether the host tells answers apart; http and https always do. Default: on. Danger: without it one answer serves all hosts; a redirect or a link in it may lead to another one.'),
});

const settings = z.strictObject({
  maxAge: duration().optional().describe('Lifetime of answers that name none themselves. Default: none, such answers are not kept.'),
  statuses: statuses().default([200, 203, 300, 301, 308]).describe('Statuses, and ranges of them, that get `maxAge`.'),
  negative: z.record(z.string().regex(/^[2-5]\d\d$/, { error: STATUS }), duration()).default({}).describe('Lifetimes by status of answers that name none, such as `{ 404: 10s, 410: 1m }`. Default: none.'),
  respect: onOff().default(true).describe('Whether Cache-Control and Expires of the answer count. Default: on. Danger: with `off`, `maxAge` alone rules, and answers are kept and shared that the service calls private or not to be stored.'),
  heuristic: percentageOrOff().prefault('off').describe('Lifetime of answers that name none but say when they were last changed: this share of the time since, a day at most (RFC 9111 4.2.2); `off` for none. Default: off.'),
  staleWhileRevalidate: durationOrOff().prefault('off').describe('How long past its time an answer may be given while a newer one is fetched, besides what the answer itself allows. Default: off.'),
  staleIfError: durationOrOff().prefault('off').describe('How long past its time an answer may be given where the service fails, besides what the answer itself allows. Default: off.'),
  maxSize: size().prefault('1MiB').describe('Largest body that is kept; nothing above an eighth of `cache.memory` is. Default: 1MiB.'),
  collapse: durationOrOff().prefault('10s').describe('How long requests wait for the answer to an identical one that is under way, instead of asking as well; `off` for not at all. Default: 10s.'),
  cookies: z.enum(['refuse', 'share']).default('refuse').describe('Requests with cookies: `refuse` neither answers them from the cache nor keeps what they get, `share` treats them like others. Default: refuse. Danger: with `share`, an answer that was made for the cookies of one caller goes to all.'),
  key: key.prefault({}).describe('What tells answers apart. A `split` does not: put what it goes by into `headers`.'),
  methods: listOf(z.enum(['GET', 'HEAD'])).refine((methods) => methods.includes('GET'), { error: 'expected GET among them: what answers HEAD was stored for GET' }).default(['GET', 'HEAD']).describe('Methods that are answered from the cache: GET, and HEAD from what was stored for GET. Default: both.'),
  clientControl: onOff().default(true).describe('Whether a client may ask for a fresh answer (`Cache-Control: no-cache`, `max-age`, `min-fresh`) or for a stored one only (`only-if-cached`). Default: on. Danger: clients that ask for fresh answers all the time get through to the service.'),
  tags: listOf(template()).default([]).describe('Names that answers can be purged by; templates as in headers, such as `{route.name}` or `user-{params.id}`. Default: none.'),
  tagHeaders: listOf(headerName()).default(['Cache-Groups', 'Cache-Tag', 'Surrogate-Key']).describe('Headers of an answer that name more of them. Default: Cache-Groups (RFC 9875), Cache-Tag, Surrogate-Key.'),
  status: onOff().default(true).describe('Whether answers tell what the cache did, by `Cache-Status` (RFC 9211). Default: on.'),
});

/** What is kept of the answers of a route. */
export const cacheSchema = z.union([
  z.literal('off').describe('Nothing is kept.'),
  z.literal('on').transform(() => settings.parse({})).describe('Answers are kept for as long as they say themselves.'),
  settings.refine(({ maxAge, negative, respect }) => respect || maxAge !== undefined || Object.keys(negative).length > 0, {
    path: ['respect'], error: 'with `off` nothing has a lifetime unless `maxAge` or `negative` give one',
  }),
]);

/** Bytes without which not even one answer fits. */
const LEAST = 1_024;

/** Where answers are kept. */
export const cacheTiersSchema = z.strictObject({
  memory: size().refine((bytes) => bytes >= LEAST, { error: 'expected at least 1KiB; what no route is to keep is said there, by `cache: off`' }).prefault('64MiB').describe('Memory for answers in each worker; what was used least lately makes room. Default: 64MiB. Danger: every worker may take as much, besides what it needs anyway.'),
  maxEntries: z.int().min(1).optional().describe('Answers in each worker at most. Default: as many as there is memory for.'),
  redis: onOff().default(true).describe('Whether answers are kept in Redis too, for all workers and instances, where there is a `redis:`. Default: on.'),
});

export type CacheConfig = Exclude<z.output<typeof cacheSchema>, 'off'>;
export type CacheTiersConfig = z.output<typeof cacheTiersSchema>;
