import { Module, type DynamicModule } from '@nestjs/common';
import { systemClock } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { AccessLog } from './access-log.js';
import { HandshakeLog } from './handshake-log.js';
import { IssuerLog } from './issuer-log.js';
import { DatabaseLog } from './database-log.js';
import { lineConfigOf } from './line-config.js';
import { LogDestination } from './log-destination.js';
import { LogLevel } from './log-level.js';
import { LogShape } from './log-shape.js';
import { createLogger, following, LOGGER, type Logger, type Writer } from './logger.js';
import { MessageLog } from './message-log.js';
import { NestLogger } from './nest-logger.js';
import { ProblemLog } from './problem-log.js';
import { RedisLog } from './redis-log.js';
import { ReloadLog } from './reload-log.js';
import { RequestDebug } from './request-debug.js';
import { ServiceLog } from './service-log.js';
import { TracingDirectory } from './tracing/index.js';

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
        { provide: LogLevel, inject: [ConfigStore], useFactory: (store: ConfigStore) => new LogLevel(() => store.current.config.log.level, systemClock) },
        { provide: LogShape, inject: [ConfigStore], useFactory: (store: ConfigStore) => new LogShape(lineConfigOf(store.current.config)) },
        { provide: LOGGER, inject: [LogShape, LogDestination, LogLevel], useFactory: (shape: LogShape, destination: LogDestination, level: LogLevel) => following(level, createLogger(shape, destination, writer)) },
        { provide: AccessLog, inject: [ConfigStore, LogDestination, LogLevel], useFactory: (store: ConfigStore, destination: LogDestination, level: LogLevel) => new AccessLog(store, { destination, level }, systemClock, writer) },
        { provide: ProblemLog, inject: [LOGGER, ConfigStore], useFactory: (logger: Logger, store: ConfigStore) => new ProblemLog(logger, () => store.current.config.log.sample.problems) },
        { provide: RequestDebug, inject: [ConfigStore, LOGGER, LogShape], useFactory: (store: ConfigStore, logger: Logger, shape: LogShape) => new RequestDebug(store, logger, shape, systemClock) },
        { provide: TracingDirectory, inject: [LOGGER], useFactory: (log: Logger) => new TracingDirectory(log, writer.worker) },
        HandshakeLog, IssuerLog, DatabaseLog, MessageLog, NestLogger, RedisLog, ReloadLog, ServiceLog,
      ],
      exports: [LogDestination, LOGGER, LogLevel, NestLogger, TracingDirectory],
    };
  }
}
