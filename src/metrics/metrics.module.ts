import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Registry } from 'prom-client';
import { systemClock } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { ServiceDirectory, ServicesModule } from '../services/index.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsRecorder } from './metrics-recorder.js';

/** The counts, and a registry of each gateway's own, so that two in one process do not mix. */
@Module({
  imports: [ServicesModule],
  providers: [
    { provide: Registry, useFactory: () => new Registry() },
    { provide: MetricsRecorder, inject: [ConfigStore, ServiceDirectory], useFactory: (store: ConfigStore, directory: ServiceDirectory) => new MetricsRecorder(store, directory, systemClock) },
    GatewayMetrics,
  ],
  exports: [Registry, GatewayMetrics],
})
class CountsModule {}

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
