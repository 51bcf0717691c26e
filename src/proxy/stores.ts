import { Injectable } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { ResponseCaches } from '../cache/index.js';
import type { GatewayConfig } from '../config/index.js';
import { LimitStores } from '../rate-limit/index.js';
import { RedisDirectory } from '../redis/index.js';
import type { Ground } from './ground.js';
import { Records, type Provided } from './records.js';

/** The stores of one configuration, not yet in force. */
export interface StoresAhead {
  readonly provided: Provided;
  /** @throws Error in words for the user when one of them cannot be had. */
  build(): { readonly stores: Pick<Ground, 'limits' | 'caches'>; readonly adopt: () => void };
  /** Frees what was built; it came to nothing. */
  discard(): void;
}

/** Where routes count and keep things: in memory, in files, in Redis, in the database. */
@Injectable()
export class Stores {
  constructor(
    private readonly redis: RedisDirectory,
    private readonly records: Records,
    private readonly limits: LimitStores,
    private readonly caches: ResponseCaches,
  ) {}

  /**
   * Connects to what the file names, and waits until it is known whether it can be asked.
   * @throws Error by rejection, in words for the user, when something cannot be as the file says.
   */
  async prepare(config: GatewayConfig, clock: Clock): Promise<StoresAhead> {
    const redis = this.redis.build(config.redis, clock);
    await redis.settled;
    const plan = { config, redis: redis.connection, clock };
    const records = await this.records.prepare(plan).catch((error: unknown) => {
      redis.discard();
      throw error;
    });
    let discardLimits = (): void => {};
    return {
      provided: records.provided,
      build: () => {
        const limits = this.limits.build(plan);
        discardLimits = limits.discard;
        const { caches, adopt: adoptCaches } = this.caches.build(plan);
        const adopt = (): void => {
          limits.adopt();
          adoptCaches();
          records.adopt();
          redis.adopt();
        };
        return { stores: { limits: limits.ground, caches }, adopt };
      },
      discard: () => {
        discardLimits();
        records.discard();
        redis.discard();
      },
    };
  }
}
