import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events } from '#libs/kernel';
import { LOGGER, type Logger } from './logger.js';

/** Tells when Redis is lost, and when it is found again. */
@Injectable()
export class RedisLog implements OnApplicationShutdown {
  readonly #unsubscribe: () => void;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#unsubscribe = events.redisChanged.subscribe(({ away }) =>
      (away === null ? logger.info({}, 'Redis answers again') : logger.warn({ why: away }, 'Redis cannot be asked; the gateway goes on without it')));
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
