import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type ReloadReport } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { LOGGER, type Logger } from './logger.js';

/** Tells what became of every load of the configuration, and takes over the log level of the one applied. */
@Injectable()
export class ReloadLog implements OnApplicationShutdown {
  readonly #unsubscribe: readonly (() => void)[];

  constructor(store: ConfigStore, @Inject(LOGGER) private readonly logger: Logger) {
    this.#unsubscribe = [
      events.configurationApplied.subscribe(({ file, version }) => {
        logger.level = store.current.config.log.level;
        logger.info({ file, version }, 'configuration applied');
      }),
      events.configurationLoadFailed.subscribe((report) => this.#failed(report, 'the configuration is wrong; the last good one stays in force')),
      events.configurationApplyFailed.subscribe((report) => this.#failed(report, 'the configuration could not be applied; the last good one stays in force')),
    ];
  }

  #failed({ file, errors }: ReloadReport, message: string): void {
    this.logger.error({ file, errors }, message);
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
