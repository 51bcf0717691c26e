import { Global, Module } from '@nestjs/common';
import { systemClock } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { AccessLog } from './access-log.js';
import { LogDestination } from './log-destination.js';
import { createLogger, LOGGER } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { ProblemLog } from './problem-log.js';
import { ReloadLog } from './reload-log.js';
import { ServiceLog } from './service-log.js';

/** The logs: one line per exchange, and the application's own. */
@Global()
@Module({
  providers: [
    { provide: LogDestination, useFactory: () => LogDestination.stdout() },
    { provide: LOGGER, inject: [ConfigStore, LogDestination], useFactory: (store: ConfigStore, destination: LogDestination) => createLogger(store.current.config.log, destination) },
    { provide: AccessLog, inject: [ConfigStore, LogDestination], useFactory: (store: ConfigStore, destination: LogDestination) => new AccessLog(store, destination, systemClock) },
    NestLogger, ProblemLog, ReloadLog, ServiceLog,
  ],
  exports: [LogDestination, LOGGER, NestLogger],
})
export class TelemetryModule {}
