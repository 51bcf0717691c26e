import { z } from 'zod';
import { defineDiscovery, type Discovery, type Random } from '#libs/kernel';
import { clientOf } from './dns-client.js';
import { look } from './dns-lookup.js';
import { parseServer, type NamedServer } from './dns-servers.js';
import { News } from './news.js';
import { duration } from './options.js';

/** Milliseconds before a lookup that failed is tried again: doubled every time, half of it by chance. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 15_000;
/** Seconds after which a name with nobody behind it is asked for again at the latest: meanwhile all requests fail. */
const LONGEST_ABSENCE = 10;
/** The longest that a timer of Node's can wait, some 25 days. */
const LONGEST = 2 ** 31 - 1;

/** RFC 1035 2.3.4, with the underscores of RFC 2782. */
const NAME = /^(?=.{1,254}$)(?:[A-Za-z0-9_](?:[\w-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[\w-]{0,61}[A-Za-z0-9_])?\.?$/;

const server = z.string().transform((text, context): NamedServer => {
  const parsed = parseServer(text.trim());
  if (parsed) return parsed;
  context.addIssue({ code: 'custom', message: 'expected an address and a port, such as 10.0.0.2, consul:8600 or [::1]:5353' });
  return z.NEVER;
});

const options = z.strictObject({
  name: z.string().regex(NAME, { error: 'expected a DNS name such as users.internal or _http._tcp.users.internal' }).describe(
    'The full name to ask for: no search domains are tried and no hosts file is read, so in Kubernetes it is `users.default.svc.cluster.local`.',
  ),
  type: z.enum(['address', 'a', 'aaaa', 'srv']).default('address').describe(
    'Records to ask for: `address` is A and AAAA together, `a` and `aaaa` one of them, `srv` SRV with port, weight and priority, and then the addresses of its targets. Use `a` where instances have an address of each kind, or count twice. Default: address.',
  ),
  port: z.int().min(1).max(65_535).optional().describe('Port of the addresses; SRV records say it themselves. Default: 80, or 443 with https.'),
  scheme: z.enum(['http', 'https']).default('http').describe('Danger: with https, certificates must be for the IP addresses. Default: http.'),
  path: z.string().regex(/^(?:\/[^?#\s]*)?$/, { error: 'expected a path that starts with "/", without query' }).default('').describe('Base path in front of every request’s path. Default: none.'),
  server: z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(server).min(1, { error: 'expected a server' })).optional().describe(
    'DNS servers to ask, in this order, each with a port if it is not 53: a list, or text with commas. They must resolve names themselves. Default: the system’s.',
  ),
  timeout: duration().prefault('2s').describe('How long a server has for one answer; each is asked twice. Default: 2s.'),
  minTtl: duration().prefault('1s').describe('The names are asked for again after this at the earliest, however short their time to live is. Default: 1s.'),
  maxTtl: duration().prefault('5m').describe('The names are asked for again after this at the latest, however long their time to live is. Default: 5m.'),
}).superRefine(({ maxTtl, minTtl, port, type }, context) => {
  if (minTtl > maxTtl) context.addIssue({ code: 'custom', path: ['maxTtl'], message: 'expected no less than `minTtl`' });
  if (type === 'srv' && port !== undefined) context.addIssue({ code: 'custom', path: ['port'], message: 'not with `type: srv`: its records say the port' });
}).describe('The addresses a DNS name has, asked for again when their time to live ends. That a name is not there is an answer: no targets. When no server answers, the last known addresses go on serving.');

type DnsOptions = z.output<typeof options>;

/** Follows the addresses of a name in DNS. */
export const dns = defineDiscovery({
  name: 'dns',
  schema: options,
  create: (wanted, { random }): Discovery => ({
    watch(finder) {
      const news = new News(finder);
      const end = new AbortController();
      void follow(wanted, news, { random, signal: end.signal });
      return () => {
        news.end();
        end.abort();
      };
    },
  }),
});

interface Life {
  readonly random: Random;
  readonly signal: AbortSignal;
}

async function follow(wanted: DnsOptions, news: News, { random, signal }: Life): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      const { data, ttl } = await look(await clientOf(wanted.server ?? [], wanted.timeout, signal), wanted);
      news.found(data);
      failures = 0;
      const seconds = data.length > 0 ? ttl : Math.min(ttl, LONGEST_ABSENCE);
      await pause(Math.min(Math.max(seconds * 1_000, wanted.minTtl), wanted.maxTtl, LONGEST), signal);
    } catch (error) {
      news.lost((error as Error).message);
      const most = Math.min(FIRST_RETRY * 2 ** failures, LAST_RETRY);
      failures += 1;
      await pause(most * (1 + random()) / 2, signal);
    }
  }
}

/** Ends early when there is nothing to wait for any more; never keeps the process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds).unref();
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
