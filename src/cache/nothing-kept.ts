import { Flights, type CacheStore } from '#libs/http-cache';
import type { Clock } from '#libs/kernel';
import type { CacheGround } from './response-caches.js';

const store: CacheStore = {
  get: () => null,
  near: () => null,
  set: () => undefined,
  delete: () => undefined,
  purge: () => Promise.resolve(0),
  lease: () => Promise.resolve(() => undefined),
};

/** For requests that nobody sends: they meet an empty cache, and leave it so. */
export function nothingKept(clock: Clock): CacheGround {
  return { store, flights: new Flights(clock) };
}
