import { Module } from '@nestjs/common';
import { systemClock } from '#libs/kernel';
import { Fleet } from '../cluster/index.js';
import { ConfigStore } from '../config/index.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsRecorder } from './recorder.js';

/** `analytics`: counts of calls for those who run the platform; nothing is counted where no endpoint tells of it. */
@Module({
  imports: [RateLimitModule],
  controllers: [AnalyticsController],
  providers: [
    CurrentEndpoint,
    { provide: AnalyticsRecorder, inject: [ConfigStore, Fleet], useFactory: (store: ConfigStore, fleet: Fleet) => new AnalyticsRecorder(store, fleet, systemClock) },
  ],
})
export class AnalyticsModule {}
