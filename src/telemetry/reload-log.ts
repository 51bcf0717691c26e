import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type ReloadReport } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { lineConfigOf } from './line-config.js';
import { LogShape } from './log-shape.js';
import { LOGGER, type Logger } from './logger.js';

/** Tells what became of every load of the configuration, and takes over how the log looks with the one applied. */
@Injectable()
export class ReloadLog implements OnApplicationShutdown {
  readonly #unsubscribe: readonly (() => void)[];

  constructor(store: ConfigStore, @Inject(LOGGER) private readonly logger: Logger, shape: LogShape) {
    this.#unsubscribe = [
      events.configurationApplied.subscribe(({ file, version }) => {
        shape.adopt(lineConfigOf(store.current.config));
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
