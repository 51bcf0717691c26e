import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Registry } from 'prom-client';
import { systemClock } from '#libs/kernel';
import { CacheModule, ResponseCaches } from '../cache/index.js';
import { ConfigStore } from '../config/index.js';
import { DatabaseDirectory } from '../database/database-directory.js';
import { DatabaseDirectoryModule } from '../database/database.module.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { LimitStores, RateLimitModule } from '../rate-limit/index.js';
import { RedisDirectory, RedisModule } from '../redis/index.js';
import { ServiceDirectory, ServicesModule } from '../services/index.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRecorder } from './metrics-recorder.js';
import type { StoreFigures } from './store-families.js';

/** The counts, and a registry of each gateway's own, so that two in one process do not mix. */
@Module({
  imports: [CacheModule, DatabaseDirectoryModule, RateLimitModule, RedisModule, ServicesModule],
  providers: [
    { provide: Registry, useFactory: () => new Registry() },
    {
      provide: MetricsRecorder, inject: [ConfigStore, ServiceDirectory, LimitStores, ResponseCaches, RedisDirectory, DatabaseDirectory],
      useFactory: (store: ConfigStore, directory: ServiceDirectory, ...stores: Stores) => new MetricsRecorder(store, directory, () => figuresOf(...stores), systemClock),
    },
    GatewayMetrics,
  ],
  exports: [Registry, GatewayMetrics],
})
class CountsModule {}

type Stores = readonly [limits: LimitStores, caches: ResponseCaches, redis: RedisDirectory, database: DatabaseDirectory];

function figuresOf(...[{ facts: { evictions, size } }, { fill }, { current: redis }, { current: database }]: Stores): StoreFigures {
  return { limits: { counters: size, evictions }, cache: fill, redis: redis && redis.away === null, database: database && database.away === null };
}

/** `metrics`: what the gateway and its process do, in numbers. */
@Module({
  imports: [
    PrometheusModule.registerAsync({
      imports: [CountsModule],
      inject: [Registry],
      controller: MetricsController,
      useFactory: (register: Registry) => ({ path: ENDPOINT_PREFIX, controller: MetricsController, defaultMetrics: { enabled: true, config: { register } } }),
    }),
    CountsModule,
  ],
  exports: [CountsModule],
})
export class MetricsModule {}
