/** One server, as it is connected to. */
export interface RedisPlace {
  readonly host: string;
  readonly port: number;
}

/** What a URL of Redis says. */
export interface RedisUrl {
  /** `sentinel`: the places are those of sentinels, which know the master by its name. */
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** One or more; exactly one where it is standalone. */
  readonly places: readonly RedisPlace[];
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  /** Name of the master, which only sentinels need. */
  readonly master: string | null;
}

const SHAPES = {
  standalone: 'redis://[user:password@]host:port[/database]',
  sentinel: 'redis+sentinel://host:port,host:port/name-of-the-master[/database]',
  cluster: 'redis+cluster://host:port,host:port',
} as const;

const PARTS = /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/?#\s]*)(?::([^:@/?#\s]*))?@)?([^@/?#\s]+)(\/[^?#\s]*)?$/;
const PLACE = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const PORTS = { standalone: 6379, sentinel: 26_379, cluster: 6379 } as const;
const MOST_PORTS = 65_535;
const DATABASE = /^\d{1,4}$/;

/**
 * Reads `redis://`, `rediss://` (TLS), and both with `+sentinel` or `+cluster`.
 * @throws Error that says what is wrong and repeats nothing of the text, since it may hold a password.
 */
export function parseRedisUrl(text: string): RedisUrl {
  const parts = PARTS.exec(text);
  if (!parts) throw new Error(`expected ${SHAPES.standalone}, ${SHAPES.sentinel} or ${SHAPES.cluster} (rediss for TLS; in a user or password, other signs than letters and digits are written %40 and so on)`);
  const [, scheme, cluster = 'standalone', username, password, hosts = '', path = ''] = parts;
  const kind = cluster as RedisUrl['kind'];
  const places = hosts.split(',').map((host) => placeOf(host, PORTS[kind]));
  if (kind === 'standalone' && places.length > 1) throw new Error('several hosts need redis+sentinel:// or redis+cluster://');
  return { kind, tls: scheme === 'rediss', places, username: decoded(username), password: decoded(password), ...target(kind, path.slice(1).split('/')) };
}

function placeOf(text: string, defaultPort: number): RedisPlace {
  const parts = PLACE.exec(text);
  const port = Number(parts?.[2] ?? defaultPort);
  if (!parts || port === 0 || port > MOST_PORTS) throw new Error('a host in it is none, or its port; expected host:port, with commas between several');
  return { host: (parts[1] as string).replace(/^\[|\]$/g, ''), port };
}

function decoded(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('the user or password in it is not percent-encoded; a % itself is written %25');
  }
}

function target(kind: RedisUrl['kind'], segments: readonly string[]): Pick<RedisUrl, 'database' | 'master'> {
  const [first = '', second = '', ...rest] = segments;
  const wrong = new Error(`the path is wrong; expected ${SHAPES[kind]}`);
  const [master, database] = kind === 'sentinel' ? [first, second] : [null, first];
  if (rest.length > 0 || master === '' || (kind !== 'sentinel' && second !== '') || (database !== '' && !DATABASE.test(database))) throw wrong;
  if (kind === 'cluster' && Number(database) !== 0) throw new Error('a cluster has database 0 only');
  return { master: master === null ? null : decoded(master), database: Number(database) };
}
