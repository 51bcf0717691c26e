import type { Exchange, Outgoing } from '#libs/kernel';
import type { CacheSettings } from '../contracts.js';
import type { CacheRequest } from '../request.js';
import { bypass } from '../storable.js';

/** A request when it comes to the cache; `outgoing` is what would be sent to the service. */
export interface Arriving extends Pick<Exchange, 'method' | 'headers' | 'upgrade'> {
  readonly outgoing: Pick<Outgoing, 'method' | 'body'> | null;
}

/** Why a cache has nothing to do with a request. `method` is also one that is another for the service. */
export type Bypassed = 'upgrade' | 'method' | 'content' | 'condition' | 'cookies';

/** Whether a route's cache has to do with a request at all. @returns why not; `null` where it has. */
export function bypassed({ headers, method, outgoing, upgrade }: Arriving, request: CacheRequest, settings: CacheSettings): Bypassed | null {
  if (outgoing === null || upgrade !== null) return 'upgrade';
  if ((method !== 'GET' && method !== 'HEAD') || outgoing.method !== method) return 'method';
  if (outgoing.body !== null) return 'content';
  // Conditions that only the service can judge (RFC 9111 4.3.2).
  if (headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined) return 'condition';
  return bypass(request, settings);
}

/** What the cache has to know of a request. @param authenticated whoever is calling has shown who they are, by whatever means. */
export function requestOf({ headers, method, principal }: Pick<Exchange, 'headers' | 'method' | 'principal'>, authenticated: boolean): CacheRequest {
  return { method, headers, authenticated, identified: principal !== null, cookies: headers.cookie !== undefined };
}
