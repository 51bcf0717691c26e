import { Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { systemClock } from '#libs/kernel';
import { CacheModule, ResponseCaches } from '../cache/index.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { GatewayFactsService, hitRatio } from './gateway-facts.js';
import { CHANCE, HealthMonitor, type Chance } from './health-monitor.js';
import { HealthController } from './health.controller.js';
import { lazyHttp } from './lazy-http.js';
import { InfoController } from './info.controller.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { ServicesModule } from '../services/index.js';
import { Readiness } from './readiness.js';
import { ServiceHealthIndicator } from './service.health.js';
import { ServiceReports } from './service-reports.js';
import { ServicesCheck } from './services-check.js';
import { ServicesController } from './services.controller.js';
import { StaticController } from './static.controller.js';
import { TargetProbe } from './target-probe.js';

/** `health`, `live`, `ready`, `services`, `service`, `info` and `static`: how the gateway and its services are, and what it is. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), CacheModule, RateLimitModule, ServicesModule],
  controllers: [HealthController, ServicesController, InfoController, StaticController],
  providers: [
    CurrentEndpoint, ServiceHealthIndicator, ServicesCheck,
    { provide: TargetProbe, inject: [LazyModuleLoader], useFactory: (modules: LazyModuleLoader) => new TargetProbe(lazyHttp(modules)) },
    { provide: GatewayFactsService, inject: [ResponseCaches], useFactory: (caches: ResponseCaches) => new GatewayFactsService(systemClock, () => hitRatio(caches.view.outcomes)) },
    HealthMonitor,
    { provide: CHANCE, useValue: { clock: systemClock, random: Math.random } satisfies Chance },
    { provide: Readiness, useFactory: () => new Readiness(systemClock) },
    { provide: ServiceReports, inject: [TargetProbe], useFactory: (probe: TargetProbe) => new ServiceReports(probe, systemClock) },
  ],
  exports: [Readiness],
})
export class HealthModule {}
