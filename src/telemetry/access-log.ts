import type { OnApplicationShutdown } from '@nestjs/common';
import { events, type Clock } from '#libs/kernel';
import type { ConfigStore } from '../config/index.js';
import { compileAccessLine, type AccessLine } from './access-line.js';
import type { LogDestination } from './log-destination.js';
import { ALONE, type LogConfig, type Writer } from './logger.js';

/** Access lines are of level `info`. */
const SHOWN_AT: ReadonlySet<LogConfig['level']> = new Set(['info', 'debug', 'trace']);

/** Writes one line per exchange, as the configuration in force wants it. */
export class AccessLog implements OnApplicationShutdown {
  #line: AccessLine | null = null;
  readonly #unsubscribe: readonly (() => void)[];

  constructor(
    store: { readonly current: Pick<ConfigStore['current'], 'config'> },
    destination: Pick<LogDestination, 'write'>,
    private readonly clock: Clock,
    private readonly writer: Writer = ALONE,
  ) {
    this.#configure(store.current.config.log);
    this.#unsubscribe = [
      events.configurationApplied.subscribe(() => this.#configure(store.current.config.log)),
      events.exchangeClosed.subscribe((exchange) => {
        if (this.#line !== null) destination.write(this.#line(exchange));
      }),
    ];
  }

  #configure(config: LogConfig): void {
    this.#line = config.access && SHOWN_AT.has(config.level) ? compileAccessLine(config, this.clock, this.writer) : null;
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
