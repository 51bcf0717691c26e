import path from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock, type LimitStoreAway } from '#libs/kernel';
import { MemoryLimitStore, RedisLimitStore, StoreByLimit, type LimitStore } from '#libs/rate-limit';
import { Fleet } from '../cluster/index.js';
import { limitsOf, type GatewayConfig } from '../config/index.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { FleetLimitStore } from './fleet-store.js';
import type { LimitGround } from './limit-ground.js';
import { LateQuotas } from './late-quotas.js';
import { Returns } from './returns.js';

/** Milliseconds between two events that say of a limit that its counters could not be asked. */
const TELL_EVERY = 1_000;

export interface LimitStoresInput {
  readonly config: GatewayConfig;
  /** `null` where the file names none. */
  readonly redis: RedisConnection | null;
  readonly clock: Clock;
}

/** What the limits of a configuration count in, not yet in force. */
export interface LimitStoresBuilt {
  readonly ground: LimitGround;
  /** It is in force: what only the configuration before it used is freed. */
  readonly adopt: () => void;
  /** Frees it; it came to nothing. */
  readonly discard: () => void;
}

/** Where counters are, for metrics. */
export interface LimitStoreFacts {
  /** `memory`, `workers` (kept by the supervisor) or `redis`. */
  readonly kind: 'memory' | 'workers' | 'redis';
  /** Counters in the memory of this process. */
  readonly size: number;
  /** Counters that had to leave it before their time. */
  readonly evictions: number;
}

/** What is kept from one configuration to the next. */
interface InUse {
  readonly memory: MemoryLimitStore;
  readonly shared: LimitStore;
  readonly quotas: LateQuotas | null;
  readonly store: LimitStore;
  readonly kind: LimitStoreFacts['kind'];
}

/** Keeps the counters across reloads: whoever has used up a limit has used it up under the next configuration too. */
@Injectable()
export class LimitStores implements OnApplicationShutdown {
  #inUse: InUse | null = null;
  /** When it was last told of a limit. */
  readonly #told = new Map<string, number>();
  readonly #returns = new Returns();

  constructor(private readonly fleet: Fleet) {}

  /** All counters, as the configuration in force has them. @throws Error while there is none. */
  get store(): LimitStore {
    if (this.#inUse === null) throw new Error('There is no configuration in force');
    return this.#inUse.store;
  }

  /** Those of this process, always at once. */
  get local(): LimitStore {
    if (this.#inUse === null) throw new Error('There is no configuration in force');
    return this.#inUse.memory;
  }

  get facts(): LimitStoreFacts {
    const { kind = 'memory', memory } = this.#inUse ?? {};
    return { kind, size: memory?.size ?? 0, evictions: memory?.evictions ?? 0 };
  }

  /**
   * Prepares the counters of a configuration. Nothing takes effect before `adopt`.
   * @throws Error in words for the user when quotas cannot be kept where the file says.
   */
  build(input: LimitStoresInput): LimitStoresBuilt {
    const { clock, config } = input;
    const next = this.#next(input);
    const settings = config.limits;
    return {
      ground: { store: next.store, local: next.memory, clock, settings, returns: this.#returns, missed: (notice) => this.#tell(notice, clock) },
      adopt: () => {
        const before = this.#inUse;
        if (before?.quotas !== next.quotas) before?.quotas?.close();
        next.memory.resize(settings.maxKeys);
        this.#inUse = next;
      },
      discard: () => {
        if (this.#inUse?.quotas !== next.quotas) next.quotas?.close();
      },
    };
  }

  onApplicationShutdown(): void {
    this.#returns.dispose();
    this.#inUse?.quotas?.close();
    this.#inUse = null;
  }

  #next({ clock, config, redis }: LimitStoresInput): InUse {
    const { data, maxKeys } = config.limits;
    const before = this.#inUse;
    const memory = before?.memory ?? new MemoryLimitStore({ clock, maxKeys });
    if (redis !== null) {
      const shared = new RedisLimitStore(redis);
      return { memory, shared, quotas: null, store: shared, kind: 'redis' };
    }
    const kind = this.fleet.worker === null ? 'memory' : 'workers';
    const shared = this.#sharedBy(kind, memory, clock);
    const certain = hasQuota(config);
    const quotas = certain || mayGetQuota(config) ? this.#quotasIn(path.resolve(path.dirname(config.file), data), clock) : null;
    if (certain) quotas?.open();
    return { memory, shared, quotas, store: quotas === null ? shared : new StoreByLimit({ quotas, others: shared }), kind };
  }

  #sharedBy(kind: 'memory' | 'workers', memory: MemoryLimitStore, clock: Clock): LimitStore {
    if (kind === 'memory') return memory;
    const before = this.#inUse;
    return before?.kind === 'workers' ? before.shared : new FleetLimitStore(this.fleet, memory, clock);
  }

  #quotasIn(folder: string, clock: Clock): LateQuotas {
    const before = this.#inUse?.quotas ?? null;
    return before?.folder === folder ? before : new LateQuotas(folder, clock);
  }

  /** Under load this is once per request, and one says it all. */
  #tell(notice: LimitStoreAway, clock: Clock): void {
    const now = clock.elapsed();
    if (now - (this.#told.get(notice.limit) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY) return;
    this.#told.set(notice.limit, now);
    events.limitStoreAway.publish(notice);
  }
}

function hasQuota({ endpoints, routes }: GatewayConfig): boolean {
  return [...Object.values(routes), ...Object.values(endpoints)].some(({ limit }) => limitsOf(limit).some(({ use }) => use === 'quota'));
}

/** Keys have limits of their own, also such as are not made yet. */
function mayGetQuota({ authenticate }: GatewayConfig): boolean {
  return Object.values(authenticate).some(({ use }) => use === 'api-key');
}
