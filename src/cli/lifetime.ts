import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import type { Gateway } from '../bootstrap.js';
import { LOGGER, type Logger } from '../telemetry/index.js';

/** Milliseconds in which a repeated signal is the same one: a terminal sends it to the wrapper and to us. */
const ECHO = 500;
/** Milliseconds that handles of plugins may keep the process once all is closed. */
const LINGER = 2_000;

type Running = Pick<Gateway, 'app' | 'reload' | 'watch' | 'close'>;

/** Keeps a gateway until SIGTERM or SIGINT has closed it. A second signal ends the process at once; SIGHUP reloads, as does a changed file. */
export async function lifetime(gateway: Running): Promise<void> {
  const log = gateway.app.get<Logger>(LOGGER);
  const life: EventEmitter = process;
  // Node's own listener writes them to the standard error output, out of the log's order and form.
  life.removeAllListeners('warning');
  const { fatal, reload, warning } = reactionsOf(gateway, log);
  const listeners = Object.entries({ uncaughtException: fatal, unhandledRejection: fatal, warning, SIGHUP: reload });
  for (const [name, listener] of listeners) life.on(name, listener);
  const unwatch = gateway.watch(reload);
  const signal = await ending();
  log.info({ signal }, 'closing');
  unwatch();
  await gateway.close();
  for (const [name, listener] of listeners) life.off(name, listener);
  setTimeout(() => process.exit(), LINGER).unref();
}

function reactionsOf(gateway: Running, log: Logger) {
  // Nobody knows what state a fault nobody caught has left behind; whoever watches the process starts a new one.
  const fatal = (error: unknown): void => {
    log.fatal({ err: error }, 'the gateway cannot go on');
    process.exit(1);
  };
  return {
    fatal,
    warning: (warning: unknown): void => log.warn({ err: warning }, 'warning'),
    reload: (): void => void gateway.reload().then((changed) => {
      if (!changed) log.info('the configuration in force stays');
    }, fatal),
  };
}

/** Resolves with the first signal that asks for an end; the next one does not wait for what is in flight. */
function ending(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = 0;
    const end = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      if (first === 0) {
        first = now;
        resolve(signal);
      } else if (now - first > ECHO) {
        process.exit(128 + constants.signals[signal]);
      }
    };
    process.on('SIGTERM', end).on('SIGINT', end);
  });
}
