import { z } from 'zod';
import { Secret, secretText } from '#libs/kernel';
import { parseRedisUrl, type RedisUrl } from './redis-url.js';
import { tlsTowards } from './upstream-tls.js';
import { duration } from './values.js';

const credentials = (whose: string) => ({
  username: z.string().min(1).optional().describe(`User of ${whose}. Default: none, which is Redis’ default user.`),
  password: z.string().transform((text) => (text === '' ? undefined : new Secret(text))).optional().meta({ secret: true }).describe(`Password of ${whose}. Empty text is none. Default: none.`),
});

/** May carry a password: it never prints. */
const url = secretText().superRefine((secret, context) => {
  const read = readUrl(secret);
  if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
}).meta({ secret: true });

/** With no time at all nothing would ever be answered in it, and it would be tried again without a pause. */
const some = (least: number) => duration().refine((milliseconds) => milliseconds >= least, { error: `expected at least ${least}ms` });

/** The one Redis of a gateway. */
export const redisSchema = z.strictObject({
  url: url.describe('Where it is: `redis://[user:password@]host:port[/database]`, `redis+sentinel://host:port,host:port/name-of-the-master[/database]` or `redis+cluster://host:port,host:port`; with `rediss` for TLS. Default ports: 6379, of sentinels 26379. Empty text is no Redis, so that `${REDIS_URL:-}` may stand here.'),
  ...credentials('Redis, where it does not stand in `url`'),
  sentinel: z.strictObject(credentials('the sentinels')).prefault({}).describe('Sentinels may want credentials of their own.'),
  tls: tlsTowards('Redis').optional().describe('How a `rediss://` server is recognised, and how the gateway shows who it is. Default: by Node’s authorities.'),
  prefix: z.string().regex(/^[\w.:-]+$/, { error: 'expected letters, digits, ".", ":", "-" or "_"' }).default('passerelle:').describe('Begins every key and channel, so that several gateways can share a Redis without sharing what they count and keep. Default: `passerelle:`.'),
  timeout: some(1).prefault('50ms').describe('How long Redis may say nothing at all while a command waits for its answer; ten times as long is the most a command may take. Beyond that the gateway goes on without Redis. After three in a row the connection is given up, and made anew. Default: 50ms. Danger: every request that asks Redis may take this much longer while it is slow.'),
  connectTimeout: some(1).prefault('1s').describe('How long connecting may take, TLS and password included. Default: 1s.'),
  retry: some(10).prefault('1s').describe('How often a Redis that is away is tried again, give or take a quarter. Until then nothing waits for it. Default: 1s.'),
}).superRefine(checkTogether);

/** No Redis where its address is empty. */
export const redisOrNone = z.preprocess((value) => (isNowhere(value) ? undefined : value), redisSchema.optional()).optional();

function isNowhere(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'url' in value && value.url === '';
}

interface Settings {
  readonly url: Secret;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
  readonly sentinel: object;
  readonly tls?: object | undefined;
}

function checkTogether(settings: Settings, context: z.core.$RefinementCtx): void {
  const url = readUrl(settings.url);
  if (typeof url === 'string') return;
  const report = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
  for (const name of ['username', 'password'] as const) {
    if (settings[name] !== undefined && url[name] !== null) report(name, 'this stands in `url` too; leave one of them out');
  }
  if (settings.tls !== undefined && !url.tls) report('tls', '`url` does not ask for TLS; begin it with `rediss`');
  if (Object.keys(settings.sentinel).length > 0 && url.kind !== 'sentinel') report('sentinel', '`url` names no sentinels');
}

/** What it says, or what is wrong with it. */
function readUrl(secret: Secret): RedisUrl | string {
  try {
    return parseRedisUrl(secret.reveal());
  } catch (error) {
    return (error as Error).message;
  }
}
