import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Flights, type CacheStore } from '#libs/http-cache';
import { events, systemClock, type CacheOutcome, type Clock } from '#libs/kernel';
import { Fleet, type Replies } from '../cluster/index.js';
import type { GatewayConfig } from '../config/index.js';
import type { RedisConnection } from '../redis/index.js';
import { ALL_KINDS, addressesOf } from './address.js';
import { FleetSiblings } from './fleet-siblings.js';
import type { Invalidation } from './invalidation.js';
import { LruStore, type Fill } from './lru-store.js';
import { RedisStore } from './redis-store.js';
import type { Storage } from './storage.js';
import { TieredStore, type Forgotten } from './tiered-store.js';
import { forgetTopic, viewTopic, type CacheView } from './topics.js';

/** What the caches of one snapshot's routes are made on. */
export interface CacheGround {
  readonly store: CacheStore;
  /** Requests under way, of all routes. */
  readonly flights: Flights;
}

interface Plan {
  readonly config: Pick<GatewayConfig, 'cache' | 'routes'>;
  /** `null` where the file has none. */
  readonly redis: RedisConnection | null;
  readonly clock: Clock;
}

/** What an operator purges by. `key` is a URL as clients ask for it. */
export type PurgeBy = { readonly key: string } | { readonly prefix: string } | { readonly tags: readonly string[] };

export interface Purged extends Forgotten {
  /** Workers that were not reached, one line each. */
  readonly failures: readonly string[];
}

interface Own extends CacheGround {
  readonly store: TieredStore;
}

/** The way to Redis. */
interface Far {
  readonly connection: RedisConnection;
  readonly store: RedisStore;
  /** Ends hearing what others forget; `null` while nothing is kept that they could. */
  leave: (() => void) | null;
}

/** Keeps what is stored across reloads: the memory of this worker, and the way to Redis. */
@Injectable()
export class ResponseCaches implements OnApplicationShutdown {
  readonly #outcomes: Record<CacheOutcome, number> = { hit: 0, stale: 0, revalidated: 0, collapsed: 0, miss: 0, bypass: 0 };
  readonly #siblings: FleetSiblings;
  readonly #id = randomUUID();
  #own: Own | null = null;
  #far: Far | null = null;
  readonly #unsubscribe = events.exchangeClosed.subscribe(({ cached }) => {
    if (cached !== null) this.#outcomes[cached]++;
  });

  constructor(private readonly fleet: Fleet) {
    this.#siblings = new FleetSiblings(fleet);
    fleet.answer(forgetTopic, (invalidations) => invalidations.map((each) => this.#own?.store.heard(each) ?? 0));
    fleet.answer(viewTopic, () => this.view);
  }

  /** Prepares the caches of a configuration. What is stored stays; nothing takes effect before `adopt`. */
  build({ clock, config, redis }: Plan): { readonly caches: CacheGround; readonly adopt: () => void } {
    const { maxEntries, memory, redis: wanted } = config.cache;
    this.#own ??= { store: new TieredStore(new LruStore({ memory, maxEntries }, clock), this.#siblings, clock), flights: new Flights(clock) };
    const { flights, store } = this.#own;
    const adopt = (): void => {
      store.memory.resize({ memory, maxEntries });
      this.#connect(wanted ? redis : null, clock);
      const kept = Object.values(config.routes).flatMap((route) => (route.cache === 'off' ? [] : [route.cache.key]));
      store.kinds = { anyHost: kept.some(({ host }) => !host), anyQuery: kept.some(({ query }) => query !== 'all') };
      if (kept.length > 0) this.#listen();
    };
    return { caches: { store, flights }, adopt };
  }

  /** How full the memory of this worker is. */
  get fill(): Fill {
    return this.#own?.store.memory.fill ?? { entries: 0, bytes: 0, maxBytes: 0, evictions: 0 };
  }

  get view(): CacheView {
    return { ...this.fill, outcomes: { ...this.#outcomes }, redis: this.#far === null ? 'off' : this.#far.store.away };
  }

  /** Redis, for what is kept besides answers; `null` where there is none, or it is away. */
  get shared(): Storage | null {
    return this.#far?.store.shared ?? null;
  }

  /** The cache as every worker sees it. */
  views(): Promise<Replies<CacheView>> {
    return this.fleet.ask(viewTopic, null);
  }

  /** Forgets in every worker and, where there is Redis, every instance. Never rejects. */
  async purge(by: PurgeBy): Promise<Purged> {
    const { store } = this.#own ?? { store: null };
    const { memory, redis } = (await store?.forget(invalidationOf(by))) ?? { memory: 0, redis: null };
    events.cachePurged.publish({ what: 'key' in by ? 'key' : 'prefix' in by ? 'prefix' : 'tag', records: Math.max(memory, redis ?? 0) });
    return { memory, redis, failures: this.#siblings.failures };
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
    this.#connect(null, systemClock);
  }

  /** Not before something is kept: what it takes costs memory, and a connection more. */
  #listen(): void {
    const [far, own] = [this.#far, this.#own?.store];
    if (far === null || !own || far.leave !== null) return;
    far.store.open();
    far.leave = far.store.hear({ forget: (invalidation) => own.heard(invalidation), gap: () => own.doubt() });
  }

  #connect(connection: RedisConnection | null, clock: Clock): void {
    if (connection === (this.#far?.connection ?? null)) return;
    this.#far?.leave?.();
    this.#far?.store.end();
    this.#far = connection && { connection, store: new RedisStore(connection, this.#id, clock), leave: null };
    if (this.#own !== null) this.#own.store.far = this.#far?.store ?? null;
  }
}

function invalidationOf(by: PurgeBy): Invalidation {
  return 'key' in by ? { addresses: addressesOf(URL.parse(by.key)?.href ?? by.key, ALL_KINDS) } : by;
}
