import { literally } from './pattern-text.js';

/** Longest origin looked at: a host name has at most 253 characters. It also bounds the work of the expressions. */
const LONGEST = 300;

/** A compiled list of origins. */
export interface Origins {
  /** The list holds `*`. */
  readonly any: boolean;
  /** Whether the origin is listed by name or pattern; `*` alone does not count. */
  lists(origin: string): boolean;
}

/**
 * Compiles origins: exact, with `*` inside (`https://*.example.org`, `http://localhost:*`), `null`, or `*` for any.
 * @throws Error when one is not an origin, or when its wildcard would let anybody's domain in.
 */
export function compileOrigins(list: readonly string[]): Origins {
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  for (const entry of list) {
    if (entry === '*') continue;
    if (entry.includes('*')) patterns.push(pattern(entry));
    else exact.add(serialised(entry));
  }
  const any = list.includes('*');
  if (patterns.length === 0) return { any, lists: (origin) => exact.has(origin) };
  return {
    any,
    lists: (origin) => exact.has(origin) || (origin.length <= LONGEST && patterns.some((matches) => matches.test(origin))),
  };
}

/** As browsers write it (RFC 6454 6.2): lower case, no path, no default port. */
function serialised(entry: string): string {
  if (entry === 'null') return entry;
  split(entry);
  const { origin } = new URL(entry);
  return origin === 'null' ? entry.toLowerCase().replace(/\/$/, '') : origin;
}

function pattern(entry: string): RegExp {
  const { scheme, host, port } = split(entry);
  const numeric = /^[\d.*]*\d[\d.*]*$/.test(host);
  if (!numeric && host !== '*' && host.slice(host.lastIndexOf('.') + 1).includes('*')) {
    throw new Error(`The origin "${entry}" would allow domains of other people: a wildcard cannot stand in the last part of a host name`);
  }
  // Nothing but characters of a host name, so that no "/", "#", "?" or "@" can end the host early.
  const filled = host.split('*').map((part) => literally(part)).join(numeric ? '[\\d.]+' : '[a-z0-9._-]+');
  const schemes = scheme === '*' ? 'https?' : literally(scheme);
  return new RegExp(`^${schemes}://${filled}${port === '*' ? '(?::\\d{1,5})?' : literally(port && `:${port}`)}$`);
}

function split(entry: string): { scheme: string; host: string; port: string } {
  const parts = /^(\*|[a-z][a-z0-9+.-]*):\/\/([a-z0-9._*-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}|\*))?\/?$/.exec(entry.toLowerCase());
  if (!parts) throw new Error(`"${entry}" is not an origin: expected scheme://host or scheme://host:port, with * as a wildcard inside`);
  return { scheme: parts[1] as string, host: parts[2] as string, port: parts[3] ?? '' };
}
