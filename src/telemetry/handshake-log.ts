import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events } from '#libs/kernel';
import { LOGGER, type Logger } from './logger.js';

/** Tells of TLS handshakes that came to nothing, to those who look for it: anybody can bring them about. */
@Injectable()
export class HandshakeLog implements OnApplicationShutdown {
  readonly #unsubscribe: () => void;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#unsubscribe = events.handshakeFailed.subscribe((failure) => logger.debug({ ...failure }, 'A TLS handshake came to nothing'));
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
