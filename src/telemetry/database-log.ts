import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events } from '#libs/kernel';
import { LOGGER, type Logger } from './logger.js';

/** Tells when the database is lost, and when it is found again. */
@Injectable()
export class DatabaseLog implements OnApplicationShutdown {
  readonly #unsubscribe: () => void;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#unsubscribe = events.databaseChanged.subscribe(({ away }) =>
      (away === null ? logger.info({}, 'The database answers again') : logger.warn({ why: away }, 'The database cannot be asked; what needs it is answered 503')));
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
