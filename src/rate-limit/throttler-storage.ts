import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { FixedWindow, LimitStore, Take, Verdict } from '#libs/rate-limit';
import { LimitStores } from './limit-stores.js';

/** What @nestjs/throttler wants to know; times in seconds. */
type Hits = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts for controllers with `@Throttle()` where the limits of the file are counted, so that theirs hold over all workers
 * and instances too. Without Redis, when it is away, in this process.
 */
@Injectable()
export class ExchangeThrottlerStorage implements ThrottlerStorage {
  constructor(private readonly stores: LimitStores) {}

  /** `ttl` and `blockDuration`, for which a caller over the limit has to stay away, are milliseconds. */
  async increment(...[key, ttl, limit, blockDuration, throttlerName]: Parameters<ThrottlerStorage['increment']>): Promise<Hits> {
    const name = `{throttler|${throttlerName}|${key}}`;
    const longer = blockDuration > ttl;
    if (longer) {
      const block = await this.#take(`${name}block`, { count: 1, window: blockDuration }, 0);
      if (block.remaining === 0) return blocked(limit, block.reset);
    }
    const { allowed, remaining, reset, retryAfter } = await this.#take(name, { count: limit, window: ttl }, 1);
    if (allowed) return { totalHits: limit - remaining, timeToExpire: seconds(reset), isBlocked: false, timeToBlockExpire: 0 };
    if (longer) await this.#take(`${name}block`, { count: 1, window: blockDuration }, 1);
    return blocked(limit, longer ? blockDuration : retryAfter);
  }

  async #take(key: string, { count, window }: Pick<FixedWindow, 'count' | 'window'>, cost: number): Promise<Verdict> {
    const takes: readonly Take[] = [{ key, limit: { use: 'fixed-window', count, window }, cost, binding: true }];
    const ask = async (store: LimitStore): Promise<Verdict> => (await store.take(takes))[0] as Verdict;
    return ask(this.stores.store).catch(() => ask(this.stores.local));
  }
}

function blocked(limit: number, wait: number): Hits {
  return { totalHits: limit + 1, timeToExpire: seconds(wait), isBlocked: true, timeToBlockExpire: seconds(wait) };
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1_000);
}
