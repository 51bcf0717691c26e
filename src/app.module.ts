import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ConfigStore } from './config/index.js';
import { FrontDoor } from './http/front-door.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { TelemetryModule } from './telemetry/index.js';

/** What exists before Nest does: the loaded configuration, the door the server was built with, providers of plugins. */
export interface Givens {
  readonly store: ConfigStore;
  readonly door: FrontDoor;
  readonly providers: readonly Provider[];
}

/** The gateway, room by room. */
@Module({})
export class AppModule {
  static of({ store, door, providers }: Givens): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [TelemetryModule, HttpModule, HealthModule, MetricsModule, OpenApiModule, ProxyModule],
      providers: [{ provide: ConfigStore, useValue: store }, { provide: FrontDoor, useValue: door }, ...providers],
      exports: [ConfigStore, FrontDoor],
    };
  }
}
