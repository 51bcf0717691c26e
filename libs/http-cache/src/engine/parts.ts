import type { Clock, Exchange, Random } from '#libs/kernel';
import type { CacheSettings, CacheStore } from '../contracts.js';
import type { Flights } from './flights.js';

/** What the cache of one route is made of. */
export interface CacheParts {
  readonly settings: CacheSettings;
  readonly store: CacheStore;
  /** What this worker has under way, shared by all routes and kept through reloads. */
  readonly flights: Flights;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: CacheKeys;
  /** Whether whoever is calling has shown who they are, by whatever means. */
  isAuthenticated(exchange: Exchange): boolean;
  /** What responses to this request can be purged by, besides what the service says. */
  tags?(exchange: Exchange): readonly string[];
}

/** What requests are kept under. */
export interface CacheKeys {
  /** The primary key of a request; `null` where the cache has nothing to do with it. Asked once per request. */
  of(exchange: Exchange): string | null;
  /**
   * What all primary keys of a URI begin with, whoever is calling, and those of no other URI do.
   *
   * @param uri absolute, of the client's side.
   * @returns `null` where it is none that could be kept here.
   */
  ofUri(exchange: Exchange, uri: string): string | null;
  /** Scheme and authority of a request; what it makes untrue by tags is of the same. */
  originOf(exchange: Exchange): string;
}
