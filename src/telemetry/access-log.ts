import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock, type Exchange } from '#libs/kernel';
import type { ConfigStore } from '../config/index.js';
import { compileAccessLine } from './access-line.js';
import { lineConfigOf, type AccessLine } from './line-config.js';
import { compileLineSampling } from './line-sampling.js';
import type { LogDestination } from './log-destination.js';
import type { Level, LogLevel } from './log-level.js';
import { ALONE, type Writer } from './logger.js';

/** Access lines are of level `info`. */
const SHOWN_AT: ReadonlySet<Level> = new Set(['info', 'debug', 'trace']);

/** Where access lines go, and under which level. */
export interface LineOutlet {
  readonly destination: Pick<LogDestination, 'write'>;
  readonly level: Pick<LogLevel, 'follow'>;
}

/** Writes one line per exchange, as the configuration in force wants it. */
export class AccessLog implements OnApplicationShutdown {
  /** Writes the line of an exchange, or does not. */
  #write: ((exchange: Exchange) => void) | null = null;
  readonly #unsubscribe: () => void;

  constructor(store: { readonly current: Pick<ConfigStore['current'], 'config'> }, outlet: LineOutlet, clock: Clock, writer: Writer = ALONE) {
    // Told of every reload too.
    outlet.level.follow((level) => {
      const { config } = store.current;
      const { log } = config;
      const line = compileAccessLine(lineConfigOf(config), clock, writer);
      const keeps = log.access && SHOWN_AT.has(level) ? compileLineSampling(log.sample, clock) : log.debug === undefined ? undefined : isDebugged;
      this.#write = keeps === undefined ? null : writing(line, keeps, outlet.destination);
    });
    this.#unsubscribe = events.exchangeClosed.subscribe((exchange) => this.#write?.(exchange));
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}

function writing(line: AccessLine, keeps: ((exchange: Exchange) => boolean) | null, destination: LineOutlet['destination']): (exchange: Exchange) => void {
  if (keeps === null) return (exchange) => destination.write(line(exchange));
  return (exchange) => {
    if (keeps(exchange)) destination.write(line(exchange));
  };
}

/** Whoever asked for it gets his line where nobody else has one. */
function isDebugged({ debugged }: Exchange): boolean {
  return debugged;
}
