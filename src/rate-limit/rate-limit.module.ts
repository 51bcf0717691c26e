import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { LimitStores } from './limit-stores.js';
import { throttlers } from './throttled.js';
import { ExchangeThrottlerStorage } from './throttler-storage.js';

/** The counters of limits. */
@Module({ providers: [LimitStores, ExchangeThrottlerStorage], exports: [LimitStores, ExchangeThrottlerStorage] })
class CountersModule {}

/** Rate limits: what they are counted in, and @nestjs/throttler on top of it, for every controller there is. */
@Module({
  imports: [
    CountersModule,
    ThrottlerModule.forRootAsync({
      imports: [CountersModule],
      inject: [ExchangeThrottlerStorage],
      useFactory: (storage: ExchangeThrottlerStorage) => ({ throttlers, storage }),
    }),
  ],
  exports: [CountersModule],
})
export class RateLimitModule {}
