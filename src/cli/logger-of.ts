import type { Gateway } from '../bootstrap.js';
import { createLogger, LOGGER, type Logger } from '../telemetry/index.js';

/** The gateway's own logger, or one to the standard output where a build of the gateway goes without. */
export function loggerOf({ app }: Pick<Gateway, 'app'>): Logger {
  try {
    return app.get<Logger>(LOGGER, { strict: false });
  } catch {
    return createLogger({ level: 'info', redact: [] }, { write: (line) => void process.stdout.write(line), flushSync: () => {} });
  }
}
