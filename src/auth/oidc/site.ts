import type { Exchange } from '#libs/kernel';
import { compileSameOrigin } from '../../http/same-origin.js';

/** RFC 9110 9.2.1. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Whether a request may act in the name of a session: whether it comes from a page that may. */
export type SiteCheck = (exchange: Exchange) => void;

/**
 * Compiles `origins` to a check of requests that a cookie stands for: browsers send it along whoever began the request,
 * so what changes something has to come from here. WebSockets do, though they begin with a GET.
 * @throws Error when an origin of the list cannot be understood. The check throws Problem cross-site.
 */
export function compileSiteCheck(list: readonly string[]): SiteCheck {
  const check = compileSameOrigin(list);
  return (exchange) => {
    if (!SAFE.has(exchange.method) || exchange.upgrade !== null) check(exchange);
  };
}

/** Somebody opens a page, and sees what we answer. */
export function isNavigation({ headers, method, upgrade }: Exchange): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || upgrade !== null) return false;
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? headers.accept?.includes('text/html') === true : mode === 'navigate';
}
