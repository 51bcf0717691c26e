/** How much TLS is asked for, as PostgreSQL's own tools mean it. */
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** What a URL of PostgreSQL says. */
export interface PostgresUrl {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly sslMode: SslMode;
  /** Paths of PEM files: authorities, own certificate, its key. */
  readonly sslRootCert: string | null;
  readonly sslCert: string | null;
  readonly sslKey: string | null;
}

const SHAPE = 'expected postgresql://user:password@host:port/database';
const SCHEME = /^postgres(?:ql)?:$/;
const PORT = 5432;
const PARAMETERS: readonly string[] = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

/**
 * Reads `postgres://` and `postgresql://`.
 * @throws Error that says what is wrong and repeats nothing of the text but names, since it may hold a password.
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  const url = urlOf(text);
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) throw new Error(`it has a parameter that is not understood; those there are: ${PARAMETERS.join(', ')}`);
  const parameter = (name: string): string | null => url.searchParams.get(name) || null;
  const user = decoded(url.username);
  const host = parameter('host') ?? decoded(url.hostname.replace(/^\[|\]$/g, ''));
  if (user === '') throw new Error(`it names no user; ${SHAPE}`);
  if (host === '') throw new Error(`it names no host; ${SHAPE}`);
  const sslMode = (parameter('sslmode') ?? 'disable') as SslMode;
  if (!SSL_MODES.includes(sslMode)) throw new Error(`its sslmode is none there is here: ${SSL_MODES.join(', ')}`);
  const files = { sslRootCert: parameter('sslrootcert'), sslCert: parameter('sslcert'), sslKey: parameter('sslkey') };
  if ((files.sslCert === null) !== (files.sslKey === null)) throw new Error('sslcert and sslkey go together');
  if (sslMode === 'disable' && (files.sslRootCert ?? files.sslCert) !== null) throw new Error('it names certificates but asks for no TLS; add sslmode=verify-full');
  return { host, port: Number(url.port || PORT), user, password: decoded(url.password) || null, database: decoded(url.pathname.slice(1)) || user, sslMode, ...files };
}

function urlOf(text: string): URL {
  // No URL is parsed of a scheme that is not known with a host that is empty; a socket has none.
  const url = URL.parse(text);
  if (url === null || !SCHEME.test(url.protocol)) throw new Error(`${SHAPE} (in a user or password, other signs than letters and digits are written %40 and so on)`);
  return url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('the user, the password or the database in it is not percent-encoded; a % itself is written %25');
  }
}
