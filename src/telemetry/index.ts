export { LogLevel, type Level, type LevelView } from './log-level.js';
export { LOGGER, type Logger } from './logger.js';
export { NestLogger } from './nest-logger.js';
export { TelemetryModule } from './telemetry.module.js';
