import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import type { Logger } from '../telemetry/index.js';

/** Milliseconds in which a repeated signal is the same one: a terminal sends it to the wrapper and to us. */
const ECHO = 500;
/** Milliseconds that handles of plugins may keep the process once all is closed. */
const LINGER = 2_000;

/** A gateway that runs: one process, or the supervisor of several. */
export interface Running {
  readonly log: Logger;
  reload(): Promise<boolean>;
  watch(changed: () => void): () => void;
  close(): Promise<void>;
  /** Replaces every worker; there is none to replace where there is one process. */
  restart?(): Promise<void>;
  /** Ends at once what would outlive this process. */
  abandon?(): void;
}

/**
 * Keeps a gateway until SIGTERM or SIGINT has closed it. A second signal ends the process at once; SIGHUP reloads, as does
 * a changed file; SIGUSR2 replaces the workers.
 */
export async function lifetime(gateway: Running): Promise<void> {
  const { log } = gateway;
  const { fatal, reload, restart } = reactionsOf(gateway);
  const release = guard(log, fatal, { SIGHUP: reload, SIGUSR2: restart });
  const unwatch = gateway.watch(reload);
  const signal = await ending(() => gateway.abandon?.());
  log.info({ signal }, 'closing');
  unwatch();
  await gateway.close();
  release();
  lingerNoLongerThan(LINGER);
}

/**
 * Listens to faults that nobody caught, to warnings and to signals.
 * @returns a function that ends it.
 */
export function guard(log: Logger, fatal: (error: unknown) => void, signals: Readonly<Record<string, () => void>>): () => void {
  const life: EventEmitter = process;
  // Node's own listener writes them to the standard error output, out of the log's order and form.
  life.removeAllListeners('warning');
  const warning = (told: unknown): void => log.warn({ err: told }, 'warning');
  const listeners = Object.entries({ uncaughtException: fatal, unhandledRejection: fatal, warning, ...signals });
  for (const [name, listener] of listeners) life.on(name, listener);
  return () => { for (const [name, listener] of listeners) life.off(name, listener); };
}

/** Ends the process after that many milliseconds, if it has not come to its end by itself. */
export function lingerNoLongerThan(milliseconds: number = LINGER): void {
  setTimeout(() => process.exit(), milliseconds).unref();
}

function reactionsOf(gateway: Running) {
  const { log } = gateway;
  // Nobody knows what state a fault nobody caught has left behind; whoever watches the process starts a new one.
  const fatal = (error: unknown): void => {
    log.fatal({ err: error }, 'the gateway cannot go on');
    process.exit(1);
  };
  return {
    fatal,
    reload: (): void => void gateway.reload().then((changed) => {
      if (!changed) log.info('the configuration in force stays');
    }, fatal),
    restart: (): void => {
      if (gateway.restart) void gateway.restart().catch(fatal);
      else log.warn('SIGUSR2 replaces workers; there is one process only (server.workers)');
    },
  };
}

/** Resolves with the first signal that asks for an end; the next one does not wait for what is in flight. */
export function ending(abandon: () => void, signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = 0;
    const end = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      if (first === 0) {
        first = now;
        resolve(signal);
      } else if (now - first > ECHO) {
        abandon();
        process.exit(128 + constants.signals[signal]);
      }
    };
    for (const signal of signals) process.on(signal, end);
  });
}
