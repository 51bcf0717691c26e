import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events, type IssuerState } from '#libs/kernel';
import { LOGGER, type Logger } from './logger.js';

/** Tells when an issuer of credentials is lost, how old what is known of it is then, and when it is found again. */
@Injectable()
export class IssuerLog implements OnApplicationShutdown {
  readonly #unsubscribe: () => void;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#unsubscribe = events.issuerChanged.subscribe((state) => tell(logger, state));
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}

function tell(logger: Logger, { age, away, issuer }: IssuerState): void {
  if (away === null) logger.info({ issuer }, 'An issuer of credentials answers again');
  else if (age === null) logger.warn({ issuer, why: away }, 'An issuer of credentials cannot be asked, and nothing is known of it: its credentials get 503');
  else logger.warn({ issuer, why: away, age: Math.round(age / 1_000) }, 'An issuer of credentials cannot be asked; the gateway goes by what it knows, which is this many seconds old');
}
