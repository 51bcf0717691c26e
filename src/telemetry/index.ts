export { LogDestination } from './log-destination.js';
export { createLogger, LOGGER, type LogConfig, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { TelemetryModule } from './telemetry.module.js';
