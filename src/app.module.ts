import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { AnalyticsModule } from './analytics/index.js';
import { Fleet } from './cluster/index.js';
import { ConfigStore } from './config/index.js';
import { DatabaseModule } from './database/database.module.js';
import { FrontDoor } from './http/front-door.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { OperationMethods } from './http/operation-methods.js';
import { LoginModule } from './identity/oidc/login.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { guarded, PLUGIN_PREFIX } from './plugin-controllers.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { TelemetryModule } from './telemetry/index.js';

/** What exists before Nest does: the loaded configuration, the door the server was built with, the workers, what Fastify is told of operations, providers and controllers of plugins. */
export interface Givens {
  readonly store: ConfigStore;
  readonly door: FrontDoor;
  readonly fleet: Fleet;
  readonly operations: OperationMethods;
  readonly providers: readonly Provider[];
  readonly controllers: readonly unknown[];
}

/** The gateway, room by room. */
@Module({})
export class AppModule {
  static of({ store, door, fleet, operations, providers, controllers }: Givens): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [TelemetryModule.of(fleet), DatabaseModule.of(fleet), HttpModule, HealthModule, MetricsModule, OpenApiModule, ProxyModule, AdminModule, AnalyticsModule, LoginModule, RouterModule.register([{ path: PLUGIN_PREFIX, module: AppModule }])],
      controllers: guarded(controllers),
      providers: [{ provide: ConfigStore, useValue: store }, { provide: FrontDoor, useValue: door }, { provide: Fleet, useValue: fleet }, { provide: OperationMethods, useValue: operations }, ...providers],
      exports: [ConfigStore, FrontDoor, Fleet, OperationMethods],
    };
  }
}
