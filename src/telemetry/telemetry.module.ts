import { Module, type DynamicModule } from '@nestjs/common';
import { systemClock } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { AccessLog } from './access-log.js';
import { HandshakeLog } from './handshake-log.js';
import { IssuerLog } from './issuer-log.js';
import { DatabaseLog } from './database-log.js';
import { LogDestination } from './log-destination.js';
import { createLogger, LOGGER, type Writer } from './logger.js';
import { MessageLog } from './message-log.js';
import { NestLogger } from './nest-logger.js';
import { ProblemLog } from './problem-log.js';
import { RedisLog } from './redis-log.js';
import { ReloadLog } from './reload-log.js';
import { ServiceLog } from './service-log.js';

/** The logs: one line per exchange, and the application's own. */
@Module({})
export class TelemetryModule {
  /** @param writer who writes, where several write into one log. */
  static of(writer: Writer): DynamicModule {
    return {
      module: TelemetryModule,
      global: true,
      providers: [
        { provide: LogDestination, useFactory: () => LogDestination.stdout() },
        { provide: LOGGER, inject: [ConfigStore, LogDestination], useFactory: (store: ConfigStore, destination: LogDestination) => createLogger(store.current.config.log, destination, writer) },
        { provide: AccessLog, inject: [ConfigStore, LogDestination], useFactory: (store: ConfigStore, destination: LogDestination) => new AccessLog(store, destination, systemClock, writer) },
        HandshakeLog, IssuerLog, DatabaseLog, MessageLog, NestLogger, ProblemLog, RedisLog, ReloadLog, ServiceLog,
      ],
      exports: [LogDestination, LOGGER, NestLogger],
    };
  }
}
