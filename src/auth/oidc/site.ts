import { Problem, problems, type Exchange } from '#libs/kernel';
import { compileOrigins } from '../../http/origins.js';

/** RFC 9110 9.2.1. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Whether a request may act in the name of a session: whether it comes from a page that may. */
export type SiteCheck = (exchange: Exchange) => void;

/**
 * Compiles `origins` to a check of requests that a cookie stands for: browsers send it along whoever began the request,
 * so it has to say that it came from here. WebSockets change things too, though they begin with a GET.
 * @throws Error when an origin of the list cannot be understood. The check throws Problem cross-site.
 */
export function compileSiteCheck(list: readonly string[]): SiteCheck {
  const allowed = compileOrigins(list);
  return (exchange) => {
    if (SAFE.has(exchange.method) && exchange.upgrade === null) return;
    const { origin } = exchange.headers;
    if (fromHere(exchange) || (origin !== undefined && allowed.lists(origin))) return;
    throw crossSite();
  };
}

/**
 * Whether a page of this very origin began it, or the person at the browser. Browsers say so in `Sec-Fetch-Site`, which
 * no script can set; over plain HTTP, and older ones, only in `Origin`. Who says nothing is none of ours.
 */
export function fromHere({ headers, host, scheme }: Exchange): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return headers.origin === `${scheme}://${host.toLowerCase()}`;
}

export function crossSite(): Problem {
  return new Problem(problems.crossSite, 'The session was not used: the request does not come from a page of this site.');
}

/** Somebody opens a page, and sees what we answer. */
export function isNavigation({ headers, method, upgrade }: Exchange): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || upgrade !== null) return false;
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? headers.accept?.includes('text/html') === true : mode === 'navigate';
}
