import type { Clock } from '#libs/kernel';
import type { RedisPlace, RedisUrl } from '../config/schema/redis-url.js';
import type { Asking } from './ask.js';
import { opener, type Client, type Credentials, type RedisConfig } from './client.js';
import { Cluster } from './cluster.js';
import type { Courier } from './courier.js';
import { Deadlines } from './deadlines.js';
import { Link, type LinkOptions } from './link.js';
import { assertMaster, whereMaster } from './sentinel.js';
import { Single } from './single.js';

export interface RoutesInput {
  readonly config: RedisConfig;
  readonly url: RedisUrl;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Told of each change: why nothing can be asked, or `null`. */
  readonly told: (away: string | null) => void;
}

export interface Routes {
  readonly courier: Courier;
  /** Where to hear what is published. */
  readonly hearing: LinkOptions;
}

type Server = Pick<LinkOptions, 'open' | 'greet'>;
type Ways = Pick<Asking, 'open' | 'timeout'>;

/** The way to Redis, by what the URL says it is. */
export function routesOf({ config, url, clock, told }: RoutesInput): Routes {
  const open = opener(config, url);
  const { connectTimeout, retry, timeout } = config;
  const base = { clock, timeouts: { command: timeout, connect: connectTimeout, retry }, deadlines: new Deadlines(timeout, clock) };
  // What is heard comes unasked: this connection is looked at now and then, without haste.
  const calm = { clock, timeouts: { command: connectTimeout, connect: connectTimeout, retry }, deadlines: new Deadlines(connectTimeout, clock), patience: 1, changed: () => undefined };
  const credentials = { username: config.username ?? url.username, password: config.password?.reveal() ?? url.password };
  const ways: Ways = { open: (place) => open(place, credentials, url.database), timeout: connectTimeout };

  if (url.kind === 'cluster') {
    const cluster: Cluster = new Cluster({
      seeds: url.places, asking: ways, retry, changed: oncePerChange(() => cluster.away, told),
      link: (place, hooks) => new Link({ ...base, ...serverAt(place, ways), ...hooks }),
    });
    return { courier: cluster, hearing: { ...calm, open: () => ways.open(cluster.somePlace), greet: ping } };
  }
  const [place] = url.places as [RedisPlace, ...RedisPlace[]];
  const sentinels = (): Ways => ({ open: (at) => open(at, sentinelCredentials(config), 0), timeout: connectTimeout });
  const server = url.kind === 'sentinel' ? masterNamed(url, ways, sentinels()) : serverAt(place, ways);
  const single: Single = new Single({ ...base, ...server, changed: oncePerChange(() => single.away, told) });
  return { courier: single, hearing: { ...calm, ...server } };
}

function serverAt(place: RedisPlace, { open }: Ways): Server {
  return { open: () => open(place), greet: ping };
}

/** The master is looked up for every connection. */
function masterNamed({ master, places }: RedisUrl, { open }: Ways, sentinels: Ways): Server {
  return { open: async () => open(await whereMaster(places, master ?? '', sentinels)), greet: assertMaster };
}

function sentinelCredentials({ sentinel: { username, password } }: RedisConfig): Credentials {
  return { username: username ?? null, password: password?.reveal() ?? null };
}

/** A server that loads its data, or wants a password, says so now. */
async function ping(client: Client): Promise<void> {
  await client.sendCommand(['PING']);
}

/** At first it is taken for granted. */
function oncePerChange(state: () => string | null, told: RoutesInput['told']): () => void {
  let known = true;
  return () => {
    const away = state();
    if (known === (away === null)) return;
    known = away === null;
    told(away);
  };
}
