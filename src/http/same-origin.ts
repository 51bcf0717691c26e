import { Problem, problems, type Exchange } from '#libs/kernel';
import { compileOrigins } from './origins.js';

/**
 * Compiles the check of what browsers send along by themselves, such as a cookie: it counts only where a page of the
 * same origin asked, or of one in the list. A request that says nothing of where it comes from is refused: every browser
 * of these years tells with anything but a plain GET.
 * @returns a function that throws Problem cross-site.
 * @throws Error when an entry of the list is no origin.
 */
export function compileSameOrigin(others: readonly string[]): (exchange: Exchange) => void {
  const listed = compileOrigins(others);
  return (exchange) => {
    const { origin } = exchange.headers;
    if (!isFromHere(exchange) && (origin === undefined || !listed.lists(origin))) throw crossSite();
  };
}

/**
 * Whether a page of this very origin asked, or the person at the browser: by `Sec-Fetch-Site`, which no script can set,
 * and by `Origin` (RFC 6454 7.3). Where both are there, both have to say so.
 */
export function isFromHere({ headers, host, scheme }: Exchange): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && !OWN.has(String(site))) return false;
  // A page that tells nobody where it is (Referrer-Policy) says `null` to its own origin too.
  if (origin === undefined || origin === 'null') return site !== undefined;
  return isOwn(origin, scheme, host);
}

export function crossSite(): Problem {
  return new Problem(problems.crossSite, 'This was not asked by a page of this origin.');
}

/** `none`: typed in, or a bookmark. `same-site` is not enough: a neighbour below the same domain is somebody else. */
const OWN: ReadonlySet<string> = new Set(['same-origin', 'none']);

/**
 * A page of https may ask what arrives here without: somebody before the gateway ended TLS, for browsers let no such
 * page ask in the clear. The other way round it is another origin, that anybody on the way can write.
 */
function isOwn(origin: string, scheme: Exchange['scheme'], host: string): boolean {
  const authority = host.toLowerCase();
  if (authority === '') return false;
  return origin === originOf('https', authority) || (scheme === 'http' && origin === originOf('http', authority));
}

const PORTS = { http: /:80$/, https: /:443$/ } as const;

/** As browsers write it: without the default port. */
function originOf(scheme: Exchange['scheme'], authority: string): string {
  return `${scheme}://${authority.replace(PORTS[scheme], '')}`;
}
