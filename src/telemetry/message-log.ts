import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events } from '#libs/kernel';
import { ConfigStore } from '../config/index.js';
import { LOGGER, type Logger } from './logger.js';

/** Tells when messages to the owners of accounts come to nothing, or would. Nothing that was in them. */
@Injectable()
export class MessageLog implements OnApplicationShutdown {
  readonly #unsubscribe: readonly (() => void)[];

  constructor(store: ConfigStore, @Inject(LOGGER) logger: Logger) {
    this.#unsubscribe = [
      events.messageFailed.subscribe(({ again, ...fields }) =>
        logger.warn(fields, again ? 'a message could not be sent; it is tried again' : 'a message could not be sent')),
      events.configurationApplied.subscribe(() => {
        const { identity } = store.current.config;
        if (identity !== undefined && identity.mail === undefined && !events.messageDue.heard) {
          logger.warn({}, 'nobody sends the messages of accounts: the file has no `identity.mail`, and no plugin listens to `messageDue`; lost passwords stay lost');
        }
      }),
    ];
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
