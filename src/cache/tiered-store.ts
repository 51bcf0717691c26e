import type { CacheRecord, CacheStore, Keeping, Outdated } from '#libs/http-cache';
import { events, type Clock } from '#libs/kernel';
import { AFTER_ADDRESS, ALL_KINDS, addressesOf, addressIn } from './address.js';
import { Bans } from './bans.js';
import type { Invalidation } from './invalidation.js';
import type { LruStore } from './lru-store.js';
import type { Found, RedisStore } from './redis-store.js';

/** What became of an invalidation. */
export interface Forgotten {
  /** Records in the memory of this worker and the others. */
  readonly memory: number;
  /** Records in Redis; `null` where there is none, or it will hear of it later. */
  readonly redis: number | null;
}

/** The other workers of this instance. */
export interface Siblings {
  /** @returns how many records they had in memory. Never rejects. */
  forget(invalidation: Invalidation): Promise<number>;
}

/** Milliseconds that what somebody else fetches is looked for in Redis first. */
const AWAITED_FOR = 30_000;
const MOST_AWAITED = 10_000;

/** Memory in front of Redis. What is forgotten is forgotten in every worker and instance. */
export class TieredStore implements CacheStore {
  /** Of the configuration in force. */
  kinds = ALL_KINDS;
  /** `null` where there is no Redis. */
  far: RedisStore | null = null;
  readonly #bans: Bans;
  /** Addresses for which somebody else fetches something, and until when: what memory has may be older. */
  readonly #awaited = new Map<string, number>();

  constructor(readonly memory: LruStore, private readonly siblings: Siblings, private readonly clock: Pick<Clock, 'now'>) {
    this.#bans = new Bans(() => clock.now());
  }

  get(key: string): CacheRecord | null | Promise<CacheRecord | null> {
    const own = this.memory.get(key);
    const { far } = this;
    if (far === null || (own !== null && !this.#awaits(key)) || !far.reachable) return own;
    return this.#ask(far, key);
  }

  near(key: string): CacheRecord | null {
    return this.far?.reachable === true && this.#awaits(key) ? null : this.memory.get(key);
  }

  set(key: string, record: CacheRecord, keeping: Keeping): void {
    this.#awaited.delete(addressIn(key));
    if (this.#isOutdated(key, record, keeping)) return;
    this.memory.set(key, record, keeping);
    if (this.far?.reachable === true) void this.#setFar(this.far, key, { record, keeping });
  }

  /** One record, here and in Redis. Other workers find out for themselves what has become of it. */
  delete(key: string): void {
    this.memory.delete(key);
    if (this.far?.reachable === true) void this.far.delete(key);
  }

  /** A prefix that is a whole address stands for what is stored for it, and for what no query or no host tells apart. */
  async purge(what: Outdated): Promise<number> {
    const isAddress = 'prefix' in what && what.prefix.endsWith(AFTER_ADDRESS);
    const { memory, redis } = await this.forget(isAddress ? { addresses: addressesOf(addressIn(what.prefix), this.kinds) } : what);
    const records = Math.max(memory, redis ?? 0);
    if ('tags' in what) events.cachePurged.publish({ what: 'tag', records });
    return records;
  }

  async lease(key: string): Promise<(() => void) | null> {
    const { far } = this;
    if (far === null || !far.reachable) return () => undefined;
    const release = await far.lease(key);
    if (release === null && this.#awaited.size < MOST_AWAITED) this.#awaited.set(addressIn(key), this.clock.now() + AWAITED_FOR);
    return release;
  }

  /** Forgets here at once, and everywhere else before it resolves, as far as it can be reached. Never rejects. */
  async forget(invalidation: Invalidation): Promise<Forgotten> {
    const done = this.#bans.open(invalidation);
    const here = this.memory.drop(invalidation);
    const [there, redis] = await Promise.all([this.siblings.forget(invalidation), this.far?.forget(invalidation) ?? null]);
    done();
    return { memory: here + there, redis };
  }

  /** Somebody else has forgotten it. @returns how many records there were in memory. */
  heard(invalidation: Invalidation): number {
    this.#bans.open(invalidation)();
    return this.memory.drop(invalidation);
  }

  /** Somebody may have forgotten anything: what is in memory may be out of date. */
  doubt(): void {
    this.#bans.open({ prefix: '/' })();
    this.memory.clear();
  }

  /** What another instance forgets while this is on its way to Redis is not found there yet. */
  async #setFar(far: RedisStore, key: string, { keeping, record }: Found): Promise<void> {
    await far.set(key, record, keeping);
    if (this.#isOutdated(key, record, keeping)) await far.delete(key);
  }

  /** It was asked for before what it is known by was forgotten. */
  #isOutdated(key: string, record: CacheRecord, { tags }: Keeping, askedAt = Number.POSITIVE_INFINITY): boolean {
    const since = record.kind === 'response' ? Math.min(askedAt, record.response.requestTime) : askedAt;
    return since < Number.POSITIVE_INFINITY && this.#bans.cover(key, tags, since);
  }

  async #ask(far: RedisStore, key: string): Promise<CacheRecord | null> {
    const askedAt = this.clock.now();
    const found = await far.get(key);
    // Another request may have stored a newer one meanwhile.
    const own = this.memory.peek(key);
    if (found === null || (own !== null && !isNewer(found.record, own))) return own;
    if (this.#isOutdated(key, found.record, found.keeping, askedAt)) return null;
    this.#awaited.delete(addressIn(key));
    this.memory.set(key, found.record, found.keeping);
    return found.record;
  }

  #awaits(key: string): boolean {
    if (this.#awaited.size === 0) return false;
    const address = addressIn(key);
    const until = this.#awaited.get(address);
    if (until === undefined) return false;
    if (until > this.clock.now()) return true;
    this.#awaited.delete(address);
    return false;
  }
}

function isNewer(one: CacheRecord, other: CacheRecord): boolean {
  if (one.kind === 'variants' || other.kind === 'variants') return true;
  return one.response.responseTime > other.response.responseTime;
}
