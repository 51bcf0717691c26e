import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { ConfigStore } from './config/index.js';
import { FrontDoor } from './http/front-door.js';
import { HttpModule } from './http/http.module.js';
import { ProxyModule } from './proxy/proxy.module.js';

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
      imports: [HttpModule, ProxyModule],
      providers: [{ provide: ConfigStore, useValue: store }, { provide: FrontDoor, useValue: door }, ...providers],
      exports: [ConfigStore, FrontDoor],
    };
  }
}
