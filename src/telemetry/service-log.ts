import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { events } from '#libs/kernel';
import { LOGGER, type Logger } from './logger.js';

/** Tells when a service or one of its targets falls out, and when it comes back. */
@Injectable()
export class ServiceLog implements OnApplicationShutdown {
  readonly #unsubscribe: readonly (() => void)[];

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#unsubscribe = [
      events.breakerChanged.subscribe(({ service, route, from, to }) =>
        logger[to === 'open' ? 'warn' : 'info']({ service, route, from, to }, 'the circuit breaker changed')),
      events.targetHealthChanged.subscribe(({ service, target, healthy, message }) =>
        (healthy ? logger.info({ service, target: target.url.host }, 'the target is well again') : logger.warn({ service, target: target.url.host, why: message }, 'the target is not well and gets no requests'))),
      events.targetEjected.subscribe(({ service, target, duration }) =>
        logger.warn({ service, target: target.url.host, duration }, 'requests to the target failed; it is taken out')),
      events.discoveryChanged.subscribe(({ service, stale }) =>
        (stale === null ? logger.info({ service }, 'the registry answers again') : logger.warn({ service, why: stale }, 'the registry is lost; the last known targets go on serving'))),
      events.targetsChanged.subscribe(({ name, targets }) => logger.info({ service: name, targets: targets.map(({ url }) => url.host) }, 'the targets of the service changed')),
      events.targetReadmitted.subscribe(({ service, target }) => logger.info({ service, target: target.url.host }, 'the target gets requests again')),
    ];
  }

  onApplicationShutdown(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
