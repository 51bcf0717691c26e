import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import { cleanFields, errorFields } from './clean-fields.js';
import type { LogDestination } from './log-destination.js';
import type { LogLevel } from './log-level.js';
import type { LogShape } from './log-shape.js';

/** The application's log: few lines, each one cleaned of secrets, so cost is no matter here. */
export type Logger = PinoLogger;
/** Injection token of the logger. */
export const LOGGER = Symbol('Logger');

/** Whose lines they are; each carries the worker's id where there is one. */
export interface Writer {
  readonly worker: number | null;
}

/** One process alone. */
export const ALONE: Writer = { worker: null };

/** What the lines look like, which may change. */
export type Shape = Pick<LogShape, 'redaction' | 'shaped'>;

/** Makes the one pino instance of a gateway. Its level may be changed later. */
export function createLogger(shape: Shape, destination: Pick<LogDestination, 'write' | 'flushSync'>, { worker }: Writer = ALONE): Logger {
  const logger = pino({
    base: worker === null ? null : { worker },
    timestamp: stdTimeFunctions.isoTime,
    // Errors are plain fields by the time pino sees them; its own serializer would dress them up again.
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => cleanFields(fields, shape.redaction),
    },
    hooks: {
      // A message is not a field: it passes the formatters by, and so does an error that stands alone.
      logMethod(parameters, method) {
        const [first, ...rest] = parameters as [unknown, ...unknown[]];
        const scrubbed = (value: unknown): unknown => (typeof value === 'string' ? shape.redaction.text(value) : value);
        const texts = rest.map(scrubbed);
        const cleaned = first instanceof Error ? [{ err: errorFields(first, true) }, ...(texts.length > 0 ? texts : [scrubbed(first.message)])] : [scrubbed(first), ...texts];
        method.apply(this, cleaned as Parameters<typeof method>);
      },
      streamWrite: (line) => shape.shaped(line),
    },
  }, destination);
  return withCleanChildren(logger, shape);
}

/** The logger, at the level in force from now on. */
export function following(level: Pick<LogLevel, 'follow'>, logger: Logger): Logger {
  level.follow((now) => { logger.level = now; });
  return logger;
}

type MakeChild = (bindings: Record<string, unknown>, options?: object) => Logger;

/** What a child logger is bound to passes the formatters by; children of children inherit the method. */
function withCleanChildren(logger: Logger, shape: Shape): Logger {
  const make = Reflect.get(logger, 'child') as unknown as MakeChild;
  return Object.assign(logger, {
    child(this: Logger, bindings: Record<string, unknown>, options?: object): Logger {
      return make.call(this, cleanFields(bindings, shape.redaction), options);
    },
  }) as unknown as Logger;
}
