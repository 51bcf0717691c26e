import { pino, stdTimeFunctions, type Logger as PinoLogger } from 'pino';
import type { GatewayConfig } from '../config/index.js';
import { cleanFields, errorFields } from './clean-fields.js';
import type { LogDestination } from './log-destination.js';
import { Redaction } from './redaction.js';
import { scrub } from './scrub.js';

export type LogConfig = GatewayConfig['log'];

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

/** Makes the one pino instance of a gateway. Its level may be changed later; names to redact are those of the start. */
export function createLogger({ level, redact }: Pick<LogConfig, 'level' | 'redact'>, destination: Pick<LogDestination, 'write' | 'flushSync'>, { worker }: Writer = ALONE): Logger {
  const redaction = new Redaction(redact);
  const logger = pino({
    level,
    base: worker === null ? null : { worker },
    timestamp: stdTimeFunctions.isoTime,
    // Errors are plain fields by the time pino sees them; its own serializer would dress them up again.
    serializers: { err: (error: unknown) => error },
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => cleanFields(fields, redaction),
    },
    hooks: {
      // A message is not a field: it passes the formatters by, and so does an error that stands alone.
      logMethod(parameters, method) {
        const [first, ...rest] = parameters as [unknown, ...unknown[]];
        const texts = rest.map(scrubbed);
        const cleaned = first instanceof Error ? [{ err: errorFields(first, true) }, ...(texts.length > 0 ? texts : [scrub(first.message)])] : [scrubbed(first), ...texts];
        method.apply(this, cleaned as Parameters<typeof method>);
      },
    },
  }, destination);
  return withCleanChildren(logger, redaction);
}

type MakeChild = (bindings: Record<string, unknown>, options?: object) => Logger;

/** What a child logger is bound to passes the formatters by; children of children inherit the method. */
function withCleanChildren(logger: Logger, redaction: Redaction): Logger {
  const make = Reflect.get(logger, 'child') as unknown as MakeChild;
  return Object.assign(logger, {
    child(this: Logger, bindings: Record<string, unknown>, options?: object): Logger {
      return make.call(this, cleanFields(bindings, redaction), options);
    },
  }) as unknown as Logger;
}

function scrubbed(value: unknown): unknown {
  return typeof value === 'string' ? scrub(value) : value;
}
