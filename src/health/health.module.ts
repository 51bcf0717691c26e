import { Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { systemClock } from '#libs/kernel';
import { CurrentEndpoint } from './current-endpoint.js';
import { GatewayFactsService } from './gateway-facts.js';
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
import { TargetProbe } from './target-probe.js';

/** `health`, `live`, `ready`, `services`, `service` and `info`: how the gateway and its services are, and what it is. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), RateLimitModule, ServicesModule],
  controllers: [HealthController, ServicesController, InfoController],
  providers: [
    CurrentEndpoint, ServiceHealthIndicator, ServicesCheck,
    { provide: TargetProbe, inject: [LazyModuleLoader], useFactory: (modules: LazyModuleLoader) => new TargetProbe(lazyHttp(modules)) },
    { provide: GatewayFactsService, useFactory: () => new GatewayFactsService(systemClock) },
    HealthMonitor,
    { provide: CHANCE, useValue: { clock: systemClock, random: Math.random } satisfies Chance },
    { provide: Readiness, useFactory: () => new Readiness(systemClock) },
    { provide: ServiceReports, inject: [TargetProbe], useFactory: (probe: TargetProbe) => new ServiceReports(probe, systemClock) },
  ],
  exports: [Readiness],
})
export class HealthModule {}
