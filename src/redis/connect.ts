import { events, type Clock } from '#libs/kernel';
import { parseRedisUrl } from '../config/schema/redis-url.js';
import type { RedisConfig } from './client.js';
import { commandsOver, runScript } from './commands.js';
import { LibraryClient } from './library-client.js';
import type { RedisConnection } from './redis-connection.js';
import { routesOf } from './routes.js';
import { literally, scanAll } from './scan.js';
import { Subscriber } from './subscriber.js';

/** A connection, and what whoever made it does with it. */
export interface OwnConnection extends RedisConnection {
  /** Over once it is known whether Redis can be asked: after `connectTimeout` at the latest, sentinels aside. Never rejects. */
  readonly settled: Promise<void>;
  /** Ends it, after what is under way: within `timeout`. */
  close(): Promise<void>;
}

/**
 * Connects, in the background: Redis may be away now, and come and go. The package is loaded only now.
 * @param told of each change why Redis cannot be asked, or `null`; first when it cannot.
 */
export function connect(config: RedisConfig, clock: Pick<Clock, 'elapsed'>, told: (away: string | null) => void = (away) => events.redisChanged.publish({ away })): OwnConnection {
  const url = parseRedisUrl(config.url.reveal());
  const { courier, hearing } = routesOf({ config, url, clock, told });
  const subscriber = new Subscriber(hearing);
  const { prefix } = config;
  return {
    settled: courier.settled,
    get away() {
      return courier.away;
    },
    client: new LibraryClient(courier, prefix),
    commands: commandsOver(courier, prefix),
    run: (script, keys, args) => runScript(courier, script, keys.map((key) => prefix + key), args),
    scan: async function* scan(beginning) {
      for await (const keys of scanAll(courier, `${literally(prefix + beginning)}*`)) yield keys.map((key) => key.slice(prefix.length));
    },
    subscribe: (channel, listener, gap = () => undefined) => subscriber.subscribe(prefix + channel, { listener, gap }),
    close: async () => {
      await Promise.all([courier.close(), subscriber.close()]);
    },
  };
}
